#pragma once

#include <string_view>

#include "reembed/core/document.h"

namespace reembed {

/// Reads a JSON array of numbers, eight digits at a time: each as a double, cast to float.
/// `array`: its text from bracket to bracket.
/// False when it is anything else, or a number is too large for float32: a whole parser has the
/// last word. Then `out`, to which the numbers are appended, holds a part. Pure.
bool ReadNumberArray(std::string_view array, Embedding& out);
/// `is_shortest`: whether each number means the same as AppendShortest of its float32
/// (src/core/shortest_text.h).
bool ReadNumberArray(std::string_view array, Embedding& out, bool& is_shortest);

}  // namespace reembed
