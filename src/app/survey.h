#pragma once

#include <cstdint>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/plan.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/store.h"

namespace reembed {

/// How a collection is surveyed. References outlive the survey.
struct SurveyRules {
  const CollectionPlan& plan;
  const ProviderProperties& provider;
  BatchLimits limits;
  JournalView* view = nullptr;  ///< null: nothing is known, every text is to be embedded
  bool known_target = true;     ///< false: the view has no rows, only texts that were paid for
};

/// Every document is in one of these: up to date, paid, to embed, or without usable text.
struct SurveyFindings {
  Survey survey;
  std::uint64_t up_to_date = 0;
  std::uint64_t paid = 0;      ///< the vector of their text is in the journal
  std::uint64_t to_embed = 0;  ///< documents; `survey.texts` of their texts are different
};

/// Reads what the plan's strategy concerns and counts what a run would meet: once what is under the
/// filter; where others count too (Scope::kAll), the whole collection after that, and what both
/// readings show is subtracted. Of the others those count that hold a vector, or must. The
/// embedding field is read only where something depends on it, whole documents only to compare them
/// with copies. Reads only; keeps a hash per different text to be embedded and a few documents.
/// Errors: those of the scan and of the journal; kTransient when a document is no JSON object.
Result<SurveyFindings> TakeSurvey(StoreReader& reader, const SurveyRules& rules,
                                  const StopTokens& stop);

}  // namespace reembed
