#include "reembed/core/strategy.h"

namespace reembed {

StrategyTraits TraitsOf(StrategyChoice strategy) {
  switch (strategy) {
    case StrategyChoice::kRebuild:
      return {Scope::kAll, Fingerprint::kSourceText, MissingVector::kStopFirst};
    case StrategyChoice::kAlias:
      return {Scope::kAll, Fingerprint::kWholeDocument, MissingVector::kStopFirst};
    case StrategyChoice::kAuto:
    case StrategyChoice::kInPlace:
      break;
  }
  return {Scope::kFiltered, Fingerprint::kSourceText, MissingVector::kKeepOld};
}

}  // namespace reembed
