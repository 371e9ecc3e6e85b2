#pragma once

#include <cmath>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/ports/provider.h"

namespace reembed::testing {

/// The vector that FakeProvider gives a text: three components, of unit length, different for
/// different texts.
inline Embedding VectorOf(std::string_view text) {
  double angle = 0.1;
  for (const char c : text) angle = std::fmod(angle * 31 + static_cast<unsigned char>(c), 6.0);
  return {static_cast<float>(std::cos(angle) * 0.6), static_cast<float>(std::sin(angle) * 0.6),
          0.8F};
}

/// A provider that does as it is told and remembers what it was asked. In this order: the next
/// scripted answer, if any; the error of the first poisoned text of the request; the usual answer.
/// Thread-safe.
class FakeProvider final : public Provider {
 public:
  using Answer = std::function<Result<EmbedReply>(const EmbedRequest&)>;

  struct Call {
    std::vector<std::string> texts;
    std::string task_type;
    Millis timeout{0};
  };

  /// May be changed until the provider is wrapped.
  ProviderProperties properties_to_declare{.name = "fake",
                                           .endpoint = "fake.test:443",
                                           .dimensions = 3,
                                           .max_texts = 100,
                                           .preferred_texts = 10};

  const ProviderProperties& properties() const override { return properties_to_declare; }

  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens&) override {
    return Choose(request)(request);
  }

  /// The next request without a script of its own is answered this way.
  void Then(Answer answer) {
    MutexLock lock(mutex_);
    script_.push_back(std::move(answer));
  }
  void ThenFail(const Error& error, int times = 1) {
    for (int i = 0; i < times; ++i) Then([error](const EmbedRequest&) { return error; });
  }

  /// Every request that holds `text` fails.
  void Poison(const std::string& text, const Error& error) {
    MutexLock lock(mutex_);
    poisoned_[text] = error;
  }

  /// Replaces the usual answer.
  void Usually(Answer answer) {
    MutexLock lock(mutex_);
    usual_ = std::move(answer);
  }

  /// The right vectors, and no bill.
  static Result<EmbedReply> Right(const EmbedRequest& request) {
    EmbedReply reply;
    for (const std::string& text : request.texts) reply.vectors.push_back(VectorOf(text));
    return reply;
  }

  std::vector<Call> calls() const {
    MutexLock lock(mutex_);
    return calls_;
  }

  /// What was asked, one string a request, texts joined by `+`.
  std::vector<std::string> requests() const {
    MutexLock lock(mutex_);
    std::vector<std::string> out;
    for (const Call& call : calls_) {
      std::string& joined = out.emplace_back();
      for (const std::string& text : call.texts) joined += (joined.empty() ? "" : "+") + text;
    }
    return out;
  }

 private:
  Answer Choose(const EmbedRequest& request) {
    MutexLock lock(mutex_);
    calls_.push_back({.texts = {request.texts.begin(), request.texts.end()},
                      .task_type = std::string(request.task_type),
                      .timeout = request.timeout});
    if (!script_.empty()) {
      Answer next = std::move(script_.front());
      script_.pop_front();
      return next;
    }
    for (const std::string& text : request.texts) {
      const auto found = poisoned_.find(text);
      if (found != poisoned_.end()) return [e = found->second](const EmbedRequest&) { return e; };
    }
    return usual_;
  }

  mutable Mutex mutex_;
  std::vector<Call> calls_ REEMBED_GUARDED_BY(mutex_);
  std::deque<Answer> script_ REEMBED_GUARDED_BY(mutex_);
  std::map<std::string, Error> poisoned_ REEMBED_GUARDED_BY(mutex_);
  Answer usual_ REEMBED_GUARDED_BY(mutex_) = Right;
};

}  // namespace reembed::testing
