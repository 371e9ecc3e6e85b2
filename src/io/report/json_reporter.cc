#include "json_reporter.h"

#include <ostream>
#include <utility>
#include <vector>

#include "report_json.h"

namespace reembed {
namespace {

class JsonReporter final : public Reporter {
 public:
  JsonReporter(std::ostream& out, Redactor redact) : out_(out), redact_(std::move(redact)) {}

  void Begin(const RunHeader&) override {}
  void ShowPlan(const PlannedCollection& planned) override { plans_.push_back(planned); }
  void Started(const CollectionPlan&) override {}
  void Finished(const CollectionReport&) override {}
  void End(const RunReport& report) override {
    out_ << ToJson(report, plans_, redact_) << std::flush;
  }

 private:
  std::ostream& out_;
  const Redactor redact_;
  std::vector<PlannedCollection> plans_;
};

}  // namespace

std::unique_ptr<Reporter> MakeJsonReporter(std::ostream& out, Redactor redact) {
  return std::make_unique<JsonReporter>(out, std::move(redact));
}

}  // namespace reembed
