#pragma once

#include <string>
#include <utility>
#include <vector>

#include "in_place.h"
#include "reembed/core/cutover.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/recovery_files.h"

namespace reembed {

/// What strategies of several steps need beside. All references outlive the run.
struct CutoverTools {
  const StrategyTools& strategy;
  JournalStore& journals;
  RecoveryFiles& recovery;
  std::vector<std::string> nodes;  ///< of the cluster, as in RunSpec
};

/// Saves that the cutover has come to `step`, before anything of that step is done.
inline Status SaveStep(const CutoverTools& tools, Cutover& cutover, CutoverStep step) {
  cutover.step = step;
  cutover.changed = tools.strategy.clock.Wall();
  return tools.journals.SaveCutover(cutover);
}

}  // namespace reembed
