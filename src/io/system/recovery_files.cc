#include "src/io/system/recovery_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "reembed/base/text.h"
#include "reembed/core/document.h"

namespace reembed {
namespace {

// The helpers answer 0 or the errno of what failed.
using Errno = int;

constexpr std::size_t kLongestName = 200;  // file systems take 255 bytes

Error Trouble(std::string_view what, const std::string& path, Errno code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  const bool forbidden = code == EACCES || code == EPERM || code == EROFS || code == ENOTDIR;
  return {forbidden ? ErrorKind::kRefused : ErrorKind::kLocal,
          fmt::format("cannot {} {} ({}): {}", what, path, std::generic_category().message(code),
                      full        ? "make room, then run again"
                      : forbidden ? "choose a folder that this user may write with --state-dir"
                                  : "check that disk, then run again")};
}

Errno MakeFolder(const std::string& folder) {
  std::filesystem::path sofar;
  for (const auto& part : std::filesystem::path(folder)) {
    sofar /= part;
    if (mkdir(sofar.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const Errno code = errno;
    struct stat found {};
    // A parent may be neither ours nor writable; only the last one counts.
    if (stat(sofar.c_str(), &found) != 0) return code;
  }
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0) return errno;
  if (!S_ISDIR(found.st_mode)) return ENOTDIR;
  return 0;
}

Errno SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  const Errno code = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return code;
}

Errno WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(fd) == 0 ? 0 : errno;
}

// Where a file is written before it takes its place. The lock of the folder's owner makes one name
// enough, and what a killed writer left there is overwritten or removed by the next.
std::string TemporaryOf(const std::string& path) {
  return path + ".new";
}

Errno Replace(const std::string& folder, const std::string& path, std::string_view text) {
  const std::string temporary = TemporaryOf(path);
  if (unlink(temporary.c_str()) != 0 && errno != ENOENT) return errno;
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  Errno code = WriteAll(fd, text);
  if (close(fd) != 0 && code == 0) code = errno;
  if (code == 0 && rename(temporary.c_str(), path.c_str()) != 0) code = errno;
  if (code != 0) {
    unlink(temporary.c_str());
    return code;
  }
  return SyncFolder(folder);
}

}  // namespace

RecoveryFolder::RecoveryFolder(const std::string& state_dir) : folder_(state_dir + "/recovery") {}

std::string RecoveryFolder::PathOf(const std::string& collection) const {
  std::string name = PercentEncode(collection);
  if (name.size() > kLongestName) {
    const TextHash hash = HashText(collection);
    name = fmt::format("{}-{:016x}{:016x}", name.substr(0, kLongestName - 40), hash.high, hash.low);
  }
  return folder_ + "/" + name + ".json";
}

Result<std::string> RecoveryFolder::Write(const std::string& collection, const std::string& text) {
  if (const Errno code = MakeFolder(folder_); code != 0) return Trouble("make", folder_, code);
  // The folder itself may be new: its name must not be lost either.
  const std::string state_dir = std::filesystem::path(folder_).parent_path().string();
  if (const Errno code = SyncFolder(state_dir); code != 0) return Trouble("sync", state_dir, code);
  const std::string path = PathOf(collection);
  if (const Errno code = Replace(folder_, path, text); code != 0) {
    return Trouble("write the recovery file", path, code);
  }
  return path;
}

Status RecoveryFolder::Remove(const std::string& collection) {
  const std::string path = PathOf(collection);
  unlink(TemporaryOf(path).c_str());
  if (unlink(path.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return Trouble("remove the recovery file", path, errno);
  }
  const Errno code = SyncFolder(folder_);
  return code == 0 ? Status{} : Status(Trouble("sync", folder_, code));
}

std::string RecoveryFolder::Find(const std::string& collection) const {
  const std::string path = PathOf(collection);
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 ? path : std::string();
}

}  // namespace reembed
