#include "retire_samples.h"
#include "src/io/report/retire_json.h"
#include "src/io/report/retire_text.h"
#include "tests/support/catch2.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("retire text: what would go, how old it is, and what is in use") {
  CHECK(RetireText(RetirePlanned(), Redactor()) ==
        R"(============================================================
RETIRE (DRY RUN)
============================================================
Old collections of 'instructions':
  - In use: instr_r20261121010101, which the alias 'instr' leads to, 1,500 documents
  To delete: instr_v1, 1,488 documents, switched away from 3 days ago (2026-11-18T02:34:15Z)
  To delete: instr_r20261120000000, 1,488 documents, a copy that was given up 1 hour ago
  (2026-11-21T01:32:35Z)
============================================================
RETIRE SUMMARY
============================================================
instructions: dry run, 2 old collections to delete
context_stores: nothing to retire (no collection is left of an earlier alias switch)
table_descriptions: skipped (computed dynamically by the application)
============================================================
Nothing was changed.
)");
}

TEST_CASE("retire text: the question names everything that goes and what goes with it") {
  CHECK(RetireQuestion(RetirePlanned(), Redactor()) ==
        "Delete instr_v1 (1,488 documents), instr_r20261120000000 (1,488 documents) for good? "
        "There is no rollback to instr_v1 after that.");
  RetireReport abandoned = RetirePlanned();
  abandoned.collections.front().old.erase(abandoned.collections.front().old.begin());
  abandoned.collections.front().old.front().documents = 1;
  CHECK(RetireQuestion(abandoned, Redactor()) ==
        "Delete instr_r20261120000000 (1 document) for good?");
  CHECK(RetireQuestion(RetireOfNothing(), Redactor()).empty());
  CHECK(RetireQuestion(RetireDone(), Redactor()).empty());
}

TEST_CASE("retire text: what was deleted cannot be rolled back to") {
  const std::string text = RetireText(RetireDone(), Redactor());
  CHECK_THAT(text, ContainsSubstring("\n  Deleted: instr_v1, 1,488 documents, switched away "));
  CHECK_THAT(text, ContainsSubstring("\ninstructions: retired, 2 old collections deleted\n"));
  CHECK(text.ends_with(
      "Deleted for good: instr_v1, instr_r20261120000000. There is no rollback to what is "
      "deleted.\n"));
}

TEST_CASE("retire text: what is kept has its reason beside it") {
  CHECK(RetireText(RetirePartly(), Redactor()) ==
        R"(============================================================
RETIRE
============================================================
Old collections of 'instructions':
  - In use: instr_r20261121010101, which the alias 'instr' leads to, 1,500 documents
  Kept: instr_v1, 1,488 documents, switched away from 3 days ago (2026-11-18T02:34:15Z)
    ! the alias 'search' leads to instr_v1: point it elsewhere or delete it first
  Deleted: instr_r20261120000000, 1,488 documents, a copy that was given up 1 hour ago
  (2026-11-21T01:32:35Z)
Old collections of 'context_stores':
  ! Typesense at ts:8108 has no collection or alias 'context_stores'.
============================================================
RETIRE SUMMARY
============================================================
instructions: error (the alias 'search' leads to instr_v1: point it elsewhere or delete it first), 1 old collection deleted, 1 kept
context_stores: error (Typesense at ts:8108 has no collection or alias 'context_stores'.)
============================================================
Deleted for good: instr_r20261120000000. There is no rollback to what is deleted.
Not every old collection may go; the reasons stand above.
)");
}

TEST_CASE("retire text: nothing to do, and an early end") {
  CHECK(RetireText(RetireOfNothing(), Redactor())
            .ends_with("There is nothing to retire. Nothing was changed.\n"));
  const std::string interrupted = RetireText(RetireInterrupted(), Redactor());
  CHECK_THAT(interrupted, !ContainsSubstring("Old collections of 'context_stores'"));
  CHECK(interrupted.ends_with("Run `reembed retire` again to finish.\n"));
  RetireReport away = RetireOfNothing();
  away.message = "no node answers";
  away.exit_code = 5;
  CHECK(RetireText(away, Redactor())
            .ends_with("Ended early: no node answers\nNothing was changed.\nThe cause is "
                       "temporary: run `reembed retire` again later.\n"));
}

TEST_CASE("retire text: ages in whole units") {
  CHECK(AgeText(Seconds(-5)) == "less than a minute");
  CHECK(AgeText(Seconds(59)) == "less than a minute");
  CHECK(AgeText(Seconds(60)) == "1 minute");
  CHECK(AgeText(Seconds(3599)) == "59 minutes");
  CHECK(AgeText(Seconds(7200)) == "2 hours");
  CHECK(AgeText(Seconds(86'400)) == "1 day");
  CHECK(AgeText(Seconds(40 * 86'400)) == "40 days");
}

TEST_CASE("retire reports: secrets and control characters of a server do not get through") {
  RetireReport report = RetirePartly();
  report.collections[0].old[0].message = "key sk-123456 \x1b[2J";
  report.collections[0].old[1].id.name = "sk-123456";
  const Redactor redact({Secret("sk-123456")});
  const std::string text = RetireText(report, redact);
  CHECK_THAT(text, ContainsSubstring("    ! key *** \\x1b[2J\n"));
  CHECK_THAT(text, !ContainsSubstring("sk-123456"));
  const std::string json = RetireJson(report, redact);
  CHECK_THAT(json, ContainsSubstring("\"message\": \"key *** \\u001b[2J\""));
  CHECK_THAT(json, !ContainsSubstring("sk-123456"));
  report.collections[0].old[0].state = OldState::kToDelete;
  report.collections[0].old[0].id.name = "sk-123456";
  CHECK_THAT(RetireQuestion(report, redact), ContainsSubstring("Delete *** (1,488 documents)"));
}

TEST_CASE("retire json: has its keys in order") {
  RetireReport report = RetirePartly();
  report.collections.resize(1);
  report.collections.front().old.resize(1);
  CHECK(RetireJson(report, Redactor()) == R"({
  "retire_version": 1,
  "reembed": "0.1.0",
  "dry_run": false,
  "started_at": "2026-11-21T02:34:15Z",
  "finished_at": "2026-11-21T02:34:17Z",
  "seconds": 2.0,
  "collections": {
    "instructions": {
      "configured": "instr",
      "collection": "instr_r20261121010101",
      "documents": 1500,
      "status": "error",
      "message": "the alias 'search' leads to instr_v1: point it elsewhere or delete it first",
      "seconds": 1.25,
      "old": [
        {
          "collection": "instr_v1",
          "created_at": 1700000000,
          "documents": 1488,
          "kind": "served",
          "since": "2026-11-18T02:34:15Z",
          "state": "kept",
          "message": "the alias 'search' leads to instr_v1: point it elsewhere or delete it first"
        }
      ]
    }
  },
  "exit_code": 4
}
)");
}
