#include "rollback_closing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"

namespace reembed {
namespace {

bool IsAlias(const CollectionRollback& result) {
  return result.strategy == StrategyChoice::kAlias;
}

// What finishes what this call began.
std::string Again(const RollbackReport& report) {
  return fmt::format("`reembed rollback{}` again",
                     report.run.empty() ? "" : " --run " + report.run);
}

bool AnyKeepsNew(const RollbackReport& report) {
  const auto& all = report.collections;
  return std::any_of(all.begin(), all.end(), [](const CollectionRollback& result) {
    return !IsAlias(result) && result.counts.left + result.counts.failed > 0;
  });
}

std::string AdviceFor(const RollbackReport& report) {
  switch (report.exit_code) {
    case kExitPartial:
      if (!AnyKeepsNew(report)) return "";
      return "The documents listed above do not hold their old vectors: see to the reasons.";
    case kExitInterrupted:
      return fmt::format("Run {} to finish.", Again(report));
    case kExitTemporary:
      return fmt::format("The cause is temporary: run {} later.", Again(report));
    case kExitRefused:
      return "Not everything could be rolled back; the reasons stand above.";
    default:
      return "";
  }
}

// Its runs count as rolled back from now on.
bool RunsEnded(const CollectionRollback& result) {
  return result.status == RollbackStatus::kRestored ||
         (result.status == RollbackStatus::kPartial && result.counts.failed == 0);
}

// Some of them; after an alias all.
bool HoldsOldVectors(const CollectionRollback& result) {
  return result.counts.restored > 0 || (RunsEnded(result) && result.ChangesStore());
}

bool AnyNotCarried(const RollbackReport& report) {
  const auto& all = report.collections;
  return std::any_of(all.begin(), all.end(), [](const CollectionRollback& result) {
    return IsAlias(result) && result.counts.left > 0;
  });
}

bool AnyFailed(const RollbackReport& report) {
  const auto& all = report.collections;
  return std::any_of(all.begin(), all.end(),
                     [](const CollectionRollback& result) { return result.counts.failed > 0; });
}

// What a rollback came to that gave nothing back.
std::string_view NothingText(const RollbackReport& report) {
  const auto& all = report.collections;
  if (!AnyFailed(report) && std::any_of(all.begin(), all.end(), RunsEnded)) {
    return "There was nothing to restore, and no document was changed. The runs above count as "
           "rolled back now: the next `reembed rollback` goes on with the run before.";
  }
  return report.exit_code == kExitDone ? "There was nothing to restore. Nothing was changed." : "";
}

std::string FailedAdvice(const RollbackReport& report) {
  if (!AnyFailed(report)) return "";
  return fmt::format(
      "A run of which documents failed can still be rolled back: run {}, which tries just those, "
      "or go back further with `--run` and the id of an older run.",
      Again(report));
}

}  // namespace

Lines RollbackClosing(const RollbackReport& report) {
  Lines lines;
  if (report.exit_code == kExitUsage) return Wrapped(report.message, kReportWidth);
  if (!report.message.empty() && report.exit_code != kExitInterrupted) {
    AddWrapped(lines, "", "Ended early: " + report.message);
  }
  std::vector<std::string> restored;
  for (const CollectionRollback& result : report.collections) {
    if (HoldsOldVectors(result)) restored.push_back(result.name);
  }
  if (report.dry_run) {
    AddWrapped(lines, "",
               report.ChangesStore() ? "Nothing was changed."
                                     : "There is nothing to restore. Nothing was changed.");
    return lines;
  }
  if (!restored.empty()) {
    AddWrapped(lines, "",
               fmt::format("Old vectors are back in: {}. The application must use the model that "
                           "they are from. `reembed run` would write the new ones again without "
                           "paying for them.",
                           fmt::join(restored, ", ")));
  } else {
    AddWrapped(lines, "", NothingText(report));
  }
  AddWrapped(lines, "", FailedAdvice(report));
  if (AnyNotCarried(report)) {
    AddWrapped(lines, "",
               "Documents that were not carried over differ between the old collection and the "
               "copy: compare them before `reembed retire` deletes the copy.");
  }
  AddWrapped(lines, "", AdviceFor(report));
  return lines;
}

}  // namespace reembed
