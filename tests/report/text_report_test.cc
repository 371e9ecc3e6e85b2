#include <sstream>

#include "reembed/core/exit_code.h"
#include "samples.h"
#include "src/io/report/text_lines.h"
#include "src/io/report/text_reporter.h"
#include "tests/support/catch2.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

std::string TextOf(const RunReport& report) {
  std::ostringstream out;
  MakeTextReporter(out, Redactor())->End(report);
  return out.str();
}

}  // namespace

TEST_CASE("text report: a whole run reads as promised") {
  std::ostringstream out;
  const auto reporter = MakeTextReporter(out, Redactor());
  reporter->Begin(Header(false));
  reporter->Started(ContextStoresPlan());
  reporter->Finished(ContextStoresDone());
  reporter->Started(InstructionsPlan());
  reporter->Finished(InstructionsDone());
  reporter->Finished(TableDescriptionsSkipped());
  reporter->End(Run({ContextStoresDone(), InstructionsDone(), TableDescriptionsSkipped()}, 0));
  CHECK(out.str() == R"(============================================================
EMBEDDING MIGRATION
============================================================
New embedding config: google / gemini-embedding-001 / 768 dimensions
Collections to migrate: context_stores, instructions
============================================================
Starting migration for 'context_stores'...
  - Embedding field: prompt_embedding
  - Filter: none
  Found 12 documents to migrate
  Migration complete: 12 succeeded, 0 failed
Starting migration for 'instructions'...
  - Embedding field: instruction_embedding
  - Filter: is_default:=false
  - Task type: RETRIEVAL_QUERY (set RETRIEVAL_DOCUMENT if documents are embedded apart)
  - Outside the filter: 3 (left as they are)
  - Note: while new vectors are written, searches compare vectors of two models
  Found 5 documents to migrate
  Migration complete: 5 succeeded, 0 failed
============================================================
MIGRATION SUMMARY
============================================================
context_stores: completed, count 12, success 12, failed 0
instructions: completed, count 5, success 5, failed 0
table_descriptions: skipped (computed dynamically by the application)
Tokens: 201 billed
============================================================
Switch the application to google / gemini-embedding-001 / 768 dimensions now: the vectors in
context_stores, instructions are from it.
)");
}

TEST_CASE("text report: a dry run shows the plan and says that nothing was changed") {
  std::ostringstream out;
  const auto reporter = MakeTextReporter(out, Redactor());
  reporter->Begin(Header(true));
  reporter->ShowPlan(InstructionsPlanned());
  reporter->End(DryRun());
  CHECK(out.str() == R"(============================================================
EMBEDDING MIGRATION (DRY RUN)
============================================================
New embedding config: google / gemini-embedding-001 / 768 dimensions
Collections to migrate: context_stores, instructions
============================================================
Plan for 'instructions':
  - Collection: instructions
  - Aliases: none
  - Embedding field: instruction_embedding, 768 → 768 dimensions
  - Filter: is_default:=false
  - Documents: 5 match, 3 outside the filter
  - Task type: RETRIEVAL_QUERY (set RETRIEVAL_DOCUMENT if documents are embedded apart)
  - Strategy: in-place (the vectors keep their length)
  - Impact on search: a search may wait for the one write request in work, about `update.target_ms`
  - Note: while new vectors are written, searches compare vectors of two models
  - Up to date: 1 (left alone)
  - Paid for and only to be written: 1
  - To embed: 2 (different texts: 1)
  - Empty texts: 1 (will fail)
  - Unusable texts: 0 (a field cannot be embedded: will fail)
  - Over-long texts: 1 (will be cut if the model refuses them)
  - Identical texts: 1
  - Estimated tokens: 61
  - Estimated requests: 1
  - Journal: about 1.2 GB in .reembed, of which 600 MB backups
  - Cost: under $0.0001 (0.15 USD per million tokens, price of 2026-08-17)
  - Time: about 3 s
  - Limiting stage: writing into the live index
============================================================
MIGRATION SUMMARY
============================================================
instructions: dry run, count 5
In all: 61 tokens, under $0.0001, about 3 s (limited by writing into the live index)
============================================================
Nothing was changed. To migrate: the same command without --dry-run.
)");
}

TEST_CASE("text report: a dry run says when --max-cost would end the run") {
  RunReport report = DryRun();
  report.pricing.max_usd = *report.TotalForecast()->usd;
  CHECK_THAT(TextOf(report), !ContainsSubstring("--max-cost"));
  report.pricing.max_usd = 0;
  CHECK_THAT(
      TextOf(report),
      ContainsSubstring(
          "That is above --max-cost $0: a run would stop short of it (exit 6); with a higher"));
}

TEST_CASE("text report: a dry run with a blocker does not invite to run") {
  RunReport report = DryRun();
  report.exit_code = kExitRefused;
  CHECK_THAT(TextOf(report), ContainsSubstring("\nNothing was changed.\n"));
}

TEST_CASE("text report: the summary names every outcome") {
  RunReport report = Run({InstructionsPartial(), InstructionsInterrupted(), InstructionsMissing()},
                         kExitInterrupted);
  report.message = "stopped by a signal";
  CHECK(TextOf(report) == R"(============================================================
MIGRATION SUMMARY
============================================================
instructions: partial, count 500, success 496, failed 2, deleted 1, skipped 1, truncated 1
instructions: interrupted, count 120, success 120, failed 0, remaining 380
instructions: error (there is no collection or alias `instructions` on the server)
============================================================
Ended early: stopped by a signal
Vectors from google / gemini-embedding-001 / 768 dimensions are now in: instructions, instructions
(in part). Migrate the rest before you switch the application.
Interrupted: run again to finish. A rerun goes on from here; nothing that was answered is paid for
again.
)");
}

TEST_CASE("text report: an error after some documents keeps their counts") {
  CollectionReport report = InstructionsInterrupted();
  report.status = CollectionStatus::kError;
  report.message = "the provider is away";
  CHECK_THAT(TextOf(Run({report}, kExitTemporary)),
             ContainsSubstring("instructions: error (the provider is away), count 120, success "
                               "120, failed 0, remaining 380\n"));
}

TEST_CASE("text report: the advice to switch comes only when the work is finished") {
  const std::string advice = "Switch the application to";
  CHECK_THAT(TextOf(Run({InstructionsPartial()}, kExitPartial)), ContainsSubstring(advice));
  CHECK_THAT(TextOf(Run({ContextStoresDone(), InstructionsMissing()}, kExitRefused)),
             !ContainsSubstring(advice));
  CHECK_THAT(TextOf(Run({TableDescriptionsSkipped()}, kExitDone)), !ContainsSubstring(advice));
}

TEST_CASE("text report: what --limit left out is counted, and the application is not switched") {
  CollectionReport instructions = InstructionsDone();
  instructions.matched = 480;
  instructions.limited = true;
  const std::string text = TextOf(Run({ContextStoresDone(), instructions}, kExitDone));
  CHECK_THAT(text, ContainsSubstring("\ninstructions: completed, count 5, success 5, failed 0, "
                                     "remaining 475\n"));
  CHECK_THAT(text, ContainsSubstring("now in: context_stores, instructions\n(in part). Migrate"));
  CHECK_THAT(text,
             ContainsSubstring("\n--limit left documents out: run without it to migrate all"));
  CHECK_THAT(text, !ContainsSubstring("Switch the application"));
}

TEST_CASE("text report: each early end says what to do, and what a rerun does to work done") {
  CHECK_THAT(TextOf(Run({}, kExitPartial)), ContainsSubstring("kept their old vectors: see to"));
  CHECK_THAT(TextOf(Run({}, kExitRefused)),
             ContainsSubstring("\nCorrect what was refused, then run again.\n"));
  CHECK_THAT(TextOf(Run({}, kExitTemporary)),
             ContainsSubstring("\nThe cause is temporary: run again later.\n"));
  CHECK_THAT(TextOf(Run({}, kExitLimit)), ContainsSubstring("A limit that you set was reached"));
  CHECK_THAT(TextOf(Run({}, kExitDone)), !ContainsSubstring("run again"));
  CHECK_THAT(TextOf(Run({InstructionsPartial()}, kExitPartial)),
             ContainsSubstring("A rerun goes\non from here"));
}

TEST_CASE("text report: what ended the run is said once, after the summary") {
  CollectionReport stopped = InstructionsMissing();
  stopped.message = "the key is refused";
  CollectionReport waiting = ContextStoresDone();
  waiting.status = CollectionStatus::kError;
  waiting.counts = {};
  waiting.message = "not started: the key is refused";
  RunReport report = Run({stopped, waiting}, kExitRefused);
  report.message = "the key is refused";
  CHECK(TextOf(report) == R"(============================================================
MIGRATION SUMMARY
============================================================
instructions: error (see below)
context_stores: error (not started, see below)
Tokens: 140 billed
============================================================
Ended early: the key is refused
Correct what was refused, then run again.
)");
  std::ostringstream out;
  MakeTextReporter(out, Redactor())->Finished(waiting);
  CHECK(out.str().empty());
}

TEST_CASE("text report: long lines are broken at blanks, long words are not") {
  CHECK(Wrapped("", 5).empty());
  CHECK(Wrapped("a bc d", 6) == Lines{"a bc d"});
  CHECK(Wrapped("a bc d", 5) == Lines{"a bc", "d"});
  CHECK(Wrapped("http://host:8108 is away", 5) == Lines{"http://host:8108", "is", "away"});
}

TEST_CASE("text report: a collection that never started gets its heading") {
  std::ostringstream out;
  MakeTextReporter(out, Redactor())->Finished(InstructionsMissing());
  CHECK(out.str() ==
        "Starting migration for 'instructions'...\n"
        "  Not migrated: there is no collection or alias `instructions` on the server\n");
}

TEST_CASE("text report: an echoed key and control characters are not shown") {
  std::ostringstream out;
  CollectionReport report = InstructionsPartial();
  report.failures = {
      {"a\x1b[2Jb\n", Stage::kEmbed, FailureKind::kBadText, "Incorrect API key: sk-secret-1"}};
  report.failures_total = 1;
  const auto reporter = MakeTextReporter(out, Redactor({Secret("sk-secret-1")}));
  reporter->Finished(report);
  CHECK_THAT(out.str(), ContainsSubstring("    - id 'a\\x1b[2Jb\\n': embed/bad_text: Incorrect API "
                                          "key: ***\n"));
}
