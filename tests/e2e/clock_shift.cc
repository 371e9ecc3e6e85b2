// For LD_PRELOAD: shifts the time of day of a program and leaves its steady clock alone.
// CLOCK_SHIFT_SECONDS is added from the start, CLOCK_JUMP_SECONDS once CLOCK_JUMP_FILE exists.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace {

long Variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? 0 : std::atol(text);
}

// Past the C library, whose clock_gettime is the one that is replaced.
long Read(clockid_t clock, timespec* now) {
  return syscall(SYS_clock_gettime, clock, now);
}

bool HasJumped() {
  static const char* const file = std::getenv("CLOCK_JUMP_FILE");
  return file != nullptr && access(file, F_OK) == 0;
}

long ShiftNow() {
  static const long shift = Variable("CLOCK_SHIFT_SECONDS");
  static const long jump = Variable("CLOCK_JUMP_SECONDS");
  return shift + (HasJumped() ? jump : 0);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long failed = Read(clock, now);
  if (failed == 0 && clock == CLOCK_REALTIME) now->tv_sec += ShiftNow();
  return static_cast<int>(failed);
}
