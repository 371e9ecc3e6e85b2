#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>

namespace reembed::testing {

/// One change of a folder's files, as a program asked the system for it.
struct DiskOperation {
  enum class Kind : std::uint8_t {
    kCreate,    ///< `name` leads to `file` now, which is empty
    kWrite,     ///< `data` at `offset`
    kTruncate,  ///< to `offset` bytes
    kSync,      ///< the file, and the folder if its creation is not safe yet
    kDelete,    ///< `name` leads nowhere
    kSyncFolder,
  };
  Kind kind = Kind::kWrite;
  int file = 0;  ///< an identity: a file made anew under an old name is another one
  std::string name = {};
  std::int64_t offset = 0;
  std::string data = {};
};

/// What becomes of the changes after a file's last sync when the power goes.
enum class Unsynced : std::uint8_t {
  kLost,  ///< none of them happened
  kKept,  ///< all
  kSome,  ///< any of them, whatever their order
  kTorn,  ///< all, and of each file's last one only what lies before some 512-byte sector boundary
};

/// Name → content after a power loss. What was synced is kept in any case. Creations and deletions
/// that are not safe yet survive up to some point in their order, as file systems journal them.
std::map<std::string, std::string> AfterPowerLoss(std::span<const DiskOperation> operations,
                                                  Unsynced unsynced, std::mt19937_64& random);

}  // namespace reembed::testing
