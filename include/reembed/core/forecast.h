#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "reembed/core/batcher.h"
#include "reembed/core/plan.h"
#include "reembed/core/quota.h"

namespace reembed {

/// What is to be paid for. Estimated, except for the documents.
struct EmbedWork {
  std::uint64_t documents = 0;
  std::uint64_t texts = 0;  ///< different ones
  std::uint64_t tokens = 0;
  std::uint64_t requests = 0;
};

/// How fast the provider takes it.
struct EmbedPace {
  GrantedPace granted;                    ///< `concurrency` there bounds the one below
  bool counts_texts = false;              ///< the request quota counts texts
  std::optional<double> request_seconds;  ///< how long a request takes; absent: not measured
  std::size_t concurrency = 1;            ///< requests at a time
};

/// How long a collection takes.
struct TimeForecast {
  std::optional<double> embed_seconds;  ///< absent: neither a quota nor the latency is known
  double store_seconds = 0;             ///< the server's part, see StrategyOption::stages
  std::optional<double> seconds;        ///< of all
  bool at_least = false;      ///< what requests take is not known: the quotas' part alone counts
  std::string limiting = {};  ///< what most of the time goes by, in plain words; empty: not known
};

/// What lies before a collection's run.
struct Forecast {
  EmbedWork work;
  std::optional<double> usd;  ///< absent: no price is known
  TimeForecast time;
};

/// How many requests so much makes when they are filled up to `limits`.
std::uint64_t RequestsFor(std::uint64_t texts, std::uint64_t tokens, const BatchLimits& limits);

/// The slowest of: tokens by the tokens granted, requests (or texts) by the requests granted,
/// latency by requests at a time. Beside it the plan's chosen strategy: `in-place` embeds and
/// writes at once, the others one after the other. `written`: documents that the run will write;
/// of `in-place` the stages' times are scaled to them. Pure.
TimeForecast ForetellTime(const EmbedWork& work, const EmbedPace& pace, const CollectionPlan& plan,
                          std::uint64_t written);

/// How long the provider alone takes, and what limits it; absent where nothing is known of it.
struct EmbedTime {
  double seconds = 0;
  std::string limiting = {};
};
std::optional<EmbedTime> ForetellEmbedding(const EmbedWork& work, const EmbedPace& pace);

/// One after the other. What one of them does not know, the sum does not know; `limiting` is that
/// of the longest.
Forecast operator+(const Forecast& a, const Forecast& b);

}  // namespace reembed
