#include "tests/sandbox/provider_history.h"

#include <utility>

namespace reembed::sandbox {

void ProviderHistory::Add(ProviderRequest request) {
  if (!record_texts_) request.texts.clear();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (request.status == 200) texts_answered_ += request.text_count;
  requests_.push_back(std::move(request));
}

std::vector<ProviderRequest> ProviderHistory::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

std::size_t ProviderHistory::request_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_.size();
}

std::size_t ProviderHistory::texts_answered() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return texts_answered_;
}

std::unordered_map<std::string, std::size_t> ProviderHistory::texts_billed() const {
  // Counted on demand: adding must stay cheap while a benchmark runs.
  std::unordered_map<std::string, std::size_t> billed;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const ProviderRequest& request : requests_) {
    if (request.status != 200) continue;
    for (const std::string& text : request.texts) ++billed[text];
  }
  return billed;
}

void ProviderHistory::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  requests_.clear();
  texts_answered_ = 0;
}

}  // namespace reembed::sandbox
