#include "src/resilience/with_checks.h"

#include <fmt/format.h>

#include <utility>

#include "reembed/core/vectors.h"
#include "src/resilience/surroundings.h"

namespace reembed {
namespace {

bool Normalizes(NormalizeRule rule, const ProviderProperties& properties) {
  if (rule == NormalizeRule::kAuto) return !properties.unit_vectors;
  return rule == NormalizeRule::kAlways;
}

Error Unusable(const ProviderProperties& properties, Error error) {
  error.message = fmt::format("{}: unusable answer: {}", LabelOf(properties), error.message);
  return error;
}

}  // namespace

WithChecks::WithChecks(Provider& inner, NormalizeRule rule)
    : inner_(inner),
      normalizes_(Normalizes(rule, inner.properties())),
      length_(inner.properties().dimensions) {}

Result<EmbedReply> WithChecks::Embed(const EmbedRequest& request, const StopTokens& stop) {
  Result<EmbedReply> reply = inner_.Embed(request, stop);
  if (!reply.ok()) return reply;
  if (const Status status = Check(request.texts.size(), reply->vectors); !status.ok()) {
    return Unusable(properties(), status.error());
  }
  if (normalizes_) {
    for (Embedding& vector : reply->vectors) Normalize(vector);
  }
  return reply;
}

Status WithChecks::Check(std::size_t texts, const std::vector<Embedding>& vectors) {
  if (vectors.size() != texts) {
    return Error{.kind = ErrorKind::kTransient,
                 .message = fmt::format("{} vectors for {} texts", vectors.size(), texts)};
  }
  if (vectors.empty()) return {};
  const std::size_t known = length_;
  const std::size_t expected = known != 0 ? known : vectors.front().size();
  for (const Embedding& vector : vectors) {
    if (vector.empty()) return Error{.message = "a vector without components"};
    if (Status status = CheckVector(vector, expected); !status.ok()) return status;
  }
  return Adopt(expected);
}

Status WithChecks::Adopt(std::size_t length) {
  std::size_t known = 0;
  if (length_.compare_exchange_strong(known, length) || known == length) return {};
  // Another worker's answer has set the length since the check began.
  return Error{.kind = ErrorKind::kWrongLength,
               .message = fmt::format("{} components instead of {}", length, known),
               .limit = known,
               .actual = length};
}

}  // namespace reembed
