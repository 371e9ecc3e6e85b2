#include "samples.h"
#include "src/io/report/text_lines.h"
#include "tests/support/catch2.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("text blocks: an unknown length and no collection are said in words") {
  RunHeader header = Header(false);
  header.dimensions.reset();
  header.collections.clear();
  const Lines lines = BannerLines(header);
  CHECK(lines[3] ==
        "New embedding config: google / gemini-embedding-001 / dimensions to be learned from the "
        "provider");
  CHECK(lines[4] == "Collections to migrate: none");
}

TEST_CASE("text blocks: another name on the server is shown") {
  CollectionPlan plan = ContextStoresPlan();
  plan.config.collection = "stores_v2";
  plan.collection = "stores_v2";
  CHECK(StartLines(plan, "")[3] == "  - Collection: stores_v2");
}

TEST_CASE("text blocks: an alias is shown with what it leads to") {
  CollectionPlan plan = ContextStoresPlan();
  plan.collection = "context_stores_r1";
  CHECK(StartLines(plan, "")[3] == "  - Collection: context_stores (alias of context_stores_r1)");
}

TEST_CASE("text blocks: a task type without advice stands alone") {
  CHECK(TaskTypeText("QUERY", "") == "QUERY");
  CHECK(TaskTypeText("QUERY", "set X") == "QUERY (set X)");
}

TEST_CASE("text blocks: failures, rests and truncated ids are listed") {
  CHECK(FinishLines(InstructionsPartial()) ==
        Lines{"  Migration complete: 496 succeeded, 2 failed",
              "    - id 'poison': embed/bad_text: input 0 is not allowed",
              "    - id 'empty': text/no_text: `condition` and `rules` are empty",
              "  Deleted meanwhile: 1", "  Skipped (no text, or no longer in the filter): 1",
              "  Truncated: 1 (too long for the model): id 'long'"});
}

TEST_CASE("text blocks: after 20 failures the rest is a number") {
  CollectionReport report = InstructionsPartial();
  report.failures.assign(25, {"x", Stage::kEmbed, FailureKind::kTransient, "503"});
  report.failures_total = 1400;
  const Lines lines = FinishLines(report);
  CHECK(lines[20] == "    - id 'x': embed/transient: 503");
  CHECK(lines[21] == "    … and 1380 more; --report FILE lists them");
}

TEST_CASE("text blocks: after 20 truncated ids the rest is a number") {
  CollectionReport report = ContextStoresDone();
  report.truncated = 23;
  report.truncated_ids.assign(23, "y");
  const std::string line = FinishLines(report)[1];
  CHECK_THAT(line, ContainsSubstring("  Truncated: 23 (too long for the model): id 'y', 'y', "));
  CHECK_THAT(line, ContainsSubstring("'y' … and 3 more"));
}

TEST_CASE("text blocks: when no document has text, the names of the fields are doubted") {
  CollectionReport report = InstructionsPartial();
  report.counts = {.failed = 1};
  report.failures = {{"a", Stage::kText, FailureKind::kNoText, "there is no text to embed"}};
  report.failures_total = 1;
  CHECK(FinishLines(report)[2] ==
        "  No document had any text: check the names in its `text_fields` or `template`");
  report.counts.success = 1;
  CHECK(FinishLines(report)[2] == "  Truncated: 1 (too long for the model): id 'long'");
}

TEST_CASE("text blocks: what --limit left out is told") {
  CollectionReport report = InstructionsDone();
  report.matched = 8;
  report.limited = true;
  CHECK(FinishLines(report)[1] == "  Left out by --limit: 3");
}

TEST_CASE("text blocks: an interrupted collection says how far it came") {
  CHECK(FinishLines(InstructionsInterrupted()) ==
        Lines{"  Interrupted: 120 of 500 documents done; run again to do the rest",
              "  Reason: stopped by a signal"});
}

TEST_CASE("text blocks: a plain interruption needs no reason") {
  CollectionReport report = InstructionsInterrupted();
  report.message = "interrupted";
  CHECK(FinishLines(report) ==
        Lines{"  Interrupted: 120 of 500 documents done; run again to do the rest"});
}

TEST_CASE("text blocks: an error after some documents says how far it came") {
  CollectionReport report = InstructionsInterrupted();
  report.status = CollectionStatus::kError;
  CHECK(FinishLines(report) == Lines{"  Stopped: 120 of 500 documents done: stopped by a signal"});
}

TEST_CASE("text plan: without a plan only the reason is shown") {
  PlannedCollection planned;
  planned.plan.config.name = "instructions";
  planned.error = "there is no collection or alias `instructions`";
  CHECK(PlanLines(planned, "") ==
        Lines{"Plan for 'instructions':", "  ! there is no collection or alias `instructions`"});
}

TEST_CASE("text plan: what is not known is said, and blockers come last") {
  PlannedCollection planned;
  planned.plan = ContextStoresPlan();
  planned.plan.collection = "stores";
  planned.plan.aliases_known = false;
  planned.plan.old_dimensions.reset();
  planned.plan.new_dimensions = 0;
  planned.plan.strategy_reason.clear();
  planned.plan.blockers = {"field `x` is of type string, not float[]"};
  CHECK(PlanLines(planned, "") ==
        Lines{"Plan for 'context_stores':", "  - Collection: stores",
              "  - Aliases: not known: the key may not list aliases",
              "  - Embedding field: prompt_embedding, no fixed length → to be learned from the "
              "provider",
              "  - Filter: none", "  - Documents: 12 match, 0 outside the filter",
              "  - Strategy: in-place", "  - Impact on search: none, the collection is not touched",
              "  ! field `x` is of type string, not float[]"});
}

TEST_CASE("text plan: the rules for empty and long texts are told") {
  PlannedCollection planned = InstructionsPlanned();
  planned.plan.config.on_empty_text = EmptyTextRule::kSkip;
  planned.plan.config.on_long_text = LongTextRule::kFail;
  planned.plan.aliases = {"live", "next"};
  planned.plan.indexed = false;
  const Lines lines = PlanLines(planned, "");
  CHECK(lines[2] == "  - Aliases: live, next");
  CHECK(lines[8] == "  - Impact on search: none, the field has no vector index");
  CHECK(lines[13] == "  - Empty texts: 1 (will be skipped)");
  CHECK(lines[15] == "  - Over-long texts: 1 (will fail)");
}

TEST_CASE("text plan: when all is up to date nothing else is counted") {
  PlannedCollection planned = InstructionsPlanned();
  planned.survey = Survey{.documents = 5};
  planned.plan.up_to_date = 5;
  planned.plan.paid = planned.plan.to_embed = 0;
  planned.forecast = Forecast{};
  planned.forecast->time.seconds = 0;
  const Lines lines = PlanLines(planned, "");
  CHECK(lines[10] == "  - Nothing is left to do: all 5 documents are up to date");
  CHECK(lines[11] == "  - Cost: nothing");
  CHECK(lines[12] == "  - Time: under 1 s");
}

TEST_CASE("text plan: an empty collection is not called up to date") {
  PlannedCollection planned = InstructionsPlanned();
  planned.survey = Survey{};
  planned.plan.up_to_date = 0;
  CHECK(PlanLines(planned, "")[10] == "  - Up to date: 0 (left alone)");
}

TEST_CASE("text plan: a journal without backups warns, one that does not grow is not told") {
  PlannedCollection planned = InstructionsPlanned();
  planned.plan.backup_bytes.reset();
  CHECK(PlanLines(planned, "")[19] ==
        "  - Journal: about 1.2 GB in .reembed, without backups: there will be no rollback");
  planned.plan.journal_bytes = 0;
  CHECK_THAT(PlanLines(planned, "")[19], ContainsSubstring("  - Cost: "));
}

TEST_CASE("text plan: a price that is not known is said, with where to add it, and never guessed") {
  PlannedCollection planned = InstructionsPlanned();
  planned.pricing.price.reset();
  CHECK_THAT(PlanLines(planned, "")[20],
             ContainsSubstring("  - Cost: not known: there is no price"));
  CHECK_THAT(PlanLines(planned, "")[20], ContainsSubstring("`usd_per_million_tokens`"));
}

TEST_CASE("text plan: a time that is not known, or only from below") {
  PlannedCollection planned = InstructionsPlanned();
  planned.forecast->time = {.embed_seconds = 180,
                            .seconds = 180,
                            .at_least = true,
                            .limiting = "the provider's tokens per minute"};
  CHECK(PlanLines(planned, "")[21] ==
        "  - Time: at least 3 min (how fast the provider answers is not known)");
  planned.forecast->time = {};
  planned.forecast->time.store_seconds = 200;
  CHECK(PlanLines(planned, "")[21] ==
        "  - Time: not known: neither a quota nor how fast the provider answers is known; the "
        "server alone: about 3 min");
  CHECK(PlanLines(planned, "")[22] == "  - Limiting stage: not known");
}

TEST_CASE("text: what a collection is estimated at, as far as it is known") {
  Forecast forecast;
  forecast.work.tokens = 1'234'567;
  CHECK(ForetoldLine(forecast) == "  Estimated: 1,234,567 tokens");
  forecast.usd = 0.0247;
  forecast.time = {.embed_seconds = 170, .seconds = 170, .limiting = "the provider's latency"};
  CHECK(ForetoldLine(forecast) ==
        "  Estimated: 1,234,567 tokens, about $0.025, about 3 min (limited by the provider's "
        "latency)");
}

TEST_CASE("text summary: billed, foretold and paid") {
  CollectionReport done = ContextStoresDone();
  done.tokens = 1'230'000;
  done.tokens_foretold = 1'250'000;
  RunReport report = Run({done}, 0);
  report.pricing.price = Price{0.02, "2026-09-24"};
  CHECK(SummaryLines(report)[4] == "Tokens: 1,230,000 billed, 1,250,000 foretold (+1.6 %), $0.025");
  report.collections[0].tokens_foretold.reset();
  report.pricing.price.reset();
  CHECK(SummaryLines(report)[4] == "Tokens: 1,230,000 billed");
}

TEST_CASE("text plan: every strategy has its line, with times, window and memory, or why not") {
  const Lines lines = PlanLines(RebuildPlanned(), "");
  CHECK(lines[7] ==
        "  - Strategy: rebuild (another vector length, and 'instructions' is the collection's own "
        "name)");
  CHECK(lines[8] == "  - Impact on search: there is no search by vector until the field is back");
  CHECK_THAT(lines[9], ContainsSubstring("Time of the server alone, embedding apart, reckoned from "
                                         "a small machine"));
  CHECK(lines[10] == "    in-place: not possible: `in-place` keeps the length");
  CHECK(
      lines[11] ==
      "    rebuild: about 4 min (drop under 1 s, write 90 s, add 3 min); search by vector is away "
      "for about 4 min of it");
  CHECK(lines[12] ==
        "    alias: about 2.2 h; search by vector is never away; a second index needs about 5.4 MB "
        "of memory");
  CHECK(lines[16] ==
        "  - Of them outside the filter: 3, of which 2 hold a vector and are embedded too");
}

TEST_CASE("text plan: it is said when another strategy would be faster") {
  PlannedCollection planned = RebuildPlanned();
  planned.plan.fastest = StrategyChoice::kAlias;
  CHECK(PlanLines(planned, "")[13] == "    For speed alone it would be alias: `strategy: alias`");
}

TEST_CASE("text start: a strategy that concerns all documents says so") {
  const CollectionPlan plan = RebuildPlanned().plan;
  const Lines lines = StartLines(plan, "");
  CHECK(lines[4] ==
        "  - Strategy: rebuild (another vector length, and 'instructions' is the collection's own "
        "name)");
  CHECK(lines[5] == "  - Outside the filter: 3 (part of the work)");
  CHECK(lines[6] == "  Found 8 documents to migrate");
}

TEST_CASE("text finish: what a strategy left undone is said, and nothing is called complete") {
  CollectionReport report = InstructionsPartial();
  report.message = "2 documents could not be embedded, so the field was not dropped";
  const Lines lines = FinishLines(report);
  CHECK(lines[0] ==
        "  Not finished: 2 documents could not be embedded, so the field was not "
        "dropped");
  CHECK(lines[1] == "  So far: 496 succeeded, 2 failed");
}
