#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace reembed::sandbox {

// Watches writes to one connection: one that takes longer than `patience`, because the client
// leaves bytes unread, is ended by `cut`, called from a thread of its own.
class WriteDeadline {
 public:
  WriteDeadline(std::chrono::milliseconds patience, std::function<void()> cut);
  ~WriteDeadline();
  WriteDeadline(const WriteDeadline&) = delete;
  WriteDeadline& operator=(const WriteDeadline&) = delete;

  // Around every write.
  void Begin();
  void End();

 private:
  void Watch();

  const std::chrono::milliseconds patience_;
  const std::function<void()> cut_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;
  bool over_ = false;
  int writes_ = 0;  // begun so far
  std::thread thread_;
};

}  // namespace reembed::sandbox
