#pragma once

#include <cstddef>
#include <string_view>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// What the answer to one short text shows.
struct ProbeAnswer {
  int dimensions = 0;
  double seconds = 0;  ///< that the request took
  QuotaNotice quota;
};

/// Embeds one short text to prove key, model and true vector length. Asked again only when the
/// provider has learned that the server lacks an option.
/// Errors: those of the provider; kTransient and kWrongLength when the answer is not one vector, or
/// not one of `dimensions` components (0: any length).
Result<ProbeAnswer> Probe(Provider& provider, std::string_view task_type, Millis timeout,
                          std::size_t dimensions, const Clock& clock, const StopTokens& stop);

/// Of that the length alone.
Result<int> ProbeVectorLength(Provider& provider, std::string_view task_type, Millis timeout,
                              std::size_t dimensions, const StopTokens& stop);

}  // namespace reembed
