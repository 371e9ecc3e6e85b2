#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace reembed::sandbox {

// A shared mutex that keeps the order of arrival, so that a stream of searches cannot hold a write
// off for ever, nor a stream of writes the searches.
class FairSharedMutex {
 public:
  void lock() {
    const std::lock_guard<std::mutex> turn(turnstile_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard<std::mutex> turn(turnstile_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

// The writes of one collection, which the server takes one at a time in the order of arrival. Used
// as a mutex: lock() returns when all that came before have called unlock().
class WriteQueue {
 public:
  void lock() {
    std::unique_lock<std::mutex> lock(mutex_);
    const std::uint64_t ticket = next_++;
    moved_on_.wait(lock, [this, ticket] { return served_ == ticket; });
  }
  void unlock() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++served_;
    }
    moved_on_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_on_;
  std::uint64_t next_ = 0;
  std::uint64_t served_ = 0;
};

}  // namespace reembed::sandbox
