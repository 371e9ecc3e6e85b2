#pragma once

#include <span>
#include <string>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// `vec:([0.5,-1,0.0000001], k:10)`. Numbers without exponents: the server's check of this text
/// knows digits and one point only (StringUtils::is_float), and it cannot read what is smaller than
/// the smallest normal float32; such a number is written as 0.
std::string VectorQueryText(std::string_view field, std::span<const float> vector,
                            std::size_t count);

/// The ids nearest to a vector, by one POST /multi_search. A page has 250 at most.
/// Errors: kNotFound (collection), kRefused (unknown field, no vector field, without index, wrong
/// length, filter, more than a page), kOutage, kInterrupted. While a new index fills, the server
/// answers with few ids and no error.
Result<std::vector<std::string>> SearchNearest(const ReadClient& client, const NearestQuery& query,
                                               const StopTokens& stop);

}  // namespace reembed
