#include "reembed/core/status_report.h"

#include <fmt/format.h>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::string_view kRerun = "a rerun ";

void Add(std::string& text, std::string_view part) {
  if (text != kRerun) text += ", ";
  text += part;
}

std::string WhenNothingIsPending(StatusOfRun state) {
  switch (state) {
    case StatusOfRun::kOpen:
      // Its pass over the collection did not end, or its catch-up did not.
      return "a rerun reads the collection again and does what it finds";
    case StatusOfRun::kRolledBack:
      return "a rerun begins a new run";
    case StatusOfRun::kEnded:
      break;
  }
  return "nothing is left to do as far as the journal knows; `verify` looks at the store";
}

std::string GoesOnWith(const StatusTarget& target) {
  const Cutover& cutover = *target.cutover;
  if (cutover.kind == CutoverKind::kRebuild) return "goes on with the rebuild that was cut off";
  return fmt::format("goes on with the switch from {} to {} that was cut off", cutover.from.name,
                     cutover.to.name);
}

// The rows of a collection that is copied from are of earlier runs.
bool IsCopiedFrom(const StatusTarget& target) {
  return target.cutover && target.cutover->kind == CutoverKind::kAlias &&
         CollectionId{target.collection, target.created_at} == target.cutover->from;
}

}  // namespace

Prunable PrunableOf(const StatusReport& report) {
  Prunable found;
  for (const StatusTarget& target : report.targets) {
    for (const StatusRun& run : target.runs) {
      if (!run.ended || run.pruned) continue;
      ++found.runs;
      found.backups += run.backups;
    }
  }
  return found;
}

std::string RerunText(const StatusTarget& target) {
  if (target.to_restore > 0) {
    return fmt::format(
        "a rollback was cut off with {} documents to go: run `reembed rollback` again to finish it",
        WithThousands(target.to_restore));
  }
  if (target.cutover && LeadsBack(*target.cutover)) {
    return "a rollback was cut off: run `reembed rollback` again to finish it";
  }
  std::string text(kRerun);
  if (target.cutover) Add(text, GoesOnWith(target));
  if (IsCopiedFrom(target)) return text;
  if (target.left_behind) {
    return "a rerun leaves it alone: an alias switch has led to another collection";
  }
  const auto count = [](std::uint64_t number) { return WithThousands(number); };
  if (target.embedded == 1) Add(text, "writes 1 vector that is paid for");
  if (target.embedded > 1) {
    Add(text, fmt::format("writes {} vectors that are paid for", count(target.embedded)));
  }
  if (target.pending > 0) Add(text, fmt::format("embeds up to {}", count(target.pending)));
  if (target.failed > 0) Add(text, fmt::format("retries {} that failed", count(target.failed)));
  if (text != kRerun) return text;
  return WhenNothingIsPending(target.runs.empty() ? StatusOfRun::kEnded
                                                  : target.runs.front().state);
}

}  // namespace reembed
