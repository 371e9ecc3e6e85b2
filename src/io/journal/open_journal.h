#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/ports/journal.h"

namespace reembed {

/// Where a journal lives: `<dir>/journal.db`, beside it the files of its write-ahead log while it
/// is written, and `<dir>/lock`.
struct JournalPlace {
  std::string dir;
  std::string vfs = {};  ///< of SQLite; empty for the system's
};

/// Opens the journal for writing, making folder (0700) and file (0600) if need be, and brings an
/// older file up to date. Holds the folder's lock until the store and all that came from it are
/// gone. `holder`: what a second run is told about this one.
/// Errors: kLocal when another run holds the lock or the disk is full; kRefused for a folder that
/// cannot be written, and for a file that is damaged, newer than this program, or not a journal.
Result<std::unique_ptr<JournalStore>> OpenJournal(const JournalPlace& place,
                                                  std::string_view holder);

/// Opens the journal for reading, without the lock, also while a run writes it. Changes nothing in
/// the folder unless a run is active or was killed, when it may touch the index of the log. Without
/// a file: an empty journal. Everything that writes fails with kRefused.
Result<std::unique_ptr<JournalStore>> ReadJournal(const JournalPlace& place);

/// A journal that lives in memory, for tests.
std::unique_ptr<JournalStore> TransientJournal();

/// `3.40.1`
std::string SqliteVersion();

}  // namespace reembed
