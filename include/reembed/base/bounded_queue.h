#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "reembed/base/mutex.h"

namespace reembed {

/// The only way two stages of the pipeline talk: a queue that makes a fast producer wait for a
/// slow consumer, so that memory does not grow with the collection. Items come out in the order
/// in which they went in; each goes to one consumer.
/// Ends:    the last producer closes it and the consumers drain it; a consumer that leaves early
///          closes it too, or the producers would wait for room for ever.
/// Threads: any number on both sides.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. False when the queue is closed or a stop is asked for; the item is dropped.
  bool Push(T item, std::stop_token stop = {}) {
    MutexLock lock(mutex_);
    while (items_.size() >= capacity_ && !closed_) {
      if (!room_.wait(mutex_, stop, [this] { return HasRoomOrClosed(); })) return false;
    }
    if (closed_ || stop.stop_requested()) return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }

  /// Waits for an item. Empty when the queue is closed and drained, or a stop is asked for while
  /// there is none.
  std::optional<T> Pop(std::stop_token stop = {}) {
    MutexLock lock(mutex_);
    if (!filled_.wait(mutex_, stop, [this] { return HasItemOrClosed(); })) return std::nullopt;
    return TakeLocked();
  }

  /// An item if one is there, without waiting.
  std::optional<T> TryPop() {
    MutexLock lock(mutex_);
    return TakeLocked();
  }

  /// No more pushes; what is in the queue can still be popped.
  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
  }

  std::size_t size() const {
    MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  bool HasRoomOrClosed() const REEMBED_TSA(no_thread_safety_analysis) {
    return closed_ || items_.size() < capacity_;
  }
  bool HasItemOrClosed() const REEMBED_TSA(no_thread_safety_analysis) {
    return closed_ || !items_.empty();
  }
  std::optional<T> TakeLocked() REEMBED_REQUIRES(mutex_) {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    room_.notify_one();
    return item;
  }

  const std::size_t capacity_;
  mutable Mutex mutex_;
  CondVar room_;
  CondVar filled_;
  std::deque<T> items_ REEMBED_GUARDED_BY(mutex_);
  bool closed_ REEMBED_GUARDED_BY(mutex_) = false;
};

}  // namespace reembed
