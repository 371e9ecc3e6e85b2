#include "reembed/core/report.h"

namespace reembed {

std::string_view ToString(Stage stage) {
  switch (stage) {
    case Stage::kFetch:
      return "fetch";
    case Stage::kText:
      return "text";
    case Stage::kEmbed:
      return "embed";
    case Stage::kUpdate:
      return "update";
    case Stage::kCatchUp:
      return "catch_up";
  }
  return "";
}

std::string_view ToString(FailureKind kind) {
  switch (kind) {
    case FailureKind::kNoText:
      return "no_text";
    case FailureKind::kTextType:
      return "text_type";
    case FailureKind::kBadText:
      return "bad_text";
    case FailureKind::kTooLong:
      return "too_long";
    case FailureKind::kTransient:
      return "transient";
    case FailureKind::kRejected:
      return "rejected";
    case FailureKind::kChanging:
      return "changing";
  }
  return "";
}

std::string_view ToString(CollectionStatus status) {
  switch (status) {
    case CollectionStatus::kCompleted:
      return "completed";
    case CollectionStatus::kPartial:
      return "partial";
    case CollectionStatus::kDryRun:
      return "dry_run";
    case CollectionStatus::kSkipped:
      return "skipped";
    case CollectionStatus::kError:
      return "error";
    case CollectionStatus::kInterrupted:
      return "interrupted";
  }
  return "";
}

Counts& Counts::operator+=(const Counts& other) {
  success += other.success;
  failed += other.failed;
  up_to_date += other.up_to_date;
  deleted += other.deleted;
  skipped += other.skipped;
  return *this;
}

Counts RunReport::Totals() const {
  Counts totals;
  for (const CollectionReport& collection : collections) totals += collection.counts;
  return totals;
}

Spending RunReport::Spent() const {
  Spending sum{.tokens = 0, .usd = {}, .tokens_foretold = 0};
  for (const CollectionReport& collection : collections) {
    sum.tokens += collection.tokens;
    if (collection.tokens == 0 || !sum.tokens_foretold) continue;
    if (collection.tokens_foretold) {
      *sum.tokens_foretold += *collection.tokens_foretold;
    } else {
      sum.tokens_foretold.reset();
    }
  }
  if (sum.tokens == 0) sum.tokens_foretold.reset();
  sum.usd = CostOf(pricing, sum.tokens);
  return sum;
}

std::optional<Forecast> RunReport::TotalForecast() const {
  std::optional<Forecast> sum;
  for (const CollectionReport& collection : collections) {
    if (!collection.forecast) continue;
    sum = sum ? *sum + *collection.forecast : *collection.forecast;
  }
  return sum;
}

}  // namespace reembed
