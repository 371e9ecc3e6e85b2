#include "run_forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "long_text.h"

namespace reembed {
namespace {

// Of a collection's texts: enough to have taught how many tokens its texts make.
constexpr double kTaught = 0.02;

TextShape Less(TextShape from, const TextShape& what) {
  const auto take = [](std::uint64_t& number, std::uint64_t by) { number -= std::min(number, by); };
  for (std::size_t i = 0; i < kTextClasses; ++i) take(from.counts[i], what.counts[i]);
  take(from.texts, what.texts);
  take(from.bytes, what.bytes);
  return from;
}

TextShape ShapeSentOfAll(const Batch& batch, LongTextRule rule, std::uint64_t max_text_tokens) {
  TextShape shape;
  for (const PendingText& text : batch.texts) {
    shape +=
        ShapeSent(text.shape.texts != 0 ? text.shape : ShapeOf(text.text), rule, max_text_tokens);
  }
  return shape;
}

}  // namespace

void RunForecast::Begin(const CollectionPlan& plan) {
  MutexLock lock(mutex_);
  plan_ = plan;
  before_ = inner_.Usage();
  counted_ = false;
  texts_ = done_ = {};
  forecast_.reset();
  foretold_.reset();
}

// What was seen in this run holds waits for the quota too: where the quota is the limit both
// figures agree, and where it is not there are none.
EmbedPace RunForecast::PaceNow() const {
  EmbedPace pace{.granted = inner_.Pace(),
                 .counts_texts = parts_.counts_texts,
                 .request_seconds = {},
                 .concurrency = parts_.workers};
  if (calls_ > 0) pace.request_seconds = embed_seconds_ / static_cast<double>(calls_);
  return pace;
}

void RunForecast::Counted(std::uint64_t documents, const TextShape& texts, std::uint64_t written) {
  Forecast forecast;
  std::string name;
  {
    MutexLock lock(mutex_);
    if (counted_) return;
    counted_ = true;
    texts_ = texts;
    const std::uint64_t tokens = texts.texts == 0 ? 0 : inner_.Estimate().TokensIn(texts);
    forecast.work = {documents, texts.texts, tokens,
                     RequestsFor(texts.texts, tokens, parts_.limits)};
    forecast.usd = CostOf(parts_.pricing, tokens);
    forecast.time = ForetellTime(forecast.work, PaceNow(), plan_, written);
    forecast_ = forecast;
    name = plan_.config.name;
  }
  if (forecast.work.texts == 0) return;
  parts_.display.Clear();  // results and progress may share a terminal
  parts_.reporter.Foretold(name, forecast);
}

RunForecast::Ending RunForecast::End() {
  MutexLock lock(mutex_);
  return {forecast_, foretold_};
}

std::optional<double> RunForecast::SecondsLeft() const {
  MutexLock lock(mutex_);
  if (!counted_ || texts_.texts == 0) return std::nullopt;
  const ProviderUsage now = inner_.Usage();
  const auto left = [](std::uint64_t all, std::uint64_t done) { return all - std::min(all, done); };
  EmbedWork rest;
  const std::uint64_t tokens = inner_.Estimate().TokensIn(texts_);
  rest.texts = left(texts_.texts, now.texts - before_.texts);
  rest.tokens = left(tokens, now.tokens - before_.tokens);
  if (rest.texts == 0 || rest.tokens == 0) return std::nullopt;
  rest.requests = RequestsFor(rest.texts, rest.tokens, parts_.limits);
  EmbedPace pace = PaceNow();
  pace.request_seconds.reset();  // what was seen is the display's own business
  const auto time = ForetellEmbedding(rest, pace);
  return time ? std::optional(time->seconds) : std::nullopt;
}

Result<std::vector<TextFailure>> RunForecast::Embed(const Batch& batch, const EmbedRules& rules,
                                                    const VectorSink& sink,
                                                    const StopTokens& stop) {
  {
    MutexLock lock(mutex_);
    ++in_flight_;
  }
  const SteadyTime started = parts_.clock.Now();
  auto failures = inner_.Embed(batch, rules, sink, stop);
  const double seconds = SecondsBetween(started, parts_.clock.Now());
  if (failures.ok()) Note(batch, seconds);
  MutexLock lock(mutex_);
  --in_flight_;
  return failures;
}

void RunForecast::Note(const Batch& batch, double seconds) {
  std::string news;
  {
    MutexLock lock(mutex_);
    embed_seconds_ += seconds;
    ++calls_;
    if (!counted_ || foretold_) return;
    done_ += ShapeSentOfAll(batch, plan_.config.on_long_text, parts_.max_text_tokens);
    foretold_ = ForetellAgain();
    if (!foretold_) return;
    news = fmt::format("{}: {} tokens foretold after {} of {} texts", plan_.config.name,
                       GroupedText(*foretold_), done_.texts, texts_.texts);
  }
  parts_.log.Info(news);
}

// The bill of what is done and the estimate of the rest. While other requests are in flight the
// bill may hold some of theirs: then what is done is estimated too, by the weights it has taught.
std::optional<std::uint64_t> RunForecast::ForetellAgain() {
  const auto enough =
      static_cast<std::uint64_t>(std::ceil(kTaught * static_cast<double>(texts_.texts)));
  if (done_.texts < enough) return std::nullopt;
  const TokenEstimate estimate = inner_.Estimate();
  const std::uint64_t done =
      in_flight_ == 1 ? inner_.Usage().tokens - before_.tokens : estimate.TokensIn(done_);
  const TextShape rest = Less(texts_, done_);
  return done + (rest.texts == 0 ? 0 : estimate.TokensIn(rest));
}

}  // namespace reembed
