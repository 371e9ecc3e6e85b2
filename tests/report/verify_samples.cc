#include "verify_samples.h"

#include "reembed/core/exit_code.h"

namespace reembed::testing {
namespace {

constexpr const char* kModel = "google / gemini-embedding-001 / 768 dimensions";

// 2026-11-21T02:34:15Z
WallTime Started() {
  return WallTime(Seconds(1'795'228'455));
}

VerifiedRun Run() {
  return {"20261121T023415Z-1", Started(), kModel, true};
}

VerifyReport Report(std::vector<CollectionVerification> collections, int exit_code) {
  VerifyReport report;
  report.version = "0.1.0";
  report.started_at = Started();
  report.finished_at = Started() + Seconds(2);
  report.seconds = 2;
  report.collections = std::move(collections);
  report.exit_code = exit_code;
  return report;
}

CollectionVerification Instructions() {
  CollectionVerification result;
  result.name = "instructions";
  result.collection = "instructions";
  result.field = "instruction_embedding";
  return result;
}

std::vector<VerifyDifference> TwelveDifferences() {
  using F = VerifyFinding;
  std::vector<VerifyDifference> differences;
  for (const F finding :
       {F::kDiffer, F::kDiffer, F::kDiffer, F::kMissing, F::kWrongLength, F::kStaleText,
        F::kStaleText, F::kNewSince, F::kNewSince, F::kNewSince, F::kNewSince, F::kFailed}) {
    differences.push_back({std::to_string(differences.size()), finding});
  }
  return differences;
}

}  // namespace

VerifyReport VerifiedWell() {
  CollectionVerification stores;
  stores.name = "context_stores";
  stores.collection = "context_stores";
  stores.field = "prompt_embedding";
  stores.scanned = true;
  stores.recipe = kModel;
  stores.run = Run();
  stores.counts.match = 12;
  stores.index.emplace();
  stores.index->checked = 12;
  stores.index->found = 12;
  CollectionVerification tables;
  tables.name = "table_descriptions";
  tables.collection = "table_descriptions";
  tables.field = "table_embedding";
  tables.skip_reason = "computed dynamically by the application";
  return Report({stores, tables}, kExitDone);
}

VerifyReport VerifiedWithDifferences() {
  CollectionVerification result = Instructions();
  result.collection = "instructions_r20261121023415";
  result.scanned = true;
  result.recipe = kModel;
  result.run = Run();
  result.notes = {"the last run (20261121T023415Z-1) has not ended: run again to finish it"};
  result.counts = {.match = 1487,
                   .differ = 3,
                   .missing = 1,
                   .wrong_length = 1,
                   .stale_text = 2,
                   .new_since = 4,
                   .failed = 1,
                   .skipped = 1};
  result.differences = TwelveDifferences();
  result.index = IndexSample{20, 16, 2, 1, 1, {"far", "further"}, {"lost"}};
  result.recomputed = RecomputeSample{.population = 1480,
                                      .texts = 58,
                                      .compared = 59,
                                      .not_compared = 1,
                                      .differing = 1,
                                      .min_cosine = 0.4123456789,
                                      .mean_cosine = 0.9900123,
                                      .at_most = 0.07782,
                                      .differences = {{"odd", 0.4123456789}}};
  return Report({result}, kExitPartial);
}

VerifyReport NotVerified() {
  CollectionVerification result = Instructions();
  result.error = "there is no collection instructions";
  return Report({result}, kExitRefused);
}

VerifyReport VerifiedWithoutField() {
  CollectionVerification result = Instructions();
  result.scanned = true;
  result.recipe = kModel;
  result.run = Run();
  result.search_away =
      "vector search on instructions is away: a rebuild of instructions was cut off at the step "
      "`writing`, since 2026-11-21T02:34:15Z; run `reembed` again to go on with it, or `reembed "
      "rollback` to go back";
  result.counts.match = 12;
  return Report({result}, kExitPartial);
}

DoctorReport Healthy() {
  DoctorReport report;
  report.version = "0.1.0";
  report.checked_at = Started();
  report.lines = {{DoctorLevel::kOk, "configuration: built-in; collections: instructions", ""},
                  {DoctorLevel::kOk, "node localhost:8108 is healthy, version 29.0", ""}};
  return report;
}

DoctorReport Ill() {
  DoctorReport report = Healthy();
  report.lines.push_back({DoctorLevel::kWarning,
                          "state directory `.reembed` is open to other users (mode 0755)",
                          "chmod 700 .reembed"});
  report.lines.push_back(
      {DoctorLevel::kProblem,
       "'instructions': the schema has no field `vec`; its vector fields: instruction_embedding; "
       "correct `embedding_field`",
       "a run leaves this collection alone until that is changed"});
  report.exit_code = kExitRefused;
  return report;
}

}  // namespace reembed::testing
