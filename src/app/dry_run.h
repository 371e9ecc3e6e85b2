#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "migration.h"
#include "probe.h"
#include "reembed/core/plan.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/recovery_files.h"

namespace reembed {

/// What a dry run found; the reporter has shown it already.
struct DryRunResult {
  RunReport report;
  std::vector<PlannedCollection> plans;
};

/// The verb `run --dry-run`: shows what a run would do. It holds no StoreWriter, so it can send
/// the store nothing but reads; of the journal it asks only Runs, Cutovers and View. It asks the
/// provider for one text at most, and for none when `tools.probe` is false or nothing is left to
/// embed. The probe comes first where only it can tell the vector length, on which every plan
/// depends; else as soon as a collection has something to be paid for, before its plan is shown:
/// how fast the provider answers, and what quotas it states, is part of the forecast. The first
/// signal ends it at once.
class DryRun {
 public:
  /// `journal`: opened for reading; an error of that ends the dry run before anybody is asked.
  /// `free_bytes`: on the disk of `journal.dir`; absent when it is not known. `recovery`: asked
  /// only which files are there; null: none are.
  DryRun(const RunTools& tools, Provider& provider,
         const Result<std::unique_ptr<JournalStore>>& journal,
         std::optional<std::uint64_t> free_bytes = std::nullopt,
         const RecoveryFiles* recovery = nullptr)
      : tools_(tools),
        provider_(provider),
        journal_(journal),
        recovery_(recovery),
        room_{tools.config.journal.dir, tools.config.journal.backup, free_bytes} {}
  DryRunResult Run(const StopTokens& stop);

 private:
  ExitCode ProbeInto(int& dimensions, RunReport& report, const StopTokens& stop);
  EmbedPace PaceKnown() const;
  void AddForecast(PlannedCollection& planned) const;
  bool ShouldProbe(const PlannedCollection& planned, ExitCode code) const;
  struct Knowledge {
    std::unique_ptr<JournalView> view;  // may be null
    bool known_target = false;          // earlier runs wrote this field
  };
  Result<std::vector<PlanEntry>> Facts(int dimensions, const StopTokens& stop);
  Result<Knowledge> KnowledgeOf(CollectionPlan& plan);
  Status LookInto(PlannedCollection& planned, const StopTokens& stop);
  std::pair<PlannedCollection, ExitCode> Look(const PlanEntry& entry, int dimensions,
                                              const StopTokens& stop);
  ExitCode LookAtAll(const std::vector<PlanEntry>& entries, int& dimensions, DryRunResult& result,
                     const StopTokens& stop);
  void PlanAll(const std::vector<PlanEntry>& entries, DryRunResult& result, const StopTokens& stop);
  void NoPlan(const Error& error, RunReport& report) const;

  const RunTools& tools_;
  Provider& provider_;
  const Result<std::unique_ptr<JournalStore>>& journal_;
  const RecoveryFiles* recovery_;
  JournalRoom room_;  // what the collections planned so far leave of it
  bool may_probe_ = false;
  std::optional<ProbeAnswer> probed_;
};

}  // namespace reembed
