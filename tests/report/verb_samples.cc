#include "verb_samples.h"

#include "reembed/core/exit_code.h"

namespace reembed::testing {
namespace {

// 2026-11-21T02:34:15Z
WallTime Start() {
  return WallTime{} + Seconds(1'795'228'455);
}

RollbackReport Rollback(std::vector<CollectionRollback> collections, int exit_code) {
  RollbackReport report;
  report.version = "0.1.0";
  report.started_at = Start();
  report.finished_at = Start() + Seconds(2);
  report.seconds = 2;
  report.collections = std::move(collections);
  report.exit_code = exit_code;
  return report;
}

CollectionRollback Instructions(RollbackStatus status) {
  CollectionRollback result;
  result.name = "instructions";
  result.collection = "instructions_v2";
  result.status = status;
  result.runs = {"20261120T010203Z-0001"};
  result.counts.to_restore = 1488;
  result.seconds = 1.25;
  return result;
}

CollectionRollback InstructionsPartly() {
  CollectionRollback result = Instructions(RollbackStatus::kPartial);
  result.counts.restored = 1486;
  result.counts.emptied = 4;
  result.counts.as_before = 3;
  result.counts.left = 2;
  result.counts.failed = 1;
  result.counts.gone = 5;
  result.counts.without_backup = 7;
  result.left = {{"x", LeftKind::kNotOurs, "holds a vector that is not ours"},
                 {"y", LeftKind::kRemoved, "its vector was removed since"},
                 {"z", LeftKind::kRejected, "its old field was refused: no"}};
  return result;
}

CollectionRollback WithoutWork(const std::string& name, RollbackStatus status,
                               const std::string& message) {
  CollectionRollback result;
  result.name = name;
  result.collection = name;
  result.status = status;
  result.message = message;
  return result;
}

}  // namespace

RollbackReport RollbackDone() {
  return Rollback({InstructionsPartly(),
                   WithoutWork("context_stores", RollbackStatus::kError,
                               "run 20261120T010203Z-0002 kept no backup (--no-backup)"),
                   WithoutWork("table_descriptions", RollbackStatus::kSkipped,
                               "computed dynamically by the application")},
                  kExitRefused);
}

RollbackReport RollbackPlanned() {
  CollectionRollback planned = Instructions(RollbackStatus::kPlanned);
  planned.counts.left = 2;
  planned.left = {{"w", LeftKind::kNoBackup, "may have been written without a backup"}};
  RollbackReport report = Rollback({planned}, kExitDone);
  report.dry_run = true;
  return report;
}

RollbackReport RollbackInterrupted() {
  const std::string message = "interrupted: run `reembed rollback` again to finish";
  CollectionRollback begun = Instructions(RollbackStatus::kInterrupted);
  begun.counts.restored = 11;
  begun.message = message;
  RollbackReport report = Rollback(
      {begun,
       WithoutWork("context_stores", RollbackStatus::kInterrupted, "not started: " + message)},
      kExitInterrupted);
  report.message = message;
  return report;
}

RollbackReport RollbackOfUnknownRun() {
  const std::string message =
      "there is no run 'r-7'; the latest are r-1 (`reembed status` lists "
      "all)";
  RollbackReport report = Rollback(
      {WithoutWork("instructions", RollbackStatus::kError, "not started: " + message)}, kExitUsage);
  report.run = "r-7";
  report.message = message;
  return report;
}

RollbackReport RollbackOfCutovers() {
  CollectionRollback rebuilt = Instructions(RollbackStatus::kPartial);
  rebuilt.strategy = StrategyChoice::kRebuild;
  rebuilt.definition = R"({"name":"vec","num_dim":1536,"type":"float[]"})";
  rebuilt.search_away_seconds = 12.5;
  rebuilt.counts.restored = 1488;
  rebuilt.counts.left = 1;
  rebuilt.left = {{"new", LeftKind::kUnfit, "does not fit the old field: removed"}};
  CollectionRollback switched = Instructions(RollbackStatus::kPartial);
  switched.name = "docs";
  switched.collection = "docs_r20261120010203";
  switched.strategy = StrategyChoice::kAlias;
  switched.counts = {};
  switched.aliases = {"docs"};
  switched.back_to = "docs_v1";
  switched.copy = "docs_r20261120010203";
  switched.carried = CarriedCounts{1, 2000, 3};
  switched.counts.left = 1;
  switched.left = {{"7", LeftKind::kNotCarried, "was changed in both"}};
  CollectionRollback half = switched;
  half.name = "notes";
  half.collection = "notes_v1";
  half.status = RollbackStatus::kRestored;
  half.runs.clear();
  half.counts = {};
  half.left.clear();
  half.carried.reset();
  half.aliases.clear();
  half.back_to.clear();
  half.copy = "notes_r20261120010203";
  return Rollback({rebuilt, switched, half}, kExitPartial);
}

RollbackReport RollbackOfCutoversPlanned() {
  RollbackReport report = RollbackOfCutovers();
  report.dry_run = true;
  report.exit_code = kExitDone;
  for (CollectionRollback& result : report.collections) {
    result.status = RollbackStatus::kPlanned;
    result.counts.restored = result.counts.left = 0;
    result.left.clear();
    result.carried.reset();
  }
  return report;
}

StatusReport StatusOfTwo() {
  StatusRun open;
  open.id = "20261121T023415Z-0003";
  open.started = Start();
  open.recipe = "openai / text-embedding-3-small / 256 dimensions";
  open.backups = 1;
  StatusRun ended = open;
  ended.id = "20261120T010203Z-0001";
  ended.started = Start() - Seconds(86'400);
  ended.ended = ended.started + Seconds(90);
  ended.state = StatusOfRun::kEnded;
  ended.backups = 1500;
  StatusRun undone = ended;
  undone.id = "20261120T010203Z-0002";
  undone.state = StatusOfRun::kRolledBack;
  undone.pruned = true;

  StatusTarget instructions;
  instructions.name = "instructions";
  instructions.collection = "instructions_v2";
  instructions.created_at = 1'700'000'000;
  instructions.field = "instruction_embedding";
  instructions.pending = 488;
  instructions.embedded = 12;
  instructions.written = 1000;
  instructions.failed = 3;
  instructions.runs = {open, ended};
  StatusTarget stores;
  stores.name = "context_stores";
  stores.collection = "context_stores";
  stores.field = "prompt_embedding";
  stores.embedded = 1;
  stores.runs = {undone};

  StatusReport report;
  report.version = "0.1.0";
  report.journal = ".reembed/journal.db";
  report.bytes_on_disk = 12'400'000;
  report.targets = {instructions, stores};
  return report;
}

StatusReport StatusOfCutovers() {
  Cutover rebuild;
  rebuild.step = CutoverStep::kWriting;
  rebuild.name = "instructions";
  rebuild.nodes = {"http://localhost:8108"};
  rebuild.field = "instruction_embedding";
  rebuild.from = rebuild.to = {"instructions_v2", 1'700'000'000};
  rebuild.started = rebuild.changed = Start();
  Cutover alias = rebuild;
  alias.kind = CutoverKind::kAlias;
  alias.step = CutoverStep::kCloning;
  alias.name = "docs";
  alias.from = {"docs_v1", 1};
  alias.to = {"docs_r20261121023415", 0};
  StatusReport report = StatusOfTwo();
  report.targets.resize(1);
  report.targets[0].runs.resize(1);
  report.targets[0].cutover = rebuild;
  report.cutovers = {{rebuild, ".reembed/recovery/instructions_v2.json"}, {alias}};
  report.old_collections = {{"notes", {"notes_v1", 7}, "vec", rebuild.nodes, Start()}};
  return report;
}

StatusReport StatusOfNothing() {
  StatusReport report;
  report.version = "0.1.0";
  report.journal = ".reembed/journal.db";
  report.exists = false;
  return report;
}

}  // namespace reembed::testing
