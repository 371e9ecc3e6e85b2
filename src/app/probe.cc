#include "probe.h"

#include <string>
#include <vector>

#include "reembed/core/vectors.h"

namespace reembed {
namespace {

// More than any server can lack.
constexpr int kMostAdaptations = 16;

}  // namespace

Result<ProbeAnswer> Probe(Provider& provider, std::string_view task_type, Millis timeout,
                          std::size_t dimensions, const Clock& clock, const StopTokens& stop) {
  const std::vector<std::string> texts = {"reembed"};
  const EmbedRequest request{texts, task_type, timeout};
  SteadyTime started = clock.Now();
  auto reply = provider.Embed(request, stop);
  // Nothing is billed for these.
  for (int adapted = 1;
       !reply.ok() && reply.error().kind == ErrorKind::kAdapted && adapted < kMostAdaptations;
       ++adapted) {
    started = clock.Now();
    reply = provider.Embed(request, stop);
  }
  const double seconds = SecondsBetween(started, clock.Now());
  if (!reply.ok()) return reply.error();
  if (reply->vectors.size() != 1) {
    return Error{.message = "the provider answered no vector, or several, for one text"};
  }
  const Embedding& vector = reply->vectors.front();
  if (const auto checked = CheckVector(vector, dimensions); !checked.ok()) return checked.error();
  return ProbeAnswer{static_cast<int>(vector.size()), seconds, reply->quota};
}

Result<int> ProbeVectorLength(Provider& provider, std::string_view task_type, Millis timeout,
                              std::size_t dimensions, const StopTokens& stop) {
  const auto answer = Probe(provider, task_type, timeout, dimensions, SystemClock(), stop);
  if (!answer.ok()) return answer.error();
  return answer->dimensions;
}

}  // namespace reembed
