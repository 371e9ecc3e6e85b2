#pragma once

#include <condition_variable>
#include <mutex>

// Clang's thread-safety attributes; other compilers do not see them.
#if defined(__clang__)
#define REEMBED_TSA(x) __attribute__((x))
#else
#define REEMBED_TSA(x)
#endif
#define REEMBED_GUARDED_BY(m) REEMBED_TSA(guarded_by(m))
#define REEMBED_REQUIRES(m) REEMBED_TSA(requires_capability(m))
#define REEMBED_EXCLUDES(m) REEMBED_TSA(locks_excluded(m))

namespace reembed {

/// std::mutex that clang's analysis knows (libstdc++ annotates none of its own): with
/// `-Wthread-safety` a guarded member used without its lock is a warning.
class REEMBED_TSA(capability("mutex")) Mutex {
 public:
  void lock() REEMBED_TSA(acquire_capability()) { mutex_.lock(); }
  void unlock() REEMBED_TSA(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class REEMBED_TSA(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) REEMBED_TSA(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() REEMBED_TSA(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits with a Mutex, which the caller holds. Wait with a predicate and a stop token: then no
/// wake-up is lost and every wait can be ended.
using CondVar = std::condition_variable_any;

}  // namespace reembed
