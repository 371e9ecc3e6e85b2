#include "report_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace reembed {
namespace {

namespace fs = std::filesystem;

// The helpers answer 0 or the errno of what failed.
using Errno = int;

Status Outcome(const std::string& path, Errno code) {
  if (code == 0) return {};
  return Error{ErrorKind::kLocal,
               fmt::format("cannot write the report {}: {}; choose another file with --report",
                           path, std::generic_category().message(code))};
}

bool IsSpecial(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

// Where a link leads; rename would replace the link itself.
fs::path Target(const std::string& path) {
  std::error_code failed;
  const fs::path target = fs::canonical(path, failed);
  return failed ? fs::path(path) : target;
}

Errno WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

Errno WriteAndClose(int fd, std::string_view text, bool sync) {
  Errno code = WriteAll(fd, text);
  if (code == 0 && sync && fsync(fd) != 0) code = errno;
  if (close(fd) != 0 && code == 0) code = errno;
  return code;
}

Errno WriteInto(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  return fd < 0 ? errno : WriteAndClose(fd, text, false);
}

// Makes the rename itself durable. The file is whole either way, so failure is no error.
void SyncDirectory(const fs::path& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

fs::path DirectoryOf(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

// mkostemp creates with mode 0600 whatever the umask is.
int OpenTemporary(const fs::path& target, std::string& name) {
  name = (DirectoryOf(target) / ".reembed-report.XXXXXX").string();
  return mkostemp(name.data(), O_CLOEXEC);
}

Errno Replace(const fs::path& target, std::string_view text) {
  std::string temporary;
  const int fd = OpenTemporary(target, temporary);
  if (fd < 0) return errno;
  Errno code = WriteAndClose(fd, text, true);
  if (code == 0 && rename(temporary.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) {
    unlink(temporary.c_str());
    return code;
  }
  SyncDirectory(DirectoryOf(target));
  return 0;
}

}  // namespace

Status WriteReportFile(const std::string& path, std::string_view text) {
  return Outcome(path, IsSpecial(path) ? WriteInto(path, text) : Replace(Target(path), text));
}

Status CheckReportFile(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return Outcome(path, EISDIR);
  if (IsSpecial(path)) return Outcome(path, access(path.c_str(), W_OK) == 0 ? 0 : errno);
  std::string temporary;
  const int fd = OpenTemporary(Target(path), temporary);
  if (fd < 0) return Outcome(path, errno);
  close(fd);
  unlink(temporary.c_str());
  return {};
}

}  // namespace reembed
