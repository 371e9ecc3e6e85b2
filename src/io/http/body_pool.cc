#include "src/io/http/body_pool.h"

#include <algorithm>
#include <utility>

namespace reembed {

std::string BodyPool::Take(std::size_t bytes) {
  std::string body;
  if (bytes >= kLeastBytes) {
    MutexLock lock(mutex_);
    const auto fitting = std::find_if(kept_.begin(), kept_.end(), [bytes](const std::string& kept) {
      return kept.capacity() >= bytes;
    });
    if (fitting != kept_.end()) {
      std::swap(*fitting, kept_.back());
      body = std::move(kept_.back());
      kept_.pop_back();
      kept_bytes_ -= body.capacity();
    }
  }
  body.reserve(bytes);
  return body;
}

void BodyPool::Give(std::string body) {
  const std::size_t bytes = body.capacity();
  if (bytes < kLeastBytes || bytes > kKeptBytes) return;
  body.clear();
  MutexLock lock(mutex_);
  if (bytes > kKeptBytes - kept_bytes_) return;
  kept_bytes_ += bytes;
  kept_.push_back(std::move(body));
}

}  // namespace reembed
