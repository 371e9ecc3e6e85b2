#pragma once

#include <vector>

#include "reembed/ports/reporter.h"

namespace reembed {

/// Hands everything on to `next`, which must live longer, and keeps the plans, so that the report
/// file of a dry run can hold them. Not thread-safe.
class PlanRecorder final : public Reporter {
 public:
  explicit PlanRecorder(Reporter& next) : next_(next) {}

  /// Those shown so far, for ToJson.
  const std::vector<PlannedCollection>& plans() const { return plans_; }

  void Begin(const RunHeader& header) override { next_.Begin(header); }
  void ShowPlan(const PlannedCollection& planned) override {
    plans_.push_back(planned);
    next_.ShowPlan(planned);
  }
  void Started(const CollectionPlan& plan) override { next_.Started(plan); }
  void Foretold(const std::string& collection, const Forecast& forecast) override {
    next_.Foretold(collection, forecast);
  }
  void Finished(const CollectionReport& report) override { next_.Finished(report); }
  void End(const RunReport& report) override { next_.End(report); }

 private:
  Reporter& next_;
  std::vector<PlannedCollection> plans_;
};

}  // namespace reembed
