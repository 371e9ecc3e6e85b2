#include "grown_pages.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace reembed {
namespace {

// A checkpoint brings more than that.
constexpr off_t kWorthIt = 4 << 20;

off_t SizeOf(int descriptor) {
  struct stat found {};
  return descriptor >= 0 && fstat(descriptor, &found) == 0 ? found.st_size : 0;
}

}  // namespace

GrownPages::GrownPages(const std::string& path)
    : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), released_(SizeOf(descriptor_)) {}

GrownPages::~GrownPages() {
  if (descriptor_ >= 0) close(descriptor_);
}

void GrownPages::Release() {
  const off_t size = SizeOf(descriptor_);
  if (size < released_) released_ = size;  // pruning has cut it
  if (size < released_ + kWorthIt) return;
  posix_fadvise(descriptor_, released_, size - released_, POSIX_FADV_DONTNEED);
  released_ = size;
}

}  // namespace reembed
