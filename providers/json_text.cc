#include "providers/json_text.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

constexpr std::uint64_t Eight(unsigned char byte) {
  return byte * std::uint64_t{0x0101'0101'0101'0101};
}

// The high bit of each byte of `word` that is below `limit` (at most 0x80). Borrows may set it in
// bytes above one that is; the lowest is always right.
std::uint64_t Below(std::uint64_t word, unsigned char limit) {
  return (word - Eight(limit)) & ~word & Eight(0x80);
}

// The same for bytes that need an escape: control characters, quotes, backslashes.
std::uint64_t EscapesIn(std::uint64_t word) {
  return Below(word, 0x20) | Below(word ^ Eight('"'), 1) | Below(word ^ Eight('\\'), 1);
}

bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// The first character from `at` on that needs an escape, eight at a time; the end without one.
std::size_t NextEscape(std::string_view text, std::size_t at) {
  for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t escapes = EscapesIn(word);
    if (escapes != 0) return at + static_cast<std::size_t>(std::countr_zero(escapes)) / 8;
  }
  while (at < text.size() && !NeedsEscape(text[at])) ++at;
  return at;
}

void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else {
    const auto code = static_cast<unsigned char>(c);
    out += "\\u00";
    out += {kHex[code >> 4U], kHex[code & 0xFU]};
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t run = 0;;) {  // start of what needs no escape and is appended in one piece
    const std::size_t end = NextEscape(text, run);
    out += text.substr(run, end - run);
    if (end == text.size()) break;
    AppendEscaped(out, text[end]);
    run = end + 1;
  }
  out += '"';
}

std::size_t BodySizeHint(std::span<const std::string> texts, std::size_t overhead) {
  std::size_t bytes = 256;
  for (const std::string& text : texts) bytes += text.size() + text.size() / 32 + overhead;
  return bytes;
}

}  // namespace reembed
