// Spelling of vectors and strings in answers, by hand: a batch of 250 vectors of 1536 components
// is written in a few milliseconds, so that the sandbox is never what a benchmark measures.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace reembed::sandbox {

/// Appends standard base64, with padding, of the components as little-endian float32. NaN keeps
/// its bits.
void AppendBase64(std::span<const float> vector, std::string& out);

/// Appends a JSON array; each number is the shortest that reads back as the same float32. A
/// component that is not finite is written as `null`, as JSON libraries do.
void AppendJsonArray(std::span<const float> vector, std::string& out);

/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

/// A duration as Go prints it, which is how OpenAI's headers spell one: `0s`, `120ms`,
/// `1m30.951s`. Rounded up to milliseconds.
std::string GoDuration(std::chrono::nanoseconds duration);

}  // namespace reembed::sandbox
