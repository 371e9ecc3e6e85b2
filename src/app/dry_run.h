#pragma once

#include <utility>
#include <vector>

#include "migration.h"

namespace reembed {

/// What a dry run found; the reporter has shown it already.
struct DryRunResult {
  RunReport report;
  std::vector<PlannedCollection> plans;
};

/// The verb `run --dry-run`: shows what a run would do. It holds no StoreWriter, so it can send
/// the store nothing but reads; it asks the provider for one text at most, and for none when
/// `tools.probe` is false or nothing can be embedded. The first
/// signal ends it at once.
class DryRun {
 public:
  DryRun(const RunTools& tools, Provider& provider) : tools_(tools), provider_(provider) {}
  DryRunResult Run(const StopTokens& stop);

 private:
  Result<int> Probe(const StopTokens& stop);
  std::pair<PlannedCollection, ExitCode> Look(const PlanEntry& entry, int dimensions,
                                              const StopTokens& stop);
  void PlanAll(const std::vector<PlanEntry>& entries, DryRunResult& result, const StopTokens& stop);
  void NoPlan(const Error& error, RunReport& report) const;

  const RunTools& tools_;
  Provider& provider_;
};

}  // namespace reembed
