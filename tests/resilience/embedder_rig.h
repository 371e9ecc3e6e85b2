#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "src/resilience/embedder_factory.h"
#include "src/resilience/surroundings.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"

namespace reembed::testing {

/// Remembers what the user was told is being waited for.
class FakeActivity final : public Activity {
 public:
  int BeginWait(std::string what) override {
    MutexLock lock(mutex_);
    notices_.push_back(std::move(what));
    return static_cast<int>(notices_.size());
  }
  void EndWait(int) override {}
  std::vector<std::string> notices() const {
    MutexLock lock(mutex_);
    return notices_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> notices_ REEMBED_GUARDED_BY(mutex_);
};

class SilentLog final : public Log {
 public:
  void Write(LogLevel, std::string_view) override {}
};

/// The texts of a batch; the hash is the place in it.
inline Batch BatchOf(const std::vector<std::string>& texts) {
  Batch batch;
  for (const std::string& text : texts) {
    batch.texts.push_back({.hash = {.high = 0, .low = batch.texts.size()}, .text = text});
  }
  return batch;
}

/// What became of one text.
struct TextOutcome {
  Result<SharedEmbedding> vector = Error{.message = "neither vector nor failure"};
  bool truncated = false;
};

/// Embeds a batch and puts together what the sink took and what failed. A text that comes twice is
/// an error.
inline Result<std::vector<TextOutcome>> EmbedAll(Embedder& embedder,
                                                 const std::vector<std::string>& texts,
                                                 const EmbedRules& rules, const StopTokens& stop) {
  std::vector<TextOutcome> outcomes(texts.size());
  const VectorSink sink = [&outcomes](std::span<const EmbeddedText> embedded) -> Status {
    for (const EmbeddedText& text : embedded) {
      TextOutcome& outcome = outcomes.at(text.hash.low);
      if (outcome.vector.ok()) return Error{.message = "a vector came twice"};
      outcome = {text.vector, text.truncated};
    }
    return {};
  };
  auto failures = embedder.Embed(BatchOf(texts), rules, sink, stop);
  if (!failures.ok()) return failures.error();
  for (const TextFailure& failure : *failures) outcomes.at(failure.index).vector = failure.error;
  return outcomes;
}

/// A wrapped FakeProvider with fake time. Jitter is always a half.
struct EmbedderRig {
  FakeProvider provider;
  EmbedderOptions options{.model = "small-model"};
  EmbedRules rules;
  FakeClock clock;
  FakeActivity activity;
  SilentLog log;
  std::stop_source drain;
  std::unique_ptr<Embedder> embedder;  // made by the first Embed()

  Result<std::vector<TextOutcome>> Embed(const std::vector<std::string>& texts) {
    if (!embedder) {
      embedder = MakeEmbedder(
          provider, options, clock, [] { return 0.5; }, activity, log);
    }
    return EmbedAll(*embedder, texts, rules, {.drain = drain.get_token(), .abort = {}});
  }

  /// One character a text: `+` for its right vector, `t` for the vector of its beginning, `x` for
  /// an error, `?` for a wrong vector. The whole call's error message when there is one.
  std::string Outcome(const std::vector<std::string>& texts) {
    const Result<std::vector<TextOutcome>> outcomes = Embed(texts);
    if (!outcomes.ok()) return outcomes.error().message;
    std::string out;
    for (std::size_t i = 0; i < outcomes->size(); ++i) out += Letter((*outcomes)[i], texts[i]);
    return out;
  }

  std::size_t sent() const { return provider.calls().size(); }

  std::vector<int> waits() const {
    std::vector<int> out;
    for (const Millis wait : clock.waits()) out.push_back(static_cast<int>(wait.count()));
    return out;
  }

 private:
  static char Letter(const TextOutcome& outcome, const std::string& text) {
    if (!outcome.vector.ok()) return 'x';
    if (outcome.truncated) return 't';
    return **outcome.vector == VectorOf(text) ? '+' : '?';
  }
};

inline Error Limited(Millis wait = Millis(0)) {
  Error error{.kind = ErrorKind::kRateLimited, .message = "fake (fake.test:443): slow down"};
  if (wait > Millis(0)) error.retry_after = wait;
  return error;
}

inline Error Failing(std::string message = "503 overloaded") {
  return {.kind = ErrorKind::kTransient, .message = std::move(message)};
}

inline Error Bad(std::string message = "400 cannot embed this") {
  return {.kind = ErrorKind::kBadText, .message = std::move(message)};
}

/// What the wrappers get from outside, for tests of one of them.
struct SurroundingsRig {
  FakeClock clock;
  FakeActivity activity;
  SilentLog log;
  Surroundings surroundings{clock, [] { return 0.5; }, activity, log, "fake (fake.test:443)"};
};

}  // namespace reembed::testing
