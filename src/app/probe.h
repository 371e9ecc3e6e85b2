#pragma once

#include <cstddef>
#include <string_view>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// Embeds one short text to prove key, model and vector length; returns the true length. Asked
/// again only when the provider has learned that the server lacks an option.
/// Errors: those of the provider; kTransient and kWrongLength when the answer is not one vector, or
/// not one of `dimensions` components (0: any length).
Result<int> ProbeVectorLength(Provider& provider, std::string_view task_type, Millis timeout,
                              std::size_t dimensions, const StopTokens& stop);

}  // namespace reembed
