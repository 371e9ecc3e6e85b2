#pragma once

#include <string>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// The right to write a state directory: an advisory lock on its file `lock`, held until this
/// object or the process ends, however it ends. The file says in one line who holds it.
class LockFile {
 public:
  /// `holder`: what it is held for.
  /// Errors: kLocal when another process holds it, naming that one; kRefused when the file cannot
  /// be made or the file system knows no locks.
  static Result<LockFile> Take(const std::string& folder, std::string_view holder);
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace reembed
