#pragma once

#include "reembed/base/stop.h"
#include "src/session.h"

namespace reembed {

/// What a verb may ask for beside the session.
struct VerbContext {
  Session& session;
  const ProviderRegistry& registry;
  const ModelFacts* model;  ///< null: not in the catalogue
  StopTokens stop;
  std::ostream& err;  ///< for questions
};

/// Each shows its result and returns the exit code. An error is one that kept it from having a
/// result; the caller shows it.
Result<int> RunVerb(const VerbContext& context);  ///< `run`, also `--dry-run`
Result<int> StatusVerb(const VerbContext& context);
Result<int> VerifyVerb(const VerbContext& context);
Result<int> RollbackVerb(const VerbContext& context);
Result<int> RetireVerb(const VerbContext& context);
Result<int> DoctorVerb(const VerbContext& context);

}  // namespace reembed
