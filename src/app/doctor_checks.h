#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/core/config.h"
#include "reembed/core/cutover.h"
#include "reembed/core/doctor_report.h"
#include "reembed/core/plan.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/store.h"

namespace reembed {

/// What the file system says of the state directory, gathered by the caller.
struct StateDirFacts {
  bool exists = false;
  bool writable = false;  ///< or, when it does not exist, it could be made
  unsigned mode = 0;      ///< permission bits
  std::optional<std::uint64_t> free_bytes = {};
  std::string lock_holder = {};  ///< who holds the lock; empty: nobody
};

using DoctorLines = std::vector<DoctorLine>;

// The checks of `doctor`, as far as they only judge: values in, lines out. Pure.

DoctorLine ConfigurationLine(const Config& config);

/// Directory, permissions, lock.
DoctorLines StateDirLines(const std::string& dir, const StateDirFacts& facts);
/// Free space against what the plans would add. `begun`: a journal is there already and may hold
/// most of it, so too little is only a warning.
DoctorLine SpaceLine(const StateDirFacts& facts, std::uint64_t journal_bytes, bool begun);

/// Health, versions and what the key may not ask. One problem when no node is healthy.
DoctorLines NodeLines(const std::vector<NodeStatus>& nodes);
bool AnyHealthy(const std::vector<NodeStatus>& nodes);
/// Free memory and disk of the nodes; `index_bytes` are the new vectors as float32.
DoctorLines HeadroomLines(const std::vector<NodeStatus>& nodes, std::uint64_t index_bytes);

/// Why a collection could not be looked at.
DoctorLine CollectionTroubleLine(const CollectionConfig& config, const Error& error);
/// Blockers, warnings, and what a run would do.
DoctorLines CollectionLines(const CollectionPlan& plan);

/// `probed`: the true vector length, or why there is none; absent when nobody was asked.
DoctorLine ProviderLine(const EmbeddingConfig& config, const ProviderProperties& provider,
                        const std::optional<Result<int>>& probed);

DoctorLine ClockLine(WallTime server, WallTime local);
/// Runs that began later than now.
DoctorLines FutureRunLines(const std::vector<RunRecord>& runs, WallTime now);
/// What is known of the field of an open cutover.
enum class FieldOnServer : std::uint8_t {
  kUnknown,  ///< no answer
  kThere,
  kAway,
  kGone,  ///< with its collection
};
/// A rebuild, an alias switch or a rollback that was cut off: a problem when the field is away.
DoctorLine CutoverLine(const Cutover& cutover, FieldOnServer field,
                       const std::string& recovery_file);
/// A run that has not ended. `goes_on`: a rerun would continue it.
DoctorLine OpenRunLine(const RunRecord& run, const TargetCounts& counts, bool goes_on);

}  // namespace reembed
