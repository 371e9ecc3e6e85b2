#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reembed/core/cost.h"
#include "reembed/core/forecast.h"
#include "reembed/core/plan.h"
#include "reembed/core/report.h"

namespace reembed {

/// What is known when the run starts.
struct RunHeader {
  std::string family, model, task_type, task_type_advice;
  std::optional<int> dimensions;  ///< absent until the provider has shown it
  std::vector<std::string> collections;
  bool dry_run = false;
  Pricing pricing = {};
};

/// What `--dry-run` found out beyond the plan of each collection.
struct PlannedCollection {
  CollectionPlan plan;
  std::optional<Survey> survey;
  std::string error;  ///< why there is no plan; empty otherwise
  /// What it will cost and how long it will take; absent when the documents were not read, or
  /// the collection is not touched.
  std::optional<Forecast> forecast = {};
  Pricing pricing = {};
};

/// Shows results. Called from one thread, in this order: Begin, then per collection ShowPlan (dry
/// run, unless it is skipped) or Started, Foretold (when there is anything to pay for) and Finished
/// (only Finished for one that is skipped, missing or never begun), then End. Every text may hold
/// server text: the implementation removes known secrets and control characters.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void Begin(const RunHeader& header) = 0;
  virtual void ShowPlan(const PlannedCollection& planned) = 0;
  virtual void Started(const CollectionPlan& plan) = 0;
  /// Its documents were compared with the journal, and embedding begins.
  virtual void Foretold(const std::string& /*collection*/, const Forecast& /*forecast*/) {}
  virtual void Finished(const CollectionReport& report) = 0;
  virtual void End(const RunReport& report) = 0;
};

/// Shows progress. Thread-safe.
class ProgressDisplay {
 public:
  virtual ~ProgressDisplay() = default;
  /// False: Show would do nothing, so nobody needs to take snapshots.
  virtual bool Wanted() const { return true; }
  virtual void Show(const Progress& progress) = 0;
  virtual void Clear() = 0;  ///< before other output, and at the end
};

}  // namespace reembed
