#include <iostream>
#include <string>
#include <vector>

#include "reembed/core/exit_code.h"
#include "samples.h"
#include "src/io/report/report_json.h"

namespace {

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

RunReport EndedEarly() {
  RunReport report = Run({InstructionsInterrupted(), InstructionsMissing()}, kExitInterrupted);
  report.dimensions.reset();
  report.task_type.clear();
  report.message = "the provider refuses the key \xff\x1b[2J";
  return report;
}

RunReport Limited() {
  CollectionReport instructions = InstructionsDone();
  instructions.matched = 8;
  instructions.limited = true;
  return Run({instructions}, kExitDone);
}

RunReport DryRunWithoutPlan() {
  RunReport report = DryRun();
  report.collections.push_back(InstructionsMissing());
  report.collections.back().name = "other";
  report.exit_code = kExitRefused;
  return report;
}

}  // namespace

// Prints an array of reports, one of each kind.
int main() {
  PlannedCollection unknown = InstructionsPlanned();
  unknown.plan.aliases_known = false;
  unknown.plan.new_dimensions = 0;
  unknown.plan.old_dimensions.reset();
  unknown.plan.blockers = {"field `x` is of type string, not float[]"};
  unknown.survey.reset();
  unknown.forecast.reset();
  unknown.plan.journal_bytes = 0;
  PlannedCollection without_backup = InstructionsPlanned();
  without_backup.plan.backup_bytes.reset();
  PlannedCollection going_on = RebuildPlanned();
  going_on.plan.cutover = Cutover{};
  going_on.plan.fastest.reset();
  CollectionReport stopped = InstructionsPartial();
  stopped.message = "2 documents could not be embedded, so the field was not dropped";
  const RunReport done =
      Run({ContextStoresDone(), InstructionsDone(), TableDescriptionsSkipped()}, kExitDone);
  RunReport priced = done;
  priced.pricing = {.price = Price{0.15, ""}, .assumed = false, .server = {}};
  const std::vector<std::string> documents = {
      ToJson(priced, {}, Redactor()),
      ToJson(done, {}, Redactor()),
      ToJson(Run({InstructionsPartial()}, kExitPartial), {}, Redactor()),
      ToJson(EndedEarly(), {}, Redactor()),
      ToJson(Limited(), {}, Redactor()),
      ToJson(DryRun(), {InstructionsPlanned()}, Redactor()),
      ToJson(DryRun(), {without_backup}, Redactor()),
      ToJson(DryRun(), {RebuildPlanned()}, Redactor()),
      ToJson(DryRun(), {going_on}, Redactor()),
      ToJson(Run({stopped}, kExitPartial), {}, Redactor()),
      ToJson(DryRunWithoutPlan(), {unknown}, Redactor()),
      ToJson(Run({}, kExitRefused), {}, Redactor())};
  std::string separator = "[";
  for (const std::string& document : documents) {
    std::cout << separator << document;
    separator = ",";
  }
  std::cout << "]\n";
}
