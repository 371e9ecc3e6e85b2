#include "read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include <array>
#include <system_error>

namespace reembed {
namespace {

constexpr std::size_t kLargest = std::size_t{16} << 20;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error Failed(int code) {
  return Error{.kind = code == ENOENT || code == ENOTDIR ? ErrorKind::kNotFound : ErrorKind::kLocal,
               .message = std::generic_category().message(code)};
}

}  // namespace

Result<std::string> ReadWholeFile(const std::string& path) {
  const OpenFile file(path);
  if (file.fd() < 0) return Failed(errno);
  std::string text;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = read(file.fd(), buffer.data(), buffer.size());
    if (count < 0) return Failed(errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kLargest) return Error{.kind = ErrorKind::kLocal, .message = "too large"};
  }
}

}  // namespace reembed
