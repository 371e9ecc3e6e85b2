#include "open_journal.h"

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
  const auto file = JournalFile::OpenForReading(place);
  if (!file.ok()) return file.error();
  return MakeJournalStore(*file);
}

std::unique_ptr<JournalStore> TransientJournal() {
  return MakeJournalStore(JournalFile::InMemory());
}

}  // namespace reembed
