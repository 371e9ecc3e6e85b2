#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace reembed {

/// Appends `text` as a JSON string with its quotes. `text` is valid UTF-8 and is copied as it is;
/// only quotes, backslashes and control characters are escaped. Request bodies are built with this
/// alone, because a document model of some megabytes of text would cost more than the request.
void AppendJsonString(std::string& out, std::string_view text);

/// A guess of the bytes that `texts` take in a body, so that it is allocated once: each text with
/// `overhead` bytes around it and a little room for escapes.
std::size_t BodySizeHint(std::span<const std::string> texts, std::size_t overhead);

}  // namespace reembed
