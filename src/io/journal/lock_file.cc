#include "lock_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestLine = 500;

std::string HolderLine(std::string_view holder) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return fmt::format("process {} on {}: {}", getpid(), EscapeControl(host.data()),
                     EscapeControl(holder))
      .substr(0, kLongestLine);
}

// The line that the holder wrote; it may be of an earlier one for the moment before it does.
std::string ReadHolder(int descriptor) {
  std::array<char, kLongestLine> line{};
  const ssize_t size = pread(descriptor, line.data(), line.size(), 0);
  std::string_view text(line.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  text = text.substr(0, text.find('\n'));
  return text.empty() ? "unknown" : EscapeControl(text);
}

Error CannotLock(const std::string& path, int code) {
  return {ErrorKind::kRefused,
          fmt::format("cannot lock {} ({}): choose a --state-dir on a file system that this user "
                      "may write and that knows locks",
                      path, std::strerror(code))};
}

}  // namespace

Result<LockFile> LockFile::Take(const std::string& folder, std::string_view holder) {
  const std::string path = folder + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return CannotLock(path, errno);
  LockFile lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return CannotLock(path, errno);
    return Error{ErrorKind::kLocal,
                 fmt::format("another run holds the state directory {} ({}): wait for its end, or "
                             "give this one another --state-dir",
                             folder, ReadHolder(descriptor))};
  }
  // Who cannot be named (a full disk) holds the lock all the same.
  const std::string line = HolderLine(holder) + "\n";
  if (ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = pwrite(descriptor, line.data(), line.size(), 0);
  }
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile::~LockFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace reembed
