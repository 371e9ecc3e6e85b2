#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reembed/base/mutex.h"

namespace reembed {

/// Memory of large answers, kept for the next ones: fresh pages from the system for each answer of
/// a megabyte cost more than to receive it. Keeps at most `kKeptBytes` in all, however many
/// requests there are. Threads: safe.
class BodyPool {
 public:
  static constexpr std::size_t kLeastBytes = std::size_t{128} << 10;  ///< smaller ones are not kept
  static constexpr std::size_t kKeptBytes = std::size_t{8} << 20;

  /// An empty string that holds `bytes` without growing.
  std::string Take(std::size_t bytes) REEMBED_EXCLUDES(mutex_);

  /// Keeps the memory of `body`, or gives it back to the system.
  void Give(std::string body) REEMBED_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::vector<std::string> kept_ REEMBED_GUARDED_BY(mutex_);
  std::size_t kept_bytes_ REEMBED_GUARDED_BY(mutex_) = 0;
};

}  // namespace reembed
