#pragma once

#include <span>
#include <string>
#include <vector>

#include "reembed/core/cutover.h"
#include "reembed/core/rollback_report.h"
#include "restore_scan.h"
#include "rollback.h"
#include "rollback_runs.h"

namespace reembed {

/// One collection's rollback, as the ways back share it. All references outlive it.
struct RollbackCase {
  const RollbackTools& tools;
  const RollbackWriting* writing;  ///< null: a dry run
  const RollbackOptions& options;
  const StopTokens& stop;
  const CollectionConfig& config;
  const CollectionSchema& schema;  ///< as the server has it now
  std::span<const RunRecord> runs;
  std::span<const Cutover> cutovers;
  std::vector<std::string> nodes;  ///< of the cluster
  CollectionRollback& result;
  bool ends_all = false;  ///< after an error: no other collection may be begun

  bool dry() const { return writing == nullptr; }
  CollectionId id() const { return {schema.name, schema.created_at}; }
  Target target() const { return {schema.name, schema.created_at, config.embedding_field}; }
};

/// What keeps a rollback that nobody was asked about from changing anything (`end_only`).
Status CheckAgreed(RollbackCase& work);

/// The first half of a way back by backups: reads the collection and counts; notes in the journal
/// what is to be given back, unless it is a dry run. A drain ends it at once.
Status JudgeFields(RollbackCase& work, const RestoreSpec& spec, const std::vector<RunRecord>& runs,
                   const StopTokens& stop);

/// The second half: gives back what was noted. `indexed`: searches wait for the requests.
Status RestoreFields(RollbackCase& work, const RestoreSpec& spec, bool indexed,
                     const StopTokens& stop);

/// Saves that a cutover has come to `step`.
Status SaveStep(const RollbackTools& tools, Cutover& cutover, CutoverStep step);

}  // namespace reembed
