#include "src/io/system/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace reembed {
namespace {

// The folder itself, or the nearest one above it that is there.
std::filesystem::path NearestExisting(const std::string& dir) {
  std::error_code ignored;
  std::filesystem::path path = std::filesystem::absolute(dir, ignored);
  while (!std::filesystem::exists(path, ignored) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

std::string LockHolder(const std::string& dir) {
  const std::string name = dir + "/lock";
  const int lock = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return {};
  // A shared lock for a moment: refused while somebody holds it.
  const bool held = flock(lock, LOCK_SH | LOCK_NB) != 0;
  close(lock);
  if (!held) return {};
  std::string line;
  std::ifstream file(name);
  std::getline(file, line);
  return line.empty() ? "another process" : line;
}

}  // namespace

StateDir ReadStateDir(const std::string& dir) {
  StateDir state;
  struct stat info {};
  state.exists = stat(dir.c_str(), &info) == 0;
  if (state.exists) state.mode = info.st_mode & 07777U;
  const std::string nearest = NearestExisting(dir).string();
  const bool folder = stat(nearest.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  state.writable = folder && access(nearest.c_str(), W_OK | X_OK) == 0;
  struct statvfs disk {};
  if (statvfs(nearest.c_str(), &disk) == 0) {
    state.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  state.lock_holder = LockHolder(dir);
  return state;
}

}  // namespace reembed
