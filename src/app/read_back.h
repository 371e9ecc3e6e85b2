#pragma once

#include <cstdint>
#include <string>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/document.h"
#include "reembed/ports/store.h"

namespace reembed {

/// What a document that was just written turned out to hold.
enum class ReadBack : std::uint8_t { kHeld, kGone, kDiffers };

/// Reads a vector back (empty: none is to be there). A follower may answer a read before it has
/// applied the write that its leader acknowledged, so a difference counts after 10 looks within 12
/// seconds. Errors: those of the reader; kInterrupted after an abort.
Result<ReadBack> ReadVectorBack(StoreReader& reader, Clock& clock, const std::string& collection,
                                const std::string& field, const std::string& id,
                                const Embedding& expected, const StopTokens& stop);

}  // namespace reembed
