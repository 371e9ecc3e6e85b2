#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "in_place.h"
#include "planner.h"
#include "progress_board.h"
#include "reembed/core/exit_code.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// What a run and a dry run share. All references outlive it.
struct RunTools {
  const Config& config;
  StoreReader& reader;
  const ProviderProperties& provider;
  Clock& clock;
  Log& log;
  Reporter& reporter;
  bool probe = true;  ///< false: never embed a text just to learn something
};

/// The report before the first collection: version, run id, what is embedded with.
RunReport BeginReport(const RunTools& tools, bool dry_run);
/// Adds how long it took and shows it.
void EndReport(const RunTools& tools, RunReport& report);
RunHeader HeaderFor(const RunTools& tools, bool dry_run);
/// A report for a collection that is not worked on.
CollectionReport ReportWithoutWork(const CollectionConfig& config, CollectionStatus status,
                                   std::string message);

/// The verb `run`: plans, migrates collection after collection, reports.
/// Errors:  none are returned; they are in the report, whose `exit_code` is the worst of them. A
///          trouble of one collection leaves the others to be done; one of the provider, of the
///          whole store or of a limit leaves them `not started`. Every collection is reported.
/// Stop:    the first signal ends the planning at once, later it lets finish what is in flight.
/// Threads: called from one, once; the stages' threads live inside and their exceptions come out.
class Migration {
 public:
  Migration(const RunTools& tools, const StrategyTools& strategy_tools, FailureLimit limit,
            ActivityBoard& activity, ProgressDisplay& display)
      : tools_(tools),
        strategy_tools_(strategy_tools),
        totals_(limit),
        activity_(activity),
        display_(display) {}

  RunReport Run(const StopTokens& stop);

 private:
  std::vector<PlanEntry> Prepare(int& dimensions, const StopTokens& stop);
  Result<int> LearnDimensions(const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> RunEntry(const PlanEntry& entry, int dimensions,
                                                 const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> Migrate(const CollectionPlan& plan, const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> NotStarted(const CollectionConfig& config) const;

  const RunTools& tools_;
  const StrategyTools& strategy_tools_;
  RunTotals totals_;
  ActivityBoard& activity_;
  ProgressDisplay& display_;
  std::optional<Error> run_error_;  // what keeps the remaining collections from being started
};

}  // namespace reembed
