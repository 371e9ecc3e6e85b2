#include "recompute.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "reembed/core/sample_bound.h"

namespace reembed {
namespace {

using VectorsByText = std::unordered_map<TextHash, SharedEmbedding, TextHashHasher>;

void Compare(const SampledText& document, std::span<const float> computed,
             RecomputeSample& sample) {
  const double cosine = Cosine(document.vector, computed);
  sample.min_cosine = std::min(sample.min_cosine.value_or(cosine), cosine);
  // The mean is kept as a sum until all are there.
  sample.mean_cosine = sample.mean_cosine.value_or(0) + cosine;
  ++sample.compared;
  if (cosine >= kSameCosine) return;
  ++sample.differing;
  if (sample.differences.size() < kMaxDifferencesListed) {
    sample.differences.push_back({document.id, cosine});
  }
}

double Bound(const RecomputeSample& sample) {
  if (sample.compared == 0 || sample.compared < sample.population) {
    return UpperBound(sample.compared, sample.differing, kConfidence);
  }
  // Nothing is left to be estimated.
  return static_cast<double>(sample.differing) / static_cast<double>(sample.compared);
}

void CompareAll(const std::vector<SampledText>& documents, const VectorsByText& computed,
                RecomputeSample& sample) {
  for (const SampledText& document : documents) {
    const auto found = computed.find(document.hash);
    if (found == computed.end()) {
      ++sample.not_compared;
    } else {
      Compare(document, *found->second, sample);
    }
  }
  if (sample.mean_cosine) *sample.mean_cosine /= static_cast<double>(sample.compared);
  sample.at_most = Bound(sample);
}

}  // namespace

double Cosine(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return 0;
  double product = 0;
  double length_a = 0;
  double length_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    product += x * y;
    length_a += x * x;
    length_b += y * y;
  }
  if (length_a == 0 || length_b == 0) return 0;
  return product / (std::sqrt(length_a) * std::sqrt(length_b));
}

std::vector<Batch> BatchesOf(const std::vector<SampledText>& documents, const BatchLimits& limits,
                             const TokenEstimate& estimate) {
  std::vector<Batch> batches;
  std::unordered_set<TextHash, TextHashHasher> seen;
  Batcher batcher(limits, limits);
  for (const SampledText& document : documents) {
    if (!seen.insert(document.hash).second) continue;
    auto batch = batcher.Add({document.hash, document.text}, estimate);
    if (batch) batches.push_back(std::move(*batch));
  }
  if (auto rest = batcher.Flush()) batches.push_back(std::move(*rest));
  return batches;
}

Status Recompute(Embedder& embedder, const CollectionConfig& config,
                 const std::vector<SampledText>& documents, const std::vector<Batch>& batches,
                 RecomputeSample& sample, const StopTokens& stop) {
  const EmbedRules rules{.task_type = config.task_type, .on_long_text = config.on_long_text};
  VectorsByText computed;
  const VectorSink keep = [&](std::span<const EmbeddedText> texts) -> Status {
    for (const EmbeddedText& text : texts) computed[text.hash] = text.vector;
    return {};
  };
  Status status;
  for (const Batch& batch : batches) {
    sample.texts += batch.texts.size();
    const auto failures = embedder.Embed(batch, rules, keep, stop);
    if (failures.ok()) continue;
    status = failures.error();
    break;
  }
  CompareAll(documents, computed, sample);
  return status;
}

}  // namespace reembed
