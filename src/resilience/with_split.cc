#include "src/resilience/with_split.h"

#include "src/resilience/split_job.h"

namespace reembed {

Result<std::vector<TextOutcome>> WithSplit::Embed(const Batch& batch, const EmbedRules& rules,
                                                  const StopTokens& stop) {
  return SplitJob(context_, batch, rules, stop).Run();
}

}  // namespace reembed
