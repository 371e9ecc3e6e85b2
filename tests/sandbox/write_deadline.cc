#include "tests/sandbox/write_deadline.h"

#include <utility>

namespace reembed::sandbox {

WriteDeadline::WriteDeadline(std::chrono::milliseconds patience, std::function<void()> cut)
    : patience_(patience), cut_(std::move(cut)), thread_([this] { Watch(); }) {}

WriteDeadline::~WriteDeadline() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void WriteDeadline::Begin() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = true;
    ++writes_;
  }
  changed_.notify_all();
}

void WriteDeadline::End() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
  }
  changed_.notify_all();
}

void WriteDeadline::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || writing_; });
    if (over_) return;
    const int write = writes_;
    const bool went_on = changed_.wait_for(
        lock, patience_, [this, write] { return over_ || !writing_ || writes_ != write; });
    if (went_on) continue;
    cut_();
    return;
  }
}

}  // namespace reembed::sandbox
