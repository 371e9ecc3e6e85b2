#include "reembed/core/exit_code.h"
#include "src/io/report/doctor_json.h"
#include "src/io/report/doctor_text.h"
#include "tests/support/catch2.h"
#include "verify_samples.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("doctor text: every line has its level and, unless ok, a remedy") {
  CHECK(DoctorText(Ill(), Redactor()) ==
        R"(============================================================
CHECKS
============================================================
ok       configuration: built-in; collections: instructions
ok       node localhost:8108 is healthy, version 29.0
warning  state directory `.reembed` is open to other users (mode 0755)
         → chmod 700 .reembed
problem  'instructions': the schema has no field `vec`; its vector fields: instruction_embedding;
         correct `embedding_field`
         → a run leaves this collection alone until that is changed
============================================================
1 problem, 1 warning. Nothing was changed.
)");
}

TEST_CASE("doctor text: when all is well it says so") {
  CHECK_THAT(DoctorText(Healthy(), Redactor()),
             ContainsSubstring("\nAll is well. Nothing was changed.\n"));
}

TEST_CASE("doctor text: warnings alone are counted") {
  DoctorReport report = Healthy();
  report.lines.push_back({DoctorLevel::kWarning, "a", "b"});
  report.lines.push_back({DoctorLevel::kWarning, "a", "b"});
  CHECK_THAT(DoctorText(report, Redactor()), ContainsSubstring("\n0 problems, 2 warnings. "));
}

TEST_CASE("doctor text: an interrupted one says so") {
  DoctorReport report = Healthy();
  report.exit_code = kExitInterrupted;
  CHECK_THAT(DoctorText(report, Redactor()), ContainsSubstring("not everything was checked"));
}

TEST_CASE("doctor json: one document with every check") {
  CHECK(DoctorJson(Ill(), Redactor()) == R"x({
  "doctor_version": 1,
  "reembed": "0.1.0",
  "checked_at": "2026-11-21T02:34:15Z",
  "checks": [
    {
      "level": "ok",
      "what": "configuration: built-in; collections: instructions",
      "remedy": null
    },
    {
      "level": "ok",
      "what": "node localhost:8108 is healthy, version 29.0",
      "remedy": null
    },
    {
      "level": "warning",
      "what": "state directory `.reembed` is open to other users (mode 0755)",
      "remedy": "chmod 700 .reembed"
    },
    {
      "level": "problem",
      "what": "'instructions': the schema has no field `vec`; its vector fields: instruction_embedding; correct `embedding_field`",
      "remedy": "a run leaves this collection alone until that is changed"
    }
  ],
  "problems": 1,
  "warnings": 1,
  "exit_code": 4
}
)x");
}

TEST_CASE("doctor report: no secret, and nothing raw for a terminal") {
  DoctorReport report = Healthy();
  report.lines.push_back({DoctorLevel::kProblem, "refused key-of-mine\x1b[2J", "not key-of-mine"});
  const Redactor redact({Secret("key-of-mine")});
  for (const std::string& text : {DoctorText(report, redact), DoctorJson(report, redact)}) {
    CHECK_THAT(text, !ContainsSubstring("key-of-mine"));
    CHECK_THAT(text, ContainsSubstring("refused ***"));
    CHECK_THAT(text, !ContainsSubstring("\x1b"));
  }
}
