#include "reembed/core/exit_code.h"
#include "src/io/report/verify_json.h"
#include "src/io/report/verify_text.h"
#include "tests/support/catch2.h"
#include "verify_samples.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("verify text: a store that matches") {
  CHECK(VerifyText(VerifiedWell(), Redactor()) ==
        R"(============================================================
VERIFICATION
============================================================
Verifying 'context_stores':
  - Embedding field: prompt_embedding
  - Model: google / gemini-embedding-001 / 768 dimensions
  - Last run: 20261121T023415Z-1 of 2026-11-21T02:34:15Z
  Documents: 12
  Match: 12
  Vector search: 12 of 12 sampled documents found
============================================================
VERIFICATION SUMMARY
============================================================
context_stores: matches
table_descriptions: skipped (computed dynamically by the application)
============================================================
Everything matches. Nothing was changed.
)");
}

TEST_CASE("verify text: every kind of difference is named") {
  CHECK(VerifyText(VerifiedWithDifferences(), Redactor()) ==
        R"(============================================================
VERIFICATION
============================================================
Verifying 'instructions':
  - Embedding field: instruction_embedding
  - Collection: instructions_r20261121023415
  - Model: google / gemini-embedding-001 / 768 dimensions
  - Last run: 20261121T023415Z-1 of 2026-11-21T02:34:15Z
  - Note: the last run (20261121T023415Z-1) has not ended: run again to finish it
  Documents: 1,500
  Match: 1,487
  Differ (another vector is stored): 3
  Missing (no vector is stored): 1
  Wrong length: 1
  Stale text (changed after it was embedded): 2
  New since (or not written yet): 4
  Failed in the last run: 1
  Skipped (no text): 1
    - id '0': differ
    - id '1': differ
    - id '2': differ
    - id '3': missing
    - id '4': wrong_length
    - id '5': stale_text
    - id '6': stale_text
    - id '7': new_since
    - id '8': new_since
    - id '9': new_since
    … and 2 more; --output json lists up to 1,000
  Vector search: 16 of 20 sampled documents found, 1 not indexed, 2 missed by the approximate
    search (recall), 1 changed meanwhile
    - id 'lost': not indexed
    - id 'far': missed by the approximate search
    - id 'further': missed by the approximate search
  Embedded again: 59 documents compared, 1 differ; cosine min 0.412346, mean 0.990012
  Of all documents: at most 7.79 % can differ (95 % confidence)
  Not compared (no vector came for their text): 1
    - id 'odd': cosine 0.412346
============================================================
VERIFICATION SUMMARY
============================================================
instructions: differs: 12 of 1,500 documents, 1 sampled not indexed, 1 embedded again differ
============================================================
Differences were found, and nothing was changed. After a rollback, or with another model configured
than the vectors are from, that is as it should be. Otherwise `reembed run` embeds what is new,
changed or failed and writes the vectors that are not ours again. If documents are not indexed,
restart the node they are missing on, or write them again.
)");
}

TEST_CASE("verify text: a field that is away is a difference, though the documents match") {
  CHECK(VerifyText(VerifiedWithoutField(), Redactor()) ==
        R"(============================================================
VERIFICATION
============================================================
Verifying 'instructions':
  - Embedding field: instruction_embedding
  - Model: google / gemini-embedding-001 / 768 dimensions
  - Last run: 20261121T023415Z-1 of 2026-11-21T02:34:15Z
  ! vector search on instructions is away: a rebuild of instructions was cut off at the step
    `writing`, since 2026-11-21T02:34:15Z; run `reembed` again to go on with it, or `reembed
    rollback` to go back
  Documents: 12
  Match: 12
============================================================
VERIFICATION SUMMARY
============================================================
instructions: differs: 0 of 12 documents, vector search is away
============================================================
Differences were found, and nothing was changed. Vector search is away: do first what the lines with
`!` say, then verify again.
)");
}

TEST_CASE("verify json: a field that is away differs") {
  const std::string json = VerifyJson(VerifiedWithoutField(), Redactor());
  CHECK_THAT(json, ContainsSubstring(R"("status": "differs")"));
  CHECK_THAT(json, ContainsSubstring(R"("search_away": "vector search on instructions is away)"));
}

TEST_CASE("verify text: what could not be verified") {
  const VerifyReport report = NotVerified();
  const std::string text = VerifyText(report, Redactor());
  CHECK_THAT(text, ContainsSubstring("  ! there is no collection instructions\n"));
  CHECK_THAT(text, ContainsSubstring("instructions: not verified\n"));
  CHECK_THAT(text, ContainsSubstring("the reasons stand above"));
  CHECK_THAT(text, !ContainsSubstring("Documents:"));
}

TEST_CASE("verify text: an interrupted one says so") {
  VerifyReport report = NotVerified();
  report.exit_code = kExitInterrupted;
  CHECK_THAT(VerifyText(report, Redactor()), ContainsSubstring("Interrupted: the numbers are not"));
}

TEST_CASE("verify text: when all were embedded again nothing is estimated") {
  VerifyReport report = VerifiedWell();
  report.collections[0].recomputed = RecomputeSample{.population = 12,
                                                     .texts = 12,
                                                     .compared = 12,
                                                     .min_cosine = 1.0,
                                                     .mean_cosine = 1.0,
                                                     .at_most = 0};
  CHECK_THAT(VerifyText(report, Redactor()),
             ContainsSubstring("mean 1.000000\n  All documents with a vector were compared\n"));
}

TEST_CASE("verify text: no line is wider than 100 columns") {
  for (const VerifyReport& report :
       {VerifiedWell(), VerifiedWithDifferences(), VerifiedWithoutField(), NotVerified()}) {
    for (const std::string& line : VerifyLines(report)) {
      INFO(line);
      CHECK(line.size() <= 102);  // bytes; an ellipsis has three for one column
    }
  }
}

TEST_CASE("verify report: nothing that a server said reaches the terminal raw, and no secret") {
  VerifyReport report = NotVerified();
  report.collections[0].error = "refused: key-of-mine\x1b[2J";
  report.collections[0].notes = {"note key-of-mine"};
  report.collections[0].differences = {{"key-of-mine", VerifyFinding::kDiffer}};
  report.collections[0].scanned = true;
  report.message = "key-of-mine";
  const Redactor redact({Secret("key-of-mine")});
  for (const std::string& text : {VerifyText(report, redact), VerifyJson(report, redact)}) {
    CHECK_THAT(text, !ContainsSubstring("key-of-mine"));
    CHECK_THAT(text, ContainsSubstring("***"));
    CHECK_THAT(text, !ContainsSubstring("\x1b"));
  }
}

TEST_CASE("verify json: has its keys in order") {
  CHECK(VerifyJson(VerifiedWell(), Redactor()) == R"({
  "verify_version": 1,
  "reembed": "0.1.0",
  "started_at": "2026-11-21T02:34:15Z",
  "finished_at": "2026-11-21T02:34:17Z",
  "seconds": 2.0,
  "collections": {
    "context_stores": {
      "collection": "context_stores",
      "embedding_field": "prompt_embedding",
      "status": "matches",
      "complete": true,
      "recipe": "google / gemini-embedding-001 / 768 dimensions",
      "run": {
        "id": "20261121T023415Z-1",
        "started_at": "2026-11-21T02:34:15Z",
        "recipe": "google / gemini-embedding-001 / 768 dimensions",
        "same_recipe": true
      },
      "search_away": null,
      "notes": [],
      "counts": {
        "documents": 12,
        "match": 12,
        "differ": 0,
        "missing": 0,
        "wrong_length": 0,
        "stale_text": 0,
        "new_since": 0,
        "failed": 0,
        "skipped": 0,
        "differences": 0
      },
      "differences": [],
      "index": {
        "checked": 12,
        "found": 12,
        "recall": 0,
        "not_indexed": 0,
        "changed": 0,
        "recall_ids": [],
        "not_indexed_ids": []
      },
      "recomputed": null
    },
    "table_descriptions": {
      "collection": "table_descriptions",
      "embedding_field": "table_embedding",
      "status": "skipped",
      "reason": "computed dynamically by the application"
    }
  },
  "exit_code": 0
}
)");
}

TEST_CASE("verify json: samples and differences are listed") {
  const std::string json = VerifyJson(VerifiedWithDifferences(), Redactor());
  CHECK_THAT(json, ContainsSubstring(R"("status": "differs")"));
  CHECK_THAT(json, ContainsSubstring(R"({
          "id": "3",
          "finding": "missing"
        })"));
  CHECK_THAT(json, ContainsSubstring(R"("not_indexed_ids": [
          "lost"
        ])"));
  CHECK_THAT(json, ContainsSubstring(R"("min_cosine": 0.412346)"));
  CHECK_THAT(json, ContainsSubstring(R"("at_most": 0.0778)"));
  CHECK_THAT(json, ContainsSubstring(R"("confidence": 0.95)"));
}
