#include "open_journal.h"

#include <filesystem>
#include <system_error>

#include "journal_file.h"
#include "journal_store.h"

namespace reembed {

Result<std::unique_ptr<JournalStore>> OpenJournal(const JournalPlace& place,
                                                  std::string_view holder) {
  const auto file = JournalFile::OpenForWriting(place, holder);
  if (!file.ok()) return file.error();
  return MakeJournalStore(*file);
}

Result<std::unique_ptr<JournalStore>> ReadJournal(const JournalPlace& place) {
  std::error_code trouble;
  const auto kind = std::filesystem::status(place.dir, trouble).type();
  const bool absent = kind == std::filesystem::file_type::not_found;
  if (!absent && kind != std::filesystem::file_type::directory) {
    return Error{.kind = ErrorKind::kRefused,
                 .message = "the state directory " + place.dir +
                            " is not a folder that can be read; name another with --state-dir"};
  }
  const auto file = JournalFile::OpenForReading(place);
  if (!file.ok()) return file.error();
  return MakeJournalStore(*file);
}

std::unique_ptr<JournalStore> TransientJournal() {
  return MakeJournalStore(JournalFile::InMemory());
}

}  // namespace reembed
