#include <sstream>

#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"
#include "samples.h"
#include "src/io/report/json_reporter.h"
#include "src/io/report/plan_recorder.h"
#include "src/io/report/report_json.h"
#include "tests/support/catch2.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

std::string JsonOf(const CollectionReport& report, int exit_code = 0) {
  return ToJson(Run({report}, exit_code), {}, Redactor());
}

}  // namespace

TEST_CASE("json report: has its keys in order") {
  CHECK(JsonOf(InstructionsDone()) == R"({
  "report_version": 1,
  "reembed": "0.1.0",
  "run_id": "20261121T023415Z-1",
  "dry_run": false,
  "started_at": "2026-11-21T02:34:15Z",
  "finished_at": "2026-11-21T02:34:17Z",
  "seconds": 2.0,
  "embedding": {
    "family": "google",
    "model": "gemini-embedding-001",
    "dimensions": 768,
    "task_type": "RETRIEVAL_QUERY"
  },
  "collections": {
    "instructions": {
      "collection": "instructions",
      "status": "completed",
      "strategy": "in-place",
      "count": 5,
      "success": 5,
      "failed": 0,
      "up_to_date": 0,
      "deleted": 0,
      "skipped": 0,
      "outside_filter": 3,
      "truncated": 0,
      "truncated_ids": [],
      "embedded": 5,
      "provider_requests": 1,
      "provider_retries": 0,
      "tokens": 61,
      "cost_usd": null,
      "tokens_foretold": null,
      "cost_foretold_usd": null,
      "seconds_foretold": null,
      "seconds": 0.4,
      "failures_total": 0,
      "failures": []
    }
  },
  "price": null,
  "totals": {
    "count": 5,
    "success": 5,
    "failed": 0,
    "up_to_date": 0,
    "deleted": 0,
    "skipped": 0,
    "tokens": 61,
    "cost_usd": null,
    "tokens_foretold": null,
    "cost_foretold_usd": null,
    "seconds_foretold": null
  },
  "exit_code": 0
}
)");
}

TEST_CASE("json report: failures and truncated ids are listed") {
  const std::string json = JsonOf(InstructionsPartial(), kExitPartial);
  CHECK_THAT(json, ContainsSubstring(R"("truncated_ids": [
        "long"
      ])"));
  CHECK_THAT(json, ContainsSubstring(R"({
          "id": "empty",
          "stage": "text",
          "kind": "no_text",
          "message": "`condition` and `rules` are empty"
        })"));
}

TEST_CASE("json report: a skipped collection has a reason and zeros") {
  CHECK_THAT(JsonOf(TableDescriptionsSkipped()), ContainsSubstring(R"("status": "skipped",
      "reason": "computed dynamically by the application",
      "strategy": null,
      "count": 0,
      "success": 0,
      "failed": 0,
      "up_to_date": 0,
      "deleted": 0,
      "skipped": 0,
      "outside_filter": 0,)"));
}

TEST_CASE("json report: an early end has a message and what remains") {
  RunReport report = Run({InstructionsInterrupted()}, kExitInterrupted);
  report.message = "stopped by a signal";
  const std::string json = ToJson(report, {}, Redactor());
  CHECK_THAT(json, ContainsSubstring(R"("status": "interrupted",
      "message": "stopped by a signal",)"));
  CHECK_THAT(json, ContainsSubstring(R"("skipped": 0,
      "remaining": 380,)"));
  CHECK_THAT(json, ContainsSubstring(R"(  },
  "message": "stopped by a signal",
  "exit_code": 130
})"));
}

TEST_CASE("json report: what is not known is null") {
  RunReport report = Run({}, kExitRefused);
  report.dimensions.reset();
  report.task_type.clear();
  CHECK_THAT(ToJson(report, {}, Redactor()), ContainsSubstring(R"("dimensions": null,
    "task_type": null
  },
  "collections": {},)"));
}

TEST_CASE("json report: seconds have three decimals at most") {
  CollectionReport report = InstructionsDone();
  report.seconds = 1234.56789;
  CHECK_THAT(JsonOf(report), ContainsSubstring("\"seconds\": 1234.568,"));
}

TEST_CASE("json report: keys are removed, ids stay exact, invalid bytes are replaced") {
  CollectionReport report = InstructionsPartial();
  report.failures = {
      {"a\x1b/ü\"", Stage::kEmbed, FailureKind::kBadText, "key sk-secret-1 is wrong \xff"}};
  const std::string json =
      ToJson(Run({report}, kExitPartial), {}, Redactor({Secret("sk-secret-1")}));
  CHECK_THAT(json, ContainsSubstring(R"("id": "a\u001b/\u00fc\"",)"));
  CHECK_THAT(json, ContainsSubstring(R"("message": "key *** is wrong \ufffd")"));
  CHECK(IsUtf8(json));
}

TEST_CASE("json report: a dry run counts what matches and holds the plan") {
  const std::string json = ToJson(DryRun(), {InstructionsPlanned()}, Redactor());
  CHECK_THAT(json, ContainsSubstring("\"status\": \"dry_run\",\n      \"strategy\": \"in-place\",\n"
                                     "      \"count\": 5,\n      \"success\": 0,"));
  CHECK_THAT(json, ContainsSubstring("\"totals\": {\n    \"count\": 5,\n"));
  CHECK_THAT(json, ContainsSubstring(R"("plan": {
        "aliases": [],
        "documents": 5,
        "outside_filter": 3,
        "embedding_field": "instruction_embedding",
        "filter_by": "is_default:=false",
        "old_dimensions": 768,
        "new_dimensions": 768,
        "task_type": "RETRIEVAL_QUERY",
        "strategy": "in-place",
        "strategy_reason": "the vectors keep their length",)"));
  CHECK_THAT(json, ContainsSubstring(R"("up_to_date": 1,
        "paid": 1,
        "to_embed": 2,
        "survey": {
          "documents": 5,
          "outside_filter": 0,
          "outside_filter_with_vector": 0,
          "empty": 1,
          "unusable": 0,
          "over_long": 1,
          "identical": 1,
          "texts": 1,
          "tokens": 61,
          "requests": 1
        },
        "journal": {
          "dir": ".reembed",
          "bytes": 1200000000,
          "backup_bytes": 600000000
        },
        "cost_usd": 9.15e-06,
        "seconds": 3.0,
        "limiting_stage": "writing into the live index",
        "blockers": [])"));
}

TEST_CASE("json report: a plan holds every strategy, possible or not") {
  const std::string json = ToJson(DryRun(), {RebuildPlanned()}, Redactor());
  CHECK_THAT(json, ContainsSubstring(
                       R"("search_impact": "there is no search by vector until the field is back",
        "strategies": [
          {
            "strategy": "in-place",
            "possible": false,)"));
  CHECK_THAT(json, ContainsSubstring(R"("strategy": "rebuild",
            "possible": true,
            "stages": [
              {
                "name": "drop",
                "seconds": 0.4
              },)"));
  CHECK_THAT(json, ContainsSubstring(R"("seconds": 240.84,
            "search_away_seconds": 240.44,
            "memory_bytes": 0,)"));
  CHECK_THAT(json, ContainsSubstring(R"("fastest": "rebuild",
        "goes_on_with": null,)"));
}

TEST_CASE("json report: a plan says what it goes on with") {
  PlannedCollection planned = RebuildPlanned();
  planned.plan.cutover.emplace();
  planned.plan.cutover->step = CutoverStep::kWriting;
  planned.plan.cutover->started = WallTime(std::chrono::seconds(1'795'228'455));
  CHECK_THAT(ToJson(DryRun(), {planned}, Redactor()), ContainsSubstring(R"("goes_on_with": {
          "kind": "rebuild",
          "step": "writing",
          "begun": "2026-11-21T02:34:15Z"
        })"));
}

TEST_CASE("json report: what a strategy left undone is the message of a partial collection") {
  CollectionReport report = InstructionsPartial();
  CHECK_THAT(ToJson(Run({report}, kExitPartial), {}, Redactor()), !ContainsSubstring(R"("partial",
      "message")"));
  report.message = "the field was not dropped";
  CHECK_THAT(ToJson(Run({report}, kExitPartial), {}, Redactor()),
             ContainsSubstring(R"("message": "the field was not dropped")"));
}

TEST_CASE("json report: what the documents did not show is null") {
  PlannedCollection planned = InstructionsPlanned();
  planned.survey.reset();
  planned.plan.journal_bytes = 0;
  const std::string json = ToJson(DryRun(), {planned}, Redactor());
  CHECK_THAT(json, ContainsSubstring(R"("up_to_date": null,
        "paid": null,
        "to_embed": null,
        "survey": null,
        "journal": null,)"));
}

TEST_CASE("json report: a journal without backups says so") {
  PlannedCollection planned = InstructionsPlanned();
  planned.plan.backup_bytes.reset();
  CHECK_THAT(ToJson(DryRun(), {planned}, Redactor()), ContainsSubstring(R"("backup_bytes": null)"));
}

TEST_CASE("json report: a collection that cannot be planned has no plan") {
  PlannedCollection planned = InstructionsPlanned();
  planned.error = "there is no such collection";
  CHECK_THAT(ToJson(DryRun(), {planned}, Redactor()), !ContainsSubstring("\"plan\""));
}

TEST_CASE("json reporter: prints one document, at the end") {
  std::ostringstream out;
  const auto reporter = MakeJsonReporter(out, Redactor());
  reporter->Begin(Header(true));
  reporter->ShowPlan(InstructionsPlanned());
  reporter->Started(InstructionsPlan());
  reporter->Finished(InstructionsDone());
  CHECK(out.str().empty());
  reporter->End(DryRun());
  CHECK(out.str() == ToJson(DryRun(), {InstructionsPlanned()}, Redactor()));
}

TEST_CASE("plan recorder: hands everything on and keeps the plans") {
  std::ostringstream out;
  const auto reporter = MakeJsonReporter(out, Redactor());
  PlanRecorder recorder(*reporter);
  recorder.Begin(Header(true));
  recorder.ShowPlan(InstructionsPlanned());
  recorder.End(DryRun());
  REQUIRE(recorder.plans().size() == 1);
  CHECK(out.str() == ToJson(DryRun(), recorder.plans(), Redactor()));
}

TEST_CASE("json report: what was paid, at which price, and what had been foretold") {
  CollectionReport done = ContextStoresDone();
  RunReport report = Run({done}, 0);
  report.pricing = {.price = Price{0.15, "2026-08-17"}, .assumed = true, .server = {}};
  const std::string json = ToJson(report, {}, Redactor());
  CHECK_THAT(json, ContainsSubstring(R"("tokens": 140,
      "cost_usd": 2.1e-05,
      "tokens_foretold": 150,
      "cost_foretold_usd": 2.4e-05,
      "seconds_foretold": 3.0,)"));
  CHECK_THAT(json, ContainsSubstring(R"("price": {
    "usd_per_million_tokens": 0.15,
    "as_of": "2026-08-17",
    "assumed": true
  },)"));
  CHECK_THAT(json, ContainsSubstring(R"("tokens": 140,
    "cost_usd": 2.1e-05,
    "tokens_foretold": 150,
    "cost_foretold_usd": 2.4e-05,
    "seconds_foretold": 3.0
  },)"));
}
