#include "src/io/report/rollback_json.h"
#include "src/io/report/rollback_text.h"
#include "tests/support/catch2.h"
#include "verb_samples.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("rollback text: blocks, summary and what to do next") {
  CHECK(RollbackText(RollbackDone(), Redactor()) ==
        R"(============================================================
ROLLBACK
============================================================
Rolling back 'instructions':
  - Collection: instructions_v2
  - Run: 20261120T010203Z-0001
  Restored: 1,486 of 1,488 documents
  As before already: 3
  Deleted since: 5
  Without a backup (up to date when the run began, or newer): 7
  Left alone: 2
  Failed: 1
    - id 'x': holds a vector that is not ours
    - id 'y': its vector was removed since
    - id 'z': its old field was refused: no
Rolling back 'context_stores':
  ! run 20261120T010203Z-0002 kept no backup (--no-backup)
============================================================
ROLLBACK SUMMARY
============================================================
instructions: partial, 1486 restored, 3 as before already, 5 deleted, 2 left alone, 1 failed
context_stores: error (run 20261120T010203Z-0002 kept no backup (--no-backup))
table_descriptions: skipped (computed dynamically by the application)
============================================================
Old vectors are back in: instructions. The application must use the model that they are from.
`reembed run` would write the new ones again without paying for them.
A run of which documents failed can still be rolled back: run `reembed rollback` again, which tries
just those, or go back further with `--run` and the id of an older run.
Not everything could be rolled back; the reasons stand above.
)");
}

TEST_CASE("rollback text: a dry run and the question before a real one") {
  CHECK(RollbackText(RollbackPlanned(), Redactor()) ==
        R"(============================================================
ROLLBACK (DRY RUN)
============================================================
Rolling back 'instructions':
  - Collection: instructions_v2
  - Run: 20261120T010203Z-0001
  To restore: 1,488 documents
  Left alone: 2
    - id 'w': may have been written without a backup
    … and 1 more; --output json lists up to 1,000
============================================================
ROLLBACK SUMMARY
============================================================
instructions: dry run, 1488 to restore, 2 to be left alone
============================================================
Nothing was changed.
)");
  CHECK(RollbackQuestion(RollbackPlanned(), Redactor()) ==
        "Give 1,488 documents of instructions back the vectors that they had before?");
  RollbackReport nothing = RollbackPlanned();
  nothing.collections.front().counts.to_restore = 0;
  CHECK(RollbackQuestion(nothing, Redactor()).empty());
}

TEST_CASE("rollback text: definitions and aliases that come back") {
  CHECK(RollbackText(RollbackOfCutovers(), Redactor()) ==
        R"(============================================================
ROLLBACK
============================================================
Rolling back 'instructions':
  - Collection: instructions_v2
  - Run: 20261120T010203Z-0001
  - The field gets its old definition back
  - Vector search was away for 12 s
  Restored: 1,488 of 1,488 documents
  Left alone: 1
    - id 'new': does not fit the old field: removed
Rolling back 'docs':
  - Collection: docs_r20261120010203
  - Run: 20261120T010203Z-0001
  - Alias docs leads back from docs_r20261120010203 to docs_v1
  Carried over: 1 new, 2,000 changed, 3 deleted
  Not carried over: 1
    - id '7': was changed in both
Rolling back 'notes':
  - Collection: notes_v1
============================================================
ROLLBACK SUMMARY
============================================================
instructions: partial, 1488 restored, 1 left alone
docs: partial, leads back to docs_v1, 1 not carried over
notes: restored, the copy notes_r20261120010203 is given up
============================================================
Old vectors are back in: instructions, docs. The application must use the model that they are from.
`reembed run` would write the new ones again without paying for them.
Documents that were not carried over differ between the old collection and the copy: compare them
before `reembed retire` deletes the copy.
The documents listed above do not hold their old vectors: see to the reasons.
)");
}

TEST_CASE("rollback text: the question names what else changes than vectors") {
  const RollbackReport plan = RollbackOfCutoversPlanned();
  CHECK(RollbackQuestion(plan, Redactor()) ==
        "Vector search on instructions will be away meanwhile (for 12 s in the migration). Give "
        "1,488 documents of instructions back the vectors that they had before, and lead docs back "
        "to docs_v1?");
  const std::string text = RollbackText(plan, Redactor());
  CHECK(text.find("  - Alias docs would lead back from docs_r20261120010203 to docs_v1\n") !=
        std::string::npos);
  CHECK(text.find("docs: dry run, would lead back to docs_v1\n") != std::string::npos);
  CHECK(text.find("notes: dry run, the copy notes_r20261120010203 would be given up\n") !=
        std::string::npos);
  CHECK(text.ends_with("\nNothing was changed.\n"));

  RollbackReport alone = plan;
  alone.collections.erase(alone.collections.begin());
  CHECK(RollbackQuestion(alone, Redactor()) == "Lead docs back to docs_v1?");
  alone.collections.erase(alone.collections.begin());
  CHECK(RollbackQuestion(alone, Redactor()).empty());
}

TEST_CASE("rollback json: definitions and aliases that come back") {
  const std::string json = RollbackJson(RollbackOfCutovers(), Redactor());
  CHECK(json.find(R"("strategy": "rebuild")") != std::string::npos);
  CHECK(json.find(R"("search_away_seconds": 12.5)") != std::string::npos);
  CHECK(json.find(R"("back_to": "docs_v1")") != std::string::npos);
  CHECK(json.find(R"("replaced": 2000)") != std::string::npos);
  CHECK(json.find(R"("copy": "notes_r20261120010203")") != std::string::npos);
  CHECK(json.find(R"("kind": "unfit")") != std::string::npos);
  CHECK(json.find(R"("kind": "not_carried")") != std::string::npos);
}

TEST_CASE("rollback text: an interrupted one says how to go on") {
  const std::string text = RollbackText(RollbackInterrupted(), Redactor());
  CHECK(text.find("  Restored: 11 of 1,488 documents\n") != std::string::npos);
  CHECK(text.find("Rolling back 'context_stores'") == std::string::npos);
  CHECK(text.ends_with("Run `reembed rollback` again to finish.\n"));
}

TEST_CASE("rollback text: an unknown run is told with nothing around it") {
  CHECK(RollbackText(RollbackOfUnknownRun(), Redactor()) ==
        "there is no run 'r-7'; the latest are r-1 (`reembed status` lists all)\n");
}

TEST_CASE("rollback text: the advice repeats --run") {
  RollbackReport report = RollbackInterrupted();
  report.run = "r-1";
  CHECK(RollbackText(report, Redactor())
            .ends_with("Run `reembed rollback --run r-1` again to finish.\n"));
  report = RollbackDone();
  report.run = "r-1";
  CHECK(RollbackText(report, Redactor())
            .find("can still be rolled back: run `reembed rollback --run r-1` again,") !=
        std::string::npos);
}

TEST_CASE("rollback text: a run that had nothing to give back is said to be rolled back") {
  const auto closing = [](const RollbackReport& report) {
    const std::string text = RollbackText(report, Redactor());
    return text.substr(text.rfind("====\n") + 5);
  };
  const std::string ended =
      "There was nothing to restore, and no document was changed. The runs above count as rolled "
      "back now:\nthe next `reembed rollback` goes on with the run before.\n";
  RollbackReport report = RollbackPlanned();
  report.dry_run = false;
  CollectionRollback& result = report.collections.front();
  result.status = RollbackStatus::kRestored;
  result.counts = {};
  CHECK(closing(report) == ended);

  result.status = RollbackStatus::kPartial;
  result.counts.left = 2;
  report.exit_code = 3;
  CHECK(closing(report) ==
        ended + "The documents listed above do not hold their old vectors: see to the reasons.\n");

  result.counts.failed = 1;
  CHECK(closing(report).find("nothing to restore") == std::string::npos);
}

TEST_CASE("rollback text: nothing to do is said") {
  RollbackReport report = RollbackPlanned();
  report.dry_run = false;
  CollectionRollback& result = report.collections.front();
  result = {};
  result.name = "instructions";
  result.status = RollbackStatus::kNothing;
  result.message = "the journal has no run";
  CHECK(RollbackText(report, Redactor()) ==
        R"(============================================================
ROLLBACK
============================================================
============================================================
ROLLBACK SUMMARY
============================================================
instructions: nothing to roll back (the journal has no run)
============================================================
There was nothing to restore. Nothing was changed.
)");
}

TEST_CASE("rollback reports: secrets and control characters of a server do not get through") {
  RollbackReport report = RollbackDone();
  report.collections[0].left[0].reason = "key sk-123456 \x1b[2J";
  const Redactor redact({Secret("sk-123456")});
  const std::string text = RollbackText(report, redact);
  CHECK(text.find("    - id 'x': key *** \\x1b[2J\n") != std::string::npos);
  const std::string json = RollbackJson(report, redact);
  CHECK(json.find("\"reason\": \"key *** \\u001b[2J\"") != std::string::npos);
  CHECK(json.find("sk-123456") == std::string::npos);
}

TEST_CASE("rollback json: has its keys in order") {
  RollbackReport report = RollbackDone();
  report.collections.resize(1);
  report.collections.front().left.resize(1);
  report.exit_code = 3;
  CHECK(RollbackJson(report, Redactor()) == R"({
  "rollback_version": 1,
  "reembed": "0.1.0",
  "run": null,
  "dry_run": false,
  "started_at": "2026-11-21T02:34:15Z",
  "finished_at": "2026-11-21T02:34:17Z",
  "seconds": 2.0,
  "collections": {
    "instructions": {
      "collection": "instructions_v2",
      "status": "partial",
      "strategy": "in-place",
      "runs": [
        "20261120T010203Z-0001"
      ],
      "notes": [],
      "to_restore": 1488,
      "restored": 1486,
      "emptied": 4,
      "as_before": 3,
      "left_alone": 2,
      "failed": 1,
      "deleted": 5,
      "without_backup": 7,
      "seconds": 1.25,
      "documents": [
        {
          "id": "x",
          "kind": "not_ours",
          "reason": "holds a vector that is not ours"
        }
      ]
    }
  },
  "exit_code": 3
}
)");
}
