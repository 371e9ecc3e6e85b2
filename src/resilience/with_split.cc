#include "src/resilience/with_split.h"

#include "src/resilience/split_job.h"

namespace reembed {

Result<std::vector<TextFailure>> WithSplit::Embed(const Batch& batch, const EmbedRules& rules,
                                                  const VectorSink& sink, const StopTokens& stop) {
  return SplitJob(context_, batch, rules, sink, stop).Run();
}

}  // namespace reembed
