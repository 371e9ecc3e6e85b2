#include "field_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reembed/core/recovery.h"
#include "stopwatch.h"

namespace reembed {
namespace {

// Measured on Typesense 29: a drop validates every document, the window after it writes and
// indexes them.
constexpr double kWindowPerDrop = 3.6;

bool IsOpen(const Cutover& cutover) {
  return cutover.step == CutoverStep::kWriting || cutover.step == CutoverStep::kAdding;
}

std::string_view CommandFor(CutoverKind kind) {
  return kind == CutoverKind::kRebuildBack ? "`reembed rollback`"
                                           : "`reembed`, or `reembed rollback` to go back";
}

}  // namespace

FieldWindow::FieldWindow(const CutoverTools& tools, Cutover& cutover, bool nested,
                         const StopTokens& stop)
    : tools_(tools),
      cutover_(cutover),
      nested_(nested),
      stop_{.drain = {}, .abort = stop.abort},
      editor_(tools.strategy.writer.MakeSchemaEditor()),
      recovery_file_(tools.recovery.Find(cutover.to.name)) {}

Status FieldWindow::KeepRecovery() {
  auto file = tools_.recovery.Write(cutover_.to.name, RecoveryFileText(cutover_, nested_));
  if (!file.ok()) return file.error();
  recovery_file_ = *std::move(file);
  Log& log = tools_.strategy.log;
  log.Warning(fmt::format(
      "{}: field `{}` of {} is dropped now; how to bring it back by hand is in {}:", cutover_.name,
      cutover_.field, cutover_.to.name, recovery_file_));
  for (const std::string& line : RecoveryLogLines(cutover_, nested_)) log.Warning(line);
  return {};
}

void FieldWindow::Announce(double drop_seconds) const {
  const double seconds = kWindowPerDrop * drop_seconds;
  const std::string length =
      seconds < 10 ? fmt::format("{:.1f}", seconds) : fmt::format("{:.0f}", seconds);
  tools_.strategy.log.Warning(fmt::format(
      "{}: vector search on {} is away from now on, for about {} s (the drop took {:.2f} "
      "s); other searches go on",
      cutover_.name, cutover_.to.name, length, drop_seconds));
}

Status FieldWindow::Open() {
  if (IsOpen(cutover_)) return {};
  // The journal first, then the file and the log, then the drop.
  if (auto saved = SaveStep(tools_, cutover_, CutoverStep::kDropping); !saved.ok()) return saved;
  if (auto kept = KeepRecovery(); !kept.ok()) return kept;
  dropping_ = true;
  const SteadyTime started = tools_.strategy.clock.Now();
  {
    const Stopwatch watch(tools_.strategy.clock, tools_.strategy.log, cutover_.name, "drop");
    Status dropped = editor_->DropField(cutover_.to.name, cutover_.field, stop_);
    if (!dropped.ok()) return dropped;
  }
  Announce(SecondsBetween(started, tools_.strategy.clock.Now()));
  return SaveStep(tools_, cutover_, CutoverStep::kWriting);
}

Result<AlterResult> FieldWindow::Close() {
  if (auto saved = SaveStep(tools_, cutover_, CutoverStep::kAdding); !saved.ok()) {
    return saved.error();
  }
  const WaitNotice notice(tools_.strategy.activity, "the server indexes the new vectors");
  const Stopwatch watch(tools_.strategy.clock, tools_.strategy.log, cutover_.name, "add");
  return editor_->AddField(cutover_.to.name, cutover_.new_definition, stop_);
}

Status FieldWindow::End(CutoverStep step) {
  if (auto saved = SaveStep(tools_, cutover_, step); !saved.ok()) return saved;
  return tools_.recovery.Remove(cutover_.to.name);
}

Error FieldWindow::Explain(Error error) const {
  // A drop whose answer was lost may have happened.
  if (!dropping_ && !IsOpen(cutover_)) return error;
  const std::string what = error.kind == ErrorKind::kInterrupted ? "interrupted" : error.message;
  error.message = fmt::format(
      "{}. Field `{}` of {} {} away and vector search with it, until you run {}; by hand, see {}",
      what, cutover_.field, cutover_.to.name, IsOpen(cutover_) ? "is" : "may be",
      CommandFor(cutover_.kind), recovery_file_);
  return error;
}

}  // namespace reembed
