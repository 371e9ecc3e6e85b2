#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "in_place.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"

namespace reembed {

// A collection gives a document that is created without an id the next sequence number as its id,
// without looking whether there is one (Typesense 29). A clone counts its documents from 0, so its
// counter has to get past every number that is an id already.

/// The sequence number that `id` is the text of: canonical decimal below 2^32. Pure.
std::optional<std::uint64_t> AutomaticId(std::string_view id);

/// How many numbers a collection of `documents` documents has to use up so that its next automatic
/// id lies 10,000 past `greatest`: room for what the application creates until the switch. Each
/// document has used up one at least. Pure.
std::uint64_t IdsToUseUp(std::uint64_t greatest, std::uint64_t documents);

/// The greatest automatic id of the collection, from one scan of its ids; nothing without one.
/// Errors: those of DocumentScan.
Result<std::optional<std::uint64_t>> GreatestAutomaticId(StoreReader& reader,
                                                         const std::string& collection,
                                                         const StopTokens& stop);

/// How many numbers a clone of `source` that holds `documents` of them has to use up; 0 when no id
/// is automatic. Errors: those of the scan; kRefused when there are more than 1,000,000, as each
/// takes a refused request line: says what to set.
Result<std::uint64_t> CountIdsToUseUp(StoreReader& reader, const std::string& source,
                                      std::uint64_t documents, const StopTokens& stop);

/// Moves the clone's counter past the automatic ids of `source`. May be repeated. Errors: those of
/// CountIdsToUseUp, StoreReader and DocumentCopier.
Status MoveIdCounter(const StrategyTools& tools, const std::string& source,
                     const std::string& clone, const StopTokens& stop);

}  // namespace reembed
