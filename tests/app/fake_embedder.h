#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/ports/embedder.h"

namespace reembed::testing {

/// A vector of two components that is the text's own.
inline Embedding VectorOf(const std::string& text) {
  return {static_cast<float>(text.size()), static_cast<float>(HashText(text).low % 1'000'000)};
}

/// Answers every text with VectorOf, unless told otherwise. Records every text. Thread-safe.
class FakeEmbedder final : public Embedder {
 public:
  std::function<std::optional<Error>(const std::string&)> text_error;  ///< for one text
  std::function<std::optional<Error>(std::size_t)> call_error;  ///< for the n-th call, from 1
  std::string truncates;                                        ///< a text that is too long
  std::size_t call_that_waits = 0;  ///< this call, from 1, waits until the run is asked to end

  Result<std::vector<TextFailure>> Embed(const Batch& batch, const EmbedRules& rules,
                                         const VectorSink& sink, const StopTokens& stop) override {
    std::vector<EmbeddedText> embedded;
    auto failures = Answer(batch, rules, stop, embedded);
    if (!failures.ok()) return failures;
    if (!embedded.empty()) {
      if (const Status taken = sink(embedded); !taken.ok()) return taken.error();
    }
    return failures;
  }
  TokenEstimate Estimate() const override { return {}; }
  ProviderUsage Usage() const override {
    MutexLock lock(mutex_);
    return {batches_.size(), 0, 10 * texts_.size(), texts_.size()};
  }

  std::vector<std::string> texts() const {
    MutexLock lock(mutex_);
    return texts_;
  }
  std::vector<std::size_t> batches() const {
    MutexLock lock(mutex_);
    return batches_;
  }
  std::vector<std::string> task_types() const {
    MutexLock lock(mutex_);
    return task_types_;
  }

 private:
  Result<std::vector<TextFailure>> Answer(const Batch& batch, const EmbedRules& rules,
                                          const StopTokens& stop,
                                          std::vector<EmbeddedText>& embedded) {
    MutexLock lock(mutex_);
    batches_.push_back(batch.texts.size());
    task_types_.push_back(rules.task_type);
    if (batches_.size() == call_that_waits) {
      never_.wait(mutex_, stop.drain, [] { return false; });
      return Error{.kind = ErrorKind::kInterrupted, .message = "stopped while waiting"};
    }
    if (call_error) {
      if (auto error = call_error(batches_.size())) return *error;
    }
    std::vector<TextFailure> failures;
    for (std::size_t i = 0; i < batch.texts.size(); ++i) {
      const PendingText& text = batch.texts[i];
      auto error = text_error ? text_error(text.text) : std::nullopt;
      if (error) {
        failures.push_back({i, *std::move(error)});
        continue;
      }
      texts_.push_back(text.text);
      embedded.push_back({text.hash, std::make_shared<const Embedding>(VectorOf(text.text)),
                          text.text == truncates});
    }
    return failures;
  }

  mutable Mutex mutex_;
  CondVar never_;
  std::vector<std::string> texts_ REEMBED_GUARDED_BY(mutex_);
  std::vector<std::size_t> batches_ REEMBED_GUARDED_BY(mutex_);
  std::vector<std::string> task_types_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed::testing
