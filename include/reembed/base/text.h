#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "reembed/base/secret.h"

namespace reembed {

/// The longest prefix of `text` with at most `max_bytes` bytes that does not cut a UTF-8 character.
std::string_view Utf8Prefix(std::string_view text, std::size_t max_bytes);

/// True when `text` is valid UTF-8 (no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

/// The blanks that JSON and HTTP know, and all of ASCII's.
inline constexpr std::string_view kJsonBlanks = " \t\r\n";
inline constexpr std::string_view kAsciiBlanks = " \t\r\n\v\f";

/// `text` without blanks at both ends, and without those at the end only.
std::string_view Trimmed(std::string_view text, std::string_view blanks = kJsonBlanks);
std::string_view TrimmedEnd(std::string_view text, std::string_view blanks = kJsonBlanks);

/// Nothing but ASCII or Unicode white space.
bool IsBlank(std::string_view text);

/// Makes control characters (C0, DEL, C1, line separators, bidirectional overrides) and invalid
/// bytes visible: `\n`, `\x1b`, `\u202e`. A terminal or a log then shows what was sent and
/// obeys none of it.
std::string EscapeControl(std::string_view text);

/// Text from a server, fit to be shown: secrets removed first (so that a cut cannot leave half a
/// key), control characters escaped, at most `max_bytes` with `…` when cut.
std::string ServerText(std::string_view text, const Redactor& redact, std::size_t max_bytes = 400);

/// Everything but unreserved characters as %XX: one path segment or one query value of a URL.
std::string PercentEncode(std::string_view text);

/// Shortest edit distance, for "did you mean".
std::size_t EditDistance(std::string_view a, std::string_view b);

/// 1234567 → "1,234,567".
std::string WithThousands(std::uint64_t number);

}  // namespace reembed
