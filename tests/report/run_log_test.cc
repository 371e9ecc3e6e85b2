#include "src/io/report/run_log.h"

#include <sstream>
#include <string>
#include <vector>

#include "samples.h"
#include "src/io/report/text_reporter.h"
#include "tests/support/catch2.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

struct ListLog final : Log {
  void Write(LogLevel level, std::string_view message) override {
    CHECK(level == LogLevel::kInfo);
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("run log: a run's course, and everything is handed on") {
  std::ostringstream out;
  const auto next = MakeTextReporter(out, Redactor());
  ListLog log;
  RunLog reporter(*next, log);
  RunReport report = Run({InstructionsInterrupted()}, 130);
  report.message = "interrupted";
  reporter.Begin(Header(false));
  reporter.Started(InstructionsPlan());
  reporter.Finished(InstructionsInterrupted());
  reporter.End(report);
  CHECK(log.lines ==
        std::vector<std::string>{
            "run begins: google / gemini-embedding-001 / 768 dimensions; collections: "
            "context_stores, instructions",
            "instructions: 5 documents match in collection 'instructions'",
            "instructions: interrupted, count 120, success 120, failed 0, remaining 380",
            "run 20261121T023415Z-1 ends with exit code 130: interrupted"});
  CHECK_THAT(out.str(), ContainsSubstring("Starting migration for 'instructions'..."));
  CHECK_THAT(out.str(), ContainsSubstring("MIGRATION SUMMARY"));
}

TEST_CASE("run log: a plan, blocked or impossible") {
  std::ostringstream out;
  const auto next = MakeTextReporter(out, Redactor());
  ListLog log;
  RunLog reporter(*next, log);
  PlannedCollection planned = InstructionsPlanned();
  planned.plan.blockers = {"no such field"};
  reporter.ShowPlan(planned);
  planned.error = "the collection is missing";
  reporter.ShowPlan(planned);
  CHECK(log.lines == std::vector<std::string>{"instructions: blocked: no such field",
                                              "instructions: no plan: the collection is missing"});
}
