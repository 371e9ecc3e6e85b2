#include "derived.h"

#include <fmt/format.h>

namespace reembed {

std::uint64_t ShownCount(const CollectionReport& report) {
  return report.status == CollectionStatus::kDryRun ? report.matched : report.counts.count();
}

std::uint64_t Remaining(const CollectionReport& report) {
  const bool stopped = report.limited || report.status == CollectionStatus::kInterrupted ||
                       report.status == CollectionStatus::kError;
  const std::uint64_t done = report.counts.count();
  return stopped && report.matched > done ? report.matched - done : 0;
}

std::string_view SearchImpact(const CollectionPlan& plan) {
  if (!plan.blockers.empty()) return "none, the collection is not touched";
  for (const StrategyOption& option : plan.options) {
    if (option.strategy == plan.strategy && plan.strategy != StrategyChoice::kInPlace) {
      return option.searches;
    }
  }
  if (!plan.indexed) return "none, the field has no vector index";
  return "a search may wait for the one write request in work, about `update.target_ms`";
}

std::string ShortTime(double seconds) {
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string AboutTime(double seconds) {
  return seconds < 1 ? ShortTime(seconds) : "about " + ShortTime(seconds);
}

std::string TimeText(const TimeForecast& time) {
  if (!time.seconds) {
    const std::string store =
        time.store_seconds < 1 ? "" : "; the server alone: " + AboutTime(time.store_seconds);
    return "not known: neither a quota nor how fast the provider answers is known" + store;
  }
  if (!time.at_least) return AboutTime(*time.seconds);
  return fmt::format("at least {} (how fast the provider answers is not known)",
                     *time.seconds < 1 ? "1 s" : ShortTime(*time.seconds));
}

std::string ForecastText(const Forecast& forecast) {
  std::string text = GroupedText(forecast.work.tokens) + " tokens";
  if (forecast.usd) {
    const std::string amount = UsdText(*forecast.usd);
    text += (amount.starts_with("under") || *forecast.usd <= 0 ? ", " : ", about ") + amount;
  }
  const TimeForecast& time = forecast.time;
  if (!time.seconds) return text;
  const bool tiny = *time.seconds < 1;
  text += fmt::format(", {}{}",
                      time.at_least ? "at least "
                      : tiny        ? ""
                                    : "about ",
                      time.at_least && tiny ? "1 s" : ShortTime(*time.seconds));
  if (!time.limiting.empty()) text += fmt::format(" (limited by {})", time.limiting);
  return text;
}

std::string SpentText(const Spending& spent) {
  std::string text = GroupedText(spent.tokens) + " billed";
  if (spent.tokens_foretold && spent.tokens > 0) {
    const double excess =
        static_cast<double>(*spent.tokens_foretold) / static_cast<double>(spent.tokens) * 100 - 100;
    text += fmt::format(", {} foretold ({:+.1f} %)", GroupedText(*spent.tokens_foretold), excess);
  }
  if (spent.usd) text += ", " + UsdText(*spent.usd);
  return text;
}

}  // namespace reembed
