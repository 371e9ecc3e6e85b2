#include "tests/sandbox/provider_history.h"

#include <utility>

namespace reembed::sandbox {

void ProviderHistory::Add(ProviderRequest request) {
  if (!record_texts_) request.texts.clear();
  const std::lock_guard<std::mutex> lock(mutex_);
  ++counts_.requests;
  if (request.status == 429) ++counts_.limited;
  if (request.status == 200) {
    counts_.texts += request.text_count;
    counts_.tokens += request.tokens;
  }
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

ProviderCounts ProviderHistory::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

std::size_t ProviderHistory::texts_answered() const {
  return counts().texts;
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
  counts_ = {};
}

}  // namespace reembed::sandbox
