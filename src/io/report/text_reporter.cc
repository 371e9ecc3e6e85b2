#include "text_reporter.h"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <utility>

#include "clean.h"
#include "text_lines.h"

namespace reembed {
namespace {

class TextReporter final : public Reporter {
 public:
  TextReporter(std::ostream& out, Redactor redact) : out_(out), redact_(std::move(redact)) {}

  void Begin(const RunHeader& header) override {
    advice_ = header.task_type_advice;
    Print(BannerLines(header));
  }

  void ShowPlan(const PlannedCollection& planned) override { Print(PlanLines(planned, advice_)); }

  void Started(const CollectionPlan& plan) override {
    started_ = plan.config.name;
    Print(StartLines(plan, advice_));
  }

  void Foretold(const std::string&, const Forecast& forecast) override {
    Print({ForetoldLine(forecast)});
  }

  void Finished(const CollectionReport& report) override {
    // The summary says all there is to say of these, and of one that was never begun.
    if (report.status == CollectionStatus::kSkipped || report.status == CollectionStatus::kDryRun) {
      return;
    }
    if (report.message.starts_with(kNotStarted)) return;
    // A collection without a plan, e.g. one that is missing, never started.
    if (started_ != report.name) {
      Print({fmt::format("Starting migration for '{}'...", report.name)});
    }
    Print(FinishLines(report));
  }

  void End(const RunReport& report) override { Print(SummaryLines(report)); }

 private:
  void Print(const Lines& lines) {
    for (const std::string& line : lines) out_ << Clean(line, redact_) << '\n';
    out_.flush();
  }

  std::ostream& out_;
  const Redactor redact_;
  std::string advice_;
  std::string started_;
};

}  // namespace

std::unique_ptr<Reporter> MakeTextReporter(std::ostream& out, Redactor redact) {
  return std::make_unique<TextReporter>(out, std::move(redact));
}

}  // namespace reembed
