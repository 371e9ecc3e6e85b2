#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "doctor_checks.h"
#include "planner.h"
#include "reembed/base/clock.h"
#include "reembed/base/stop.h"
#include "reembed/core/config.h"
#include "reembed/core/doctor_report.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/recovery_files.h"
#include "reembed/ports/store.h"

namespace reembed {

/// What the checks need. All references outlive them.
struct DoctorTools {
  const Config& config;
  StoreReader& reader;
  const ProviderProperties& provider;
  const Clock& clock;
  Log& log;
  StateDirFacts state_dir;
  Provider* probe = nullptr;                ///< null: nothing is embedded (`--no-probe`)
  JournalStore* journal = nullptr;          ///< null: there is none, or it could not be opened
  std::optional<Error> journal_error = {};  ///< why it could not
  /// A server's `Date`, asked for after the servers have been asked; may be empty, or give nothing.
  std::function<std::optional<WallTime>()> server_time = {};
  const RecoveryFiles* recovery = nullptr;  ///< of dropped fields; may be null
};

/// The verb `doctor`: every check of the plan, and connectivity, versions, rights of the key,
/// state directory and clock. Writes nothing anywhere; embeds one short text unless told otherwise.
/// Errors: none are returned; each is a line with a remedy, and all checks are made even when some
///         fail. What needs a cluster that does not answer is left out.
/// Stop:   the first signal ends it at once: exit 130 with the lines so far.   Threads: one.
class Doctor {
 public:
  explicit Doctor(const DoctorTools& tools) : tools_(tools) {}
  DoctorReport Run(const StopTokens& stop);

 private:
  void Add(DoctorLine line) { report_.lines.push_back(std::move(line)); }
  void AddAll(DoctorLines lines);
  void CheckProvider(const StopTokens& stop);
  void CheckStore(const StopTokens& stop);
  void CheckCollections(const std::vector<PlanEntry>& entries, const StopTokens& stop);
  bool CheckExport(const PlanEntry& entry, const StopTokens& stop);
  void CheckOptionalRights(const std::vector<PlanEntry>& entries, const StopTokens& stop);
  void CheckSpace();
  void CheckJournal(const StopTokens& stop);
  void CheckRuns(const std::vector<RunRecord>& runs, const std::vector<Cutover>& open);
  std::vector<Cutover> OpenHere(const std::vector<Cutover>& all) const;
  FieldOnServer LookAt(const Cutover& cutover, const StopTokens& stop) const;
  std::string RecoveryFile(const std::string& collection) const;
  bool GoesOn(const RunRecord& run) const;
  void CheckClock();

  const DoctorTools& tools_;
  DoctorReport report_;
  int dimensions_ = 0;
  bool answers_ = false;  // the cluster, so far
  std::vector<CollectionPlan> plans_;
};

}  // namespace reembed
