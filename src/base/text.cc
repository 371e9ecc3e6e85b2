#include "reembed/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <vector>

namespace reembed {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

unsigned char ByteAt(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

std::size_t LengthFromLead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

Character Decode(std::string_view text, std::size_t at) {
  constexpr std::array<std::uint32_t, 5> kLeadMask = {0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const std::size_t length = LengthFromLead(ByteAt(text, at));
  if (length == 0 || at + length > text.size()) return {ByteAt(text, at), 1, false};
  std::uint32_t code = ByteAt(text, at) & kLeadMask[length];
  for (std::size_t i = 1; i < length; ++i) {
    if ((ByteAt(text, at + i) & 0xC0U) != 0x80U) return {ByteAt(text, at), 1, false};
    code = (code << 6U) | (ByteAt(text, at + i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {ByteAt(text, at), 1, false};
  return {code, length, true};
}

// How many characters are ASCII before any other; those within the last seven may be left out.
std::size_t AsciiPrefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  return at;
}

bool IsControl(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x200E && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

bool IsSpace(std::uint32_t code) {
  return code == 0x20 || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

std::string Escaped(const Character& c) {
  if (c.code == '\n') return "\\n";
  if (c.code == '\r') return "\\r";
  if (c.code == '\t') return "\\t";
  return c.code < 0x100 ? fmt::format("\\x{:02x}", c.code) : fmt::format("\\u{:04x}", c.code);
}

}  // namespace

std::string_view Utf8Prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (ByteAt(text, end) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

bool IsUtf8(std::string_view text) {
  for (std::size_t at = AsciiPrefix(text); at < text.size();) {
    const Character c = Decode(text, at);
    if (!c.valid) return false;
    at += c.bytes;
  }
  return true;
}

std::string_view Trimmed(std::string_view text, std::string_view blanks) {
  const auto first = std::min(text.find_first_not_of(blanks), text.size());
  return TrimmedEnd(text.substr(first), blanks);
}

std::string_view TrimmedEnd(std::string_view text, std::string_view blanks) {
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool IsBlank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = Decode(text, at);
    if (!c.valid || !IsSpace(c.code)) return false;
    at += c.bytes;
  }
  return true;
}

std::string EscapeControl(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character c = Decode(text, at);
    if (!c.valid || IsControl(c.code)) {
      out += Escaped(c);
    } else {
      out += text.substr(at, c.bytes);
    }
    at += c.bytes;
  }
  return out;
}

std::string ServerText(std::string_view text, const Redactor& redact, std::size_t max_bytes) {
  // Twice: what an escape ends with may make a secret of the text behind it.
  std::string clean = redact(EscapeControl(redact(text)));
  if (clean.size() <= max_bytes) return clean;
  return std::string(Utf8Prefix(clean, max_bytes)) + "…";
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kUnreserved.find(text[i]) != std::string_view::npos) {
      out += text[i];
    } else {
      out += fmt::format("%{:02X}", ByteAt(text, i));
    }
  }
  return out;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string WithThousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

}  // namespace reembed
