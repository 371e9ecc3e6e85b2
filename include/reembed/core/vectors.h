#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/core/document.h"

namespace reembed {

/// Divides by the Euclidean length (summed in double, rounded once per component). A zero vector
/// stays.
void Normalize(Embedding& vector);

/// kTransient when a component is not finite or all are zero; kWrongLength (with `limit` asked and
/// `actual` found) when the length differs from `dimensions`; `dimensions` 0 accepts any length.
Status CheckVector(std::span<const float> vector, std::size_t dimensions);

/// Appends `[0.25,-1,1e-07]`: each component in the shortest form that reads back, as a double cast
/// to float, as the same float32. Components must be finite.
void AppendVectorJson(std::string& out, std::span<const float> vector);

/// Reads `[0.25, -1, 1e-07]`, each number as a double, cast to float. False for anything else, and
/// for some odd spellings and sizes: a whole parser has the last word.
bool ParseVectorJson(std::string_view array, Embedding& out);

/// Standard base64 of little-endian float32. False when the text is not that.
bool DecodeBase64Floats(std::string_view text, Embedding& out);

}  // namespace reembed
