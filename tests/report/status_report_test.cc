#include "src/io/report/status_json.h"
#include "src/io/report/status_text.h"
#include "tests/support/catch2.h"
#include "verb_samples.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("status text: targets, their runs, what a rerun would do and what may be removed") {
  CHECK(StatusText(StatusOfTwo(), Redactor()) ==
        R"(============================================================
STATUS
============================================================
'instructions':
  - Collection: instructions_v2
  - Embedding field: instruction_embedding
  Documents: 1,000 written, 12 paid for and not written, 488 to be embedded, 3 failed
  Next: a rerun writes 12 vectors that are paid for, embeds up to 488, retries 3 that failed
  - Run 20261121T023415Z-0003
      started 2026-11-21T02:34:15Z, not finished
      openai / text-embedding-3-small / 256 dimensions; backup of 1 document
  - Run 20261120T010203Z-0001
      started 2026-11-20T02:34:15Z, ended 2026-11-20T02:35:45Z
      openai / text-embedding-3-small / 256 dimensions; backup of 1,500 documents
'context_stores':
  - Embedding field: prompt_embedding
  Documents: 0 written, 1 paid for and not written
  Next: a rerun writes 1 vector that is paid for
  - Run 20261120T010203Z-0002
      started 2026-11-20T02:34:15Z, rolled back, ended 2026-11-20T02:35:45Z
      openai / text-embedding-3-small / 256 dimensions; its backup was removed
============================================================
Journal: .reembed/journal.db, 12.4 MB
`status --prune` would remove what 1 ended run still keeps: 1,500 backups, and the vectors that no
document needs any more. Their rollback would end with it.
)");
}

TEST_CASE("status text: without a journal, or without a run in it, it says so") {
  const std::string nothing = R"(============================================================
STATUS
============================================================
There is no run in .reembed/journal.db yet: nothing was migrated from this state directory.
============================================================
)";
  CHECK(StatusText(StatusOfNothing(), Redactor()) == nothing);
  StatusReport empty = StatusOfNothing();
  empty.exists = true;
  CHECK(StatusText(empty, Redactor()) == nothing);
}

TEST_CASE("status text: what was cut off comes first, with what to do") {
  CHECK(StatusText(StatusOfCutovers(), Redactor()) ==
        R"(============================================================
STATUS
============================================================
'instructions': a rebuild of instructions_v2 was cut off at the step `writing`, since
2026-11-21T02:34:15Z
  - Embedding field: instruction_embedding
  ! Vector search on instructions_v2 may be away
  Next: run `reembed` again to go on with it, or `reembed rollback` to go back; without reembed the
  calls in .reembed/recovery/instructions_v2.json bring the field back
'docs': an alias switch from docs_v1 to docs_r20261121023415 was cut off at the step `cloning`,
since 2026-11-21T02:34:15Z
  - Embedding field: instruction_embedding
  Next: run `reembed` again to go on with it, or `reembed rollback` to go back
'instructions':
  - Collection: instructions_v2
  - Embedding field: instruction_embedding
  Documents: 1,000 written, 12 paid for and not written, 488 to be embedded, 3 failed
  Next: a rerun goes on with the rebuild that was cut off, writes 12 vectors that are paid for,
  embeds up to 488, retries 3 that failed
  - Run 20261121T023415Z-0003
      started 2026-11-21T02:34:15Z, not finished
      openai / text-embedding-3-small / 256 dimensions; backup of 1 document
Old collection notes_v1 may be left: `reembed retire` deletes it if it is
============================================================
Journal: .reembed/journal.db, 12.4 MB
`status --prune` has nothing to remove.
)");
}

TEST_CASE("status text: a switch that was cut off before its run is not nothing") {
  StatusReport report = StatusOfCutovers();
  report.targets.clear();
  const std::string text = StatusText(report, Redactor());
  CHECK(text.find("There is no run") == std::string::npos);
  CHECK(text.find("'docs': an alias switch") != std::string::npos);
}

TEST_CASE("status: every kind that was cut off has its words and its way on") {
  Cutover cutover = StatusOfCutovers().cutovers.at(1).cutover;
  cutover.step = CutoverStep::kSwitching;
  const std::string at = " was cut off at the step `switching`, since 2026-11-21T02:34:15Z";
  CHECK(CutOffText(cutover) == "an alias switch from docs_v1 to docs_r20261121023415" + at);
  cutover.kind = CutoverKind::kAliasBack;
  std::swap(cutover.from, cutover.to);
  CHECK(CutOffText(cutover) ==
        "a rollback of an alias switch, from docs_r20261121023415 back to docs_v1," + at);
  CHECK(GoOnText(cutover, "") == "run `reembed rollback` again to finish it");
  cutover.kind = CutoverKind::kRebuildBack;
  CHECK(CutOffText(cutover) == "a rollback of the rebuild of docs_v1" + at);
  CHECK(GoOnText(cutover, "f") ==
        "run `reembed rollback` again to finish it; without reembed the calls in f bring the field "
        "back");
}

TEST_CASE("status text: of many runs the latest are shown") {
  StatusReport report = StatusOfTwo();
  report.targets.resize(1);
  report.targets[0].runs.resize(14, report.targets[0].runs[1]);
  const std::string text = StatusText(report, Redactor());
  CHECK(text.find("  … and 4 earlier runs; --output json lists all\n") != std::string::npos);
  report.targets[0].runs.resize(11);
  CHECK(StatusText(report, Redactor()).find("  … and 1 earlier run;") != std::string::npos);
}

TEST_CASE("status text: what was pruned, and what had to stay") {
  StatusReport report = StatusOfTwo();
  report.pruned = StatusPruned{2, 1500, 700, 12};
  CHECK(StatusText(report, Redactor())
            .ends_with("Removed: 1,500 backups and 700 vectors of 2 ended runs. Kept: 12 vectors "
                       "that documents not yet\nwritten need.\n"));
  report.pruned = StatusPruned{1, 1, 0, 0};
  CHECK(StatusText(report, Redactor())
            .ends_with("\nRemoved: 1 backup and 0 vectors of 1 ended run.\n"));
}

TEST_CASE("status: the question before pruning") {
  CHECK(PruneQuestion(StatusOfTwo()) ==
        "Remove vectors and 1,500 backups of 1 ended run? They cannot be rolled back after that.");
  CHECK(PruneQuestion(StatusOfNothing()).empty());
}

TEST_CASE("status: sizes for people") {
  CHECK(BytesText(0) == "0 bytes");
  CHECK(BytesText(1) == "1 byte");
  CHECK(BytesText(999) == "999 bytes");
  CHECK(BytesText(1000) == "1.0 kB");
  CHECK(BytesText(999'960) == "1.0 MB");
  CHECK(BytesText(12'400'000) == "12.4 MB");
  CHECK(BytesText(3'200'000'000) == "3.2 GB");
  CHECK(BytesText(5'000'000'000'000'000) == "5000.0 TB");
}

TEST_CASE("status: what a rerun would do when nothing is counted") {
  StatusTarget target;
  target.runs.resize(1);
  CHECK(RerunText(target) == "a rerun reads the collection again and does what it finds");
  target.runs[0].state = StatusOfRun::kEnded;
  CHECK(RerunText(target) ==
        "nothing is left to do as far as the journal knows; `verify` looks at the store");
  target.runs[0].state = StatusOfRun::kRolledBack;
  CHECK(RerunText(target) == "a rerun begins a new run");
}

TEST_CASE("status: a rollback that was cut off comes before all else") {
  StatusTarget target;
  target.pending = 5;
  target.to_restore = 1200;
  CHECK(RerunText(target) ==
        "a rollback was cut off with 1,200 documents to go: run `reembed rollback` again to finish "
        "it");
}

TEST_CASE("status reports: secrets and control characters do not get through") {
  StatusReport report = StatusOfTwo();
  report.targets[0].name = "sk-123456 \x1b[2J";
  const Redactor redact({Secret("sk-123456")});
  CHECK(StatusText(report, redact).find("'*** \\x1b[2J':\n") != std::string::npos);
  CHECK(StatusJson(report, redact).find("\"name\": \"*** \\u001b[2J\"") != std::string::npos);
}

TEST_CASE("status json: has its keys in order") {
  StatusReport report = StatusOfTwo();
  report.targets.resize(1);
  report.targets[0].runs.resize(1);
  report.pruned = StatusPruned{2, 1500, 700, 12};
  CHECK(StatusJson(report, Redactor()) == R"({
  "status_version": 1,
  "reembed": "0.1.0",
  "journal": ".reembed/journal.db",
  "exists": true,
  "bytes_on_disk": 12400000,
  "cutovers": [],
  "targets": [
    {
      "name": "instructions",
      "collection": "instructions_v2",
      "created_at": 1700000000,
      "embedding_field": "instruction_embedding",
      "pending": 488,
      "embedded": 12,
      "written": 1000,
      "skipped": 0,
      "failed": 3,
      "rerun": "a rerun writes 12 vectors that are paid for, embeds up to 488, retries 3 that failed",
      "runs": [
        {
          "id": "20261121T023415Z-0003",
          "state": "open",
          "started_at": "2026-11-21T02:34:15Z",
          "ended_at": null,
          "recipe": "openai / text-embedding-3-small / 256 dimensions",
          "with_backup": true,
          "pruned": false,
          "backups": 1
        }
      ]
    }
  ],
  "old_collections": [],
  "prunable": {
    "runs": 0,
    "backups": 0
  },
  "pruned": {
    "runs": 2,
    "backups": 1500,
    "vectors": 700,
    "vectors_needed": 12
  }
}
)");
}

TEST_CASE("status json: what was cut off and what was left") {
  const std::string json = StatusJson(StatusOfCutovers(), Redactor());
  CHECK(json.find(R"({
      "name": "instructions",
      "kind": "rebuild",
      "step": "writing",
      "embedding_field": "instruction_embedding",
      "from": "instructions_v2",
      "to": "instructions_v2",
      "nodes": [
        "http://localhost:8108"
      ],
      "begun": "2026-11-21T02:34:15Z",
      "since": "2026-11-21T02:34:15Z",
      "search_may_be_away": true,
      "recovery_file": ".reembed/recovery/instructions_v2.json",
      "next": "run `reembed` again to go on with it, or `reembed rollback` to go back; )") !=
        std::string::npos);
  CHECK(json.find(R"("search_may_be_away": false,
      "recovery_file": null,)") != std::string::npos);
  CHECK(json.find(R"("old_collections": [
    {
      "name": "notes",
      "collection": "notes_v1",
      "created_at": 7,)") != std::string::npos);
}
