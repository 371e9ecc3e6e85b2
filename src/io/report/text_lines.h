#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/ports/reporter.h"

namespace reembed {

/// The layout of the text report as pure functions: values in, lines out. Lines end without a
/// newline and still hold server text as it came; TextReporter cleans them.
using Lines = std::vector<std::string>;

/// How many failures and truncated ids a block shows; the report file lists more.
inline constexpr std::size_t kMaxShown = 20;

/// A title between two rules; a rule alone.
Lines TitleLines(std::string_view title);
std::string Rule();

/// `family / model / 768 dimensions`, or that the length is still to be learned.
std::string ModelText(std::string_view family, std::string_view model,
                      std::optional<int> dimensions);

/// The banner of a run.
Lines BannerLines(const RunHeader& header);

/// The block of one collection: before the work (`advice` stands beside the task type) and after.
Lines StartLines(const CollectionPlan& plan, std::string_view advice);
Lines FinishLines(const CollectionReport& report);
/// Between the two: `  Estimated: …`.
std::string ForetoldLine(const Forecast& forecast);

/// `RETRIEVAL_QUERY (set … if …)`.
std::string TaskTypeText(std::string_view task_type, std::string_view advice);

/// One collection under `--dry-run`; blockers begin with `!`.
Lines PlanLines(const PlannedCollection& planned, std::string_view advice);

/// What a collection came to, in one line.
std::string OutcomeLine(const CollectionReport& report);

/// The summary between its rules, and what the user should do next.
Lines SummaryLines(const RunReport& report);

/// `text` in lines of at most `width` columns (bytes), broken at blanks; a longer word stays whole.
Lines Wrapped(std::string_view text, std::size_t width);

/// How wide the reports' sentences get.
inline constexpr std::size_t kReportWidth = 100;

/// Adds a sentence in lines of at most kReportWidth columns, each behind `indent`.
void AddWrapped(Lines& lines, std::string_view indent, std::string_view text);

}  // namespace reembed
