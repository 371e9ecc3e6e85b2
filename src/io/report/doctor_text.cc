#include "doctor_text.h"

#include <fmt/format.h>

#include <string_view>

#include "clean.h"
#include "reembed/core/exit_code.h"

namespace reembed {
namespace {

constexpr std::size_t kLevelWidth = 9;  // `warning` and two blanks

void AddLine(Lines& lines, const DoctorLine& line) {
  const auto add = [&](std::string_view head, std::string_view text) {
    for (const std::string& part : Wrapped(text, kReportWidth - kLevelWidth)) {
      lines.push_back(fmt::format("{:<{}}{}", head, kLevelWidth, part));
      head = "";
    }
  };
  add(ToString(line.level), line.what);
  if (!line.remedy.empty()) add("", "→ " + line.remedy);
}

std::string CountText(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string ClosingLine(const DoctorReport& report) {
  if (report.exit_code == kExitInterrupted) return "Interrupted: not everything was checked.";
  const std::size_t problems = report.CountOf(DoctorLevel::kProblem);
  const std::size_t warnings = report.CountOf(DoctorLevel::kWarning);
  if (problems == 0 && warnings == 0) return "All is well. Nothing was changed.";
  return fmt::format("{}, {}. Nothing was changed.", CountText(problems, "problem"),
                     CountText(warnings, "warning"));
}

}  // namespace

Lines DoctorTextLines(const DoctorReport& report) {
  Lines lines = TitleLines("CHECKS");
  for (const DoctorLine& line : report.lines) AddLine(lines, line);
  lines.push_back(Rule());
  lines.push_back(ClosingLine(report));
  return lines;
}

std::string DoctorText(const DoctorReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : DoctorTextLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

}  // namespace reembed
