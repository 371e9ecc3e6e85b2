#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace reembed {

/// A state directory as the file system shows it. Reading it changes nothing.
struct StateDir {
  bool exists = false;
  bool writable = false;                    ///< or, when it does not exist, it could be made
  unsigned mode = 0;                        ///< permission bits
  std::optional<std::uint64_t> free_bytes;  ///< on its disk, for this user
  std::string lock_holder;                  ///< the line of a lock that is held now
};

StateDir ReadStateDir(const std::string& dir);

}  // namespace reembed
