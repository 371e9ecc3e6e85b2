#include "survey.h"

#include <unordered_set>
#include <utility>

#include "batch_limits.h"
#include "reembed/core/source_text.h"

namespace reembed {
namespace {

class Surveyor {
 public:
  Surveyor(const CollectionPlan& plan, const ProviderProperties& provider, BatchLimits limits)
      : plan_(plan), provider_(provider), batcher_(limits, limits) {}

  void Visit(const Document& document) {
    ++survey_.documents;
    auto text = ComposeSourceText(plan_.config.text, document.json);
    if (!text.ok()) {
      ++survey_.unusable;
    } else if (text->empty()) {
      ++survey_.empty;
    } else {
      VisitText(plan_.config.prefix + *text);
    }
  }

  Survey Finish() {
    if (batcher_.Flush()) ++survey_.requests;
    return survey_;
  }

 private:
  void VisitText(std::string text) {
    const TextHash hash = HashText(text);
    if (!seen_.insert(hash).second) {
      ++survey_.identical;
      return;
    }
    ++survey_.texts;
    const std::uint64_t tokens = estimate_.TokensIn(text);
    survey_.tokens += tokens;
    if (provider_.max_text_tokens != 0 && tokens > provider_.max_text_tokens) ++survey_.over_long;
    if (batcher_.Add({hash, std::move(text)}, estimate_)) ++survey_.requests;
  }

  const CollectionPlan& plan_;
  const ProviderProperties& provider_;
  const TokenEstimate estimate_;
  Batcher batcher_;
  std::unordered_set<TextHash, TextHashHasher> seen_;
  Survey survey_;
};

}  // namespace

Result<Survey> TakeSurvey(StoreReader& reader, const CollectionPlan& plan,
                          const ProviderProperties& provider, BatchLimits limits,
                          const StopTokens& stop) {
  Surveyor surveyor(plan, provider, limits);
  const auto scan = reader.MakeScan(
      {plan.collection, plan.config.text.fields, plan.config.filter_by, /*is_known=*/{}});
  const Status read = scan->Run([&](const Document& document) { surveyor.Visit(document); }, stop);
  if (!read.ok()) return read.error();
  return surveyor.Finish();
}

}  // namespace reembed
