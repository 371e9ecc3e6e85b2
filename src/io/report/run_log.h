#pragma once

#include <string_view>

#include "reembed/ports/log.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// Hands everything on to `next` and writes the course of the run to the log (kInfo: a log file and
/// `-v` have it): its beginning, each collection's plan or beginning and outcome, its end. Both
/// must live longer. The log cleans what it is given. Not thread-safe.
class RunLog final : public Reporter {
 public:
  RunLog(Reporter& next, Log& log) : next_(next), log_(log) {}

  void Begin(const RunHeader& header) override;
  void ShowPlan(const PlannedCollection& planned) override;
  void Started(const CollectionPlan& plan) override;
  void Foretold(const std::string& collection, const Forecast& forecast) override;
  void Finished(const CollectionReport& report) override;
  void End(const RunReport& report) override;

 private:
  Reporter& next_;
  Log& log_;
};

}  // namespace reembed
