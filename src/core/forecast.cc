#include "reembed/core/forecast.h"

#include <algorithm>
#include <utility>

namespace reembed {
namespace {

std::uint64_t DividedUp(std::uint64_t what, std::uint64_t by) {
  return by == 0 ? 0 : (what + by - 1) / by;
}

// A part of the work: how long, and what it is called when it is the longest.
struct Part {
  double seconds = 0;
  std::string name = {};
};

void Keep(std::optional<EmbedTime>& longest, double seconds, const char* name) {
  if (!longest || seconds > longest->seconds) longest = EmbedTime{seconds, name};
}

const StrategyOption* Chosen(const CollectionPlan& plan) {
  const auto chosen =
      std::find_if(plan.options.begin(), plan.options.end(),
                   [&](const StrategyOption& option) { return option.strategy == plan.strategy; });
  return chosen == plan.options.end() ? nullptr : &*chosen;
}

std::string StageName(const std::string& stage, const CollectionPlan& plan) {
  if (stage == "fill") return "filling the new collection";
  if (stage == "drop") return "dropping the old field";
  if (stage == "add") return "building the new index";
  const bool live = plan.strategy == StrategyChoice::kInPlace && plan.indexed;
  return live ? "writing into the live index" : "writing into the collection";
}

// Times are of all documents; what is left alone in place is not written.
double WrittenShare(const CollectionPlan& plan, std::uint64_t written) {
  const bool all = plan.strategy != StrategyChoice::kInPlace || plan.documents == 0;
  if (all) return written == 0 ? 0 : 1;
  return std::min(1.0, static_cast<double>(written) / static_cast<double>(plan.documents));
}

std::vector<Part> StoreParts(const CollectionPlan& plan, std::uint64_t written) {
  std::vector<Part> parts;
  const StrategyOption* option = Chosen(plan);
  if (option == nullptr) return parts;
  const double share = WrittenShare(plan, written);
  for (const StageTime& stage : option->stages) {
    parts.push_back({stage.seconds * share, StageName(stage.name, plan)});
  }
  return parts;
}

std::optional<double> Sum(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

}  // namespace

std::uint64_t RequestsFor(std::uint64_t texts, std::uint64_t tokens, const BatchLimits& limits) {
  return std::max(DividedUp(texts, limits.max_texts), DividedUp(tokens, limits.max_tokens));
}

std::optional<EmbedTime> ForetellEmbedding(const EmbedWork& work, const EmbedPace& pace) {
  if (work.texts == 0) return EmbedTime{};
  const GrantedPace& granted = pace.granted;
  std::optional<EmbedTime> longest;
  if (granted.tokens_per_minute) {
    Keep(longest, static_cast<double>(work.tokens) / *granted.tokens_per_minute * 60,
         "the provider's tokens per minute");
  }
  if (granted.requests_per_minute) {
    const std::uint64_t counted = pace.counts_texts ? work.texts : work.requests;
    Keep(longest, static_cast<double>(counted) / *granted.requests_per_minute * 60,
         pace.counts_texts ? "the provider's texts per minute"
                           : "the provider's requests per minute");
  }
  if (pace.request_seconds) {
    std::uint64_t at_a_time = std::min<std::uint64_t>(pace.concurrency, work.requests);
    if (granted.concurrency != 0) at_a_time = std::min(at_a_time, granted.concurrency);
    const double rounds = static_cast<double>(work.requests) /
                          static_cast<double>(std::max<std::uint64_t>(1, at_a_time));
    Keep(longest, rounds * *pace.request_seconds, "the provider's latency");
  }
  return longest;
}

TimeForecast ForetellTime(const EmbedWork& work, const EmbedPace& pace, const CollectionPlan& plan,
                          std::uint64_t written) {
  TimeForecast time;
  std::vector<Part> parts = StoreParts(plan, written);
  for (const Part& part : parts) time.store_seconds += part.seconds;
  auto embedding = ForetellEmbedding(work, pace);
  if (!embedding) return time;
  time.embed_seconds = embedding->seconds;
  time.at_least = work.texts > 0 && !pace.request_seconds;
  const bool at_once = plan.strategy == StrategyChoice::kInPlace;
  time.seconds = at_once ? std::max(embedding->seconds, time.store_seconds)
                         : embedding->seconds + time.store_seconds;
  parts.push_back({embedding->seconds, std::move(embedding->limiting)});
  const auto longest =
      std::max_element(parts.begin(), parts.end(),
                       [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
  if (longest->seconds > 0) time.limiting = std::move(longest->name);
  return time;
}

Forecast operator+(const Forecast& a, const Forecast& b) {
  Forecast sum;
  sum.work = {a.work.documents + b.work.documents, a.work.texts + b.work.texts,
              a.work.tokens + b.work.tokens, a.work.requests + b.work.requests};
  sum.usd = Sum(a.usd, b.usd);
  sum.time.embed_seconds = Sum(a.time.embed_seconds, b.time.embed_seconds);
  sum.time.store_seconds = a.time.store_seconds + b.time.store_seconds;
  sum.time.seconds = Sum(a.time.seconds, b.time.seconds);
  sum.time.at_least = a.time.at_least || b.time.at_least;
  if (sum.time.seconds) {
    sum.time.limiting = *b.time.seconds > *a.time.seconds ? b.time.limiting : a.time.limiting;
  }
  return sum;
}

}  // namespace reembed
