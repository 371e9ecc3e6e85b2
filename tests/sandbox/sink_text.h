// Reading of requests in as few steps as they need.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/sandbox/sink_data.h"

namespace reembed::sandbox {

/// Percent-decoded value of a query parameter; absent when it is not there.
std::optional<std::string> QueryValue(std::string_view query, std::string_view name);
/// From `include_fields`; absent: all.
SinkFields FieldsIn(const std::optional<std::string>& include);
/// A number as text; `otherwise` when it is none.
std::size_t NumberOr(std::string_view text, std::size_t otherwise);

/// The rest of `json` behind the quote that ends the string which begins it. The string itself, as
/// it is escaped, goes to `text`. Empty when it does not end.
std::string_view SkipString(std::string_view json, std::string_view& text);
/// The rest of `json` behind `"name":` and spaces; empty when that is not there.
std::string_view After(std::string_view json, std::string_view name);

/// True when `json` is an array of these numbers, as float32 within a millionth.
bool HoldsVector(std::string_view json, std::span<const float> vector);

}  // namespace reembed::sandbox
