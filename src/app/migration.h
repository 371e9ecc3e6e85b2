#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cutover_tools.h"
#include "in_place.h"
#include "planner.h"
#include "progress_board.h"
#include "reembed/core/exit_code.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/recovery_files.h"
#include "reembed/ports/reporter.h"
#include "run_forecast.h"

namespace reembed {

/// What a run and a dry run share. All references outlive it.
struct RunTools {
  const Config& config;
  StoreReader& reader;
  const ProviderProperties& provider;
  Clock& clock;
  Log& log;
  Reporter& reporter;
  bool probe = true;   ///< false: never embed a text just to learn something
  bool force = false;  ///< embed and pay again
  Pricing pricing = {};
};

/// What a plan notes under `--force`.
inline constexpr std::string_view kForcedNote =
    "forced: every text is embedded, and paid for, again, also where vectors are up to date";

/// The report before the first collection: version, run id, what is embedded with.
RunReport BeginReport(const RunTools& tools, bool dry_run);
/// Adds how long it took since `started` and shows it.
void EndReport(const RunTools& tools, SteadyTime started, RunReport& report);
RunHeader HeaderFor(const RunTools& tools, bool dry_run);
/// A report for a collection that is not worked on.
CollectionReport ReportWithoutWork(const CollectionConfig& config, CollectionStatus status,
                                   std::string message);

/// The verb `run`: plans, migrates collection after collection, reports.
/// Errors:  none are returned; they are in the report, whose `exit_code` is the worst of them. A
///          trouble of one collection leaves the others to be done; one of the provider, of the
///          whole store or of a limit of failures leaves them `not started`. When no more may be
///          spent the others are gone through all the same: what is paid for is written, and one
///          that costs nothing is finished. Every collection is reported.
/// Stop:    the first signal ends the planning at once, later it lets finish what is in flight.
/// Threads: called from one, once; the stages' threads live inside and their exceptions come out.
class Migration {
 public:
  /// `journal`: an error of opening it ends the run before anybody is asked. `free_bytes`: on its
  /// disk; absent when it is not known.
  Migration(const RunTools& tools, const StrategyTools& strategy_tools,
            const Result<std::unique_ptr<JournalStore>>& journal, RecoveryFiles& recovery,
            std::optional<std::uint64_t> free_bytes, FailureLimit limit, ActivityBoard& activity,
            ProgressDisplay& display)
      : tools_(tools),
        forecast_(strategy_tools.embedder, PartsFor(tools, strategy_tools, display)),
        strategy_tools_(WithForecast(strategy_tools, forecast_)),
        journal_(journal),
        recovery_(recovery),
        room_{tools.config.journal.dir, strategy_tools.backup, free_bytes},
        totals_(limit),
        activity_(activity),
        display_(display) {}

  RunReport Run(const StopTokens& stop);

 private:
  static ForecastParts PartsFor(const RunTools& tools, const StrategyTools& strategy,
                                ProgressDisplay& display);
  static StrategyTools WithForecast(const StrategyTools& tools, RunForecast& forecast);
  std::vector<PlanEntry> Prepare(int& dimensions, const StopTokens& stop);
  Result<int> LearnDimensions(const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> RunEntry(const PlanEntry& entry, int dimensions,
                                                 const StopTokens& stop);
  Status PruneJournal();
  RunSpec SpecFor(const CollectionPlan& plan, const CollectionId& target) const;
  std::pair<CollectionReport, ExitCode> Refused(const CollectionPlan& plan, std::string message,
                                                ExitCode code) const;
  Result<std::vector<PlanEntry>> Facts(const std::vector<CollectionConfig>& collections,
                                       int dimensions, const StopTokens& stop);
  CollectionPlan PlanFor(const PlanEntry& entry, int dimensions) const;
  CutoverTools ToolsForCutover() const;
  std::pair<CollectionReport, ExitCode> Open(CollectionPlan plan,
                                             const std::optional<Cutover>& open,
                                             const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> Failed(const CollectionPlan& plan, const Error& error);
  std::pair<CollectionReport, ExitCode> Migrate(const CollectionPlan& plan, Journal& journal,
                                                Strategy& strategy, const StopTokens& stop);
  std::pair<CollectionReport, ExitCode> NotStarted(const CollectionConfig& config) const;

  const RunTools& tools_;
  RunForecast forecast_;                // stands before the embedder
  const StrategyTools strategy_tools_;  // with that one
  const Result<std::unique_ptr<JournalStore>>& journal_;
  RecoveryFiles& recovery_;
  JournalRoom room_;  // what the collections planned so far leave of it
  RunTotals totals_;
  ActivityBoard& activity_;
  ProgressDisplay& display_;
  std::optional<std::string> run_id_;  // of the latest run that was begun or continued
  std::optional<Error> run_error_;     // what keeps the remaining collections from being started
  std::optional<Error> spent_;         // what says that no more may be spent
};

}  // namespace reembed
