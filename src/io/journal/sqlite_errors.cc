#include "sqlite_errors.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "reembed/base/text.h"

namespace reembed {
namespace {

enum class Trouble { kDamaged, kNotAllowed, kFull, kDisk, kMemory, kBusy, kBug };

Trouble TroubleOf(int code) {
  // Two extended codes say something else than their family.
  if (code == SQLITE_IOERR_NOMEM) return Trouble::kMemory;
  if (code == SQLITE_IOERR_CORRUPTFS) return Trouble::kDisk;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Trouble::kFull;
    case SQLITE_IOERR:
    case SQLITE_NOLFS:
      return Trouble::kDisk;
    case SQLITE_NOMEM:
      return Trouble::kMemory;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Trouble::kBusy;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Trouble::kNotAllowed;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_CONSTRAINT:
    case SQLITE_ABORT:
    case SQLITE_INTERNAL:
      return Trouble::kBug;
    default:
      // SQLITE_ERROR among them: our statements are right, so the tables are not ours.
      return Trouble::kDamaged;
  }
}

}  // namespace

Error DamagedError(std::string_view path, std::string_view problem) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return {ErrorKind::kRefused,
          fmt::format("the journal {} cannot be used: {}. Move the folder {} away and start again, "
                      "or put a copy of it back: what was paid for and the old vectors for a "
                      "rollback are lost with it, nothing in Typesense is",
                      path, problem, folder.empty() ? "." : folder)};
}

Error SqliteError(int code, std::string_view path, std::string_view raw_detail) {
  const std::string detail = EscapeControl(raw_detail);
  switch (TroubleOf(code)) {
    case Trouble::kDamaged:
      return DamagedError(path, "it is damaged (" + detail + ")");
    case Trouble::kNotAllowed:
      return {ErrorKind::kRefused,
              fmt::format("the journal {} cannot be opened or written ({}): give this user the "
                          "right to write its folder, or choose another with --state-dir",
                          path, detail)};
    case Trouble::kFull:
      return {ErrorKind::kLocal, fmt::format("no room left on the disk for the journal {} ({}): "
                                             "make room; a rerun resumes",
                                             path, detail)};
    case Trouble::kDisk:
      return {ErrorKind::kLocal, fmt::format("the disk fails the journal {} ({}): look after the "
                                             "disk; a rerun resumes",
                                             path, detail)};
    case Trouble::kMemory:
      return {ErrorKind::kLocal,
              fmt::format("not enough memory for the journal {}: a rerun resumes", path)};
    case Trouble::kBusy:
      return {ErrorKind::kLocal, fmt::format("another program holds the journal {} ({}): end it; "
                                             "a rerun resumes",
                                             path, detail)};
    case Trouble::kBug:
      break;
  }
  throw std::logic_error(fmt::format("journal {}: SQLite code {}: {}", path, code, detail));
}

}  // namespace reembed
