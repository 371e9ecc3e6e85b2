// For LD_PRELOAD: the steady clock of a program runs 25 times as fast, and so do its waits on
// condition variables. The time of day stays as it is.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace {

constexpr std::int64_t kHaste = 25;
constexpr std::int64_t kSecond = 1'000'000'000;

// Past the C library, whose clock_gettime is the one that is replaced.
std::int64_t RealNow() {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

std::int64_t Start() {
  static const std::int64_t start = RealNow();
  return start;
}

timespec Spec(std::int64_t nanoseconds) {
  return {nanoseconds / kSecond, nanoseconds % kSecond};
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (clock != CLOCK_MONOTONIC) return static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  const std::int64_t start = Start();
  *now = Spec(start + (RealNow() - start) * kHaste);
  return 0;
}

extern "C" int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      clockid_t clock, const timespec* until) {
  using Wait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto wait = reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  if (clock != CLOCK_MONOTONIC) return wait(condition, mutex, clock, until);
  const std::int64_t start = Start();
  const std::int64_t hasty = until->tv_sec * kSecond + until->tv_nsec;
  const timespec real = Spec(start + (hasty - start) / kHaste);
  return wait(condition, mutex, clock, &real);
}
