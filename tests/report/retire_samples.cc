#include "retire_samples.h"

#include "reembed/core/exit_code.h"

namespace reembed::testing {
namespace {

// 2026-11-21T02:34:15Z
WallTime Start() {
  return WallTime{} + Seconds(1'795'228'455);
}

RetireReport Retire(std::vector<CollectionRetirement> collections, int exit_code) {
  RetireReport report;
  report.version = "0.1.0";
  report.started_at = Start();
  report.finished_at = Start() + Seconds(2);
  report.seconds = 2;
  report.collections = std::move(collections);
  report.exit_code = exit_code;
  return report;
}

OldCollection Old(const std::string& name, OldKind kind, Seconds age, OldState state) {
  OldCollection old;
  old.id = {name, 1'700'000'000};
  old.kind = kind;
  old.since = Start() - age;
  old.documents = 1488;
  old.state = state;
  return old;
}

CollectionRetirement Instructions(RetireStatus status, OldState state) {
  CollectionRetirement result;
  result.name = "instructions";
  result.configured = "instr";
  result.collection = "instr_r20261121010101";
  result.documents = 1500;
  result.status = status;
  result.seconds = 1.25;
  result.old = {Old("instr_v1", OldKind::kServed, Seconds(3 * 86'400), state),
                Old("instr_r20261120000000", OldKind::kAbandoned, Seconds(3700), state)};
  return result;
}

CollectionRetirement WithoutWork(const std::string& name, RetireStatus status,
                                 const std::string& message) {
  CollectionRetirement result;
  result.name = name;
  result.configured = name;
  result.status = status;
  result.message = message;
  return result;
}

CollectionRetirement Skipped() {
  return WithoutWork("table_descriptions", RetireStatus::kSkipped,
                     "computed dynamically by the application");
}

CollectionRetirement Nothing() {
  CollectionRetirement result = WithoutWork("context_stores", RetireStatus::kNothing,
                                            "no collection is left of an earlier alias switch");
  result.collection = "context_stores";
  result.documents = 12;
  return result;
}

}  // namespace

RetireReport RetirePlanned() {
  RetireReport report = Retire(
      {Instructions(RetireStatus::kPlanned, OldState::kToDelete), Nothing(), Skipped()}, kExitDone);
  report.dry_run = true;
  return report;
}

RetireReport RetireDone() {
  return Retire({Instructions(RetireStatus::kRetired, OldState::kDeleted), Nothing(), Skipped()},
                kExitDone);
}

RetireReport RetirePartly() {
  CollectionRetirement partly = Instructions(RetireStatus::kError, OldState::kDeleted);
  partly.message = "the alias 'search' leads to instr_v1: point it elsewhere or delete it first";
  partly.old.front().state = OldState::kKept;
  partly.old.front().message = partly.message;
  return Retire({partly, WithoutWork("context_stores", RetireStatus::kError,
                                     "Typesense at ts:8108 has no collection or alias "
                                     "'context_stores'.")},
                kExitRefused);
}

RetireReport RetireInterrupted() {
  const std::string message = "interrupted: run `reembed retire` again to finish";
  CollectionRetirement begun = Instructions(RetireStatus::kInterrupted, OldState::kDeleted);
  begun.message = message;
  begun.old.resize(1);
  RetireReport report = Retire(
      {begun, WithoutWork("context_stores", RetireStatus::kInterrupted, "not started: " + message)},
      kExitInterrupted);
  report.message = message;
  return report;
}

RetireReport RetireOfNothing() {
  return Retire({Nothing(), Skipped()}, kExitDone);
}

}  // namespace reembed::testing
