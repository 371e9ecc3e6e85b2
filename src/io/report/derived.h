#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reembed/core/cost.h"
#include "reembed/core/forecast.h"
#include "reembed/core/plan.h"
#include "reembed/core/report.h"

namespace reembed {

/// What the text and the JSON report both derive from the same values. Pure.

/// The `count` of a collection: documents with an outcome; in a dry run those that match.
std::uint64_t ShownCount(const CollectionReport& report);

/// Documents without an outcome when the collection was stopped; 0 unless it was.
std::uint64_t Remaining(const CollectionReport& report);

/// What the run's work means for searches while it goes on. A view of the plan.
std::string_view SearchImpact(const CollectionPlan& plan);

/// `under 1 s`, `3 s`, `2 min`, `1.5 h`: the figures are not worth more digits.
std::string ShortTime(double seconds);
/// `under 1 s`, `about 3 s`, …
std::string AboutTime(double seconds);

/// `about 3 min`, `at least 3 min`, or why that is not known.
std::string TimeText(const TimeForecast& time);

/// `1,234,567 tokens, about $0.02, about 3 min (limited by the provider's latency)`.
std::string ForecastText(const Forecast& forecast);

/// `1,230,000 billed, 1,250,000 foretold (+1.6 %), $0.025`; leaves out what is not known.
std::string SpentText(const Spending& spent);

}  // namespace reembed
