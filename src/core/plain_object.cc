#include "reembed/core/plain_object.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace reembed {
namespace {

bool IsBlankChar(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

const char* SkipBlanks(const char* at, const char* end) {
  while (at != end && IsBlankChar(*at)) ++at;
  return at;
}

bool EndsRun(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

bool IsBracketOrQuote(char c) {
  return c == '"' || c == '[' || c == ']' || c == '{' || c == '}';
}

#if defined(__SSE2__)
// One bit for each of 16 characters for which the scalar function of the same name is true.
unsigned EndsRun16(const char* at) {
  const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quote = _mm_cmpeq_epi8(chunk, _mm_set1_epi8('"'));
  const __m128i slash = _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(chunk, _mm_set1_epi8(0x1f)), chunk);
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, slash))));
}

unsigned IsBracketOrQuote16(const char* at) {
  const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quote = _mm_cmpeq_epi8(chunk, _mm_set1_epi8('"'));
  // `[` and `{` differ in one bit, `]` and `}` in the same.
  const __m128i folded = _mm_or_si128(chunk, _mm_set1_epi8(0x20));
  const __m128i opens = _mm_cmpeq_epi8(folded, _mm_set1_epi8('{'));
  const __m128i closes = _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(quote, _mm_or_si128(opens, closes))));
}

template <typename Find16, typename Find>
const char* FindFirst(const char* at, const char* end, Find16 find16, Find find) {
  for (; end - at >= 16; at += 16) {
    if (const unsigned found = find16(at); found != 0) return at + std::countr_zero(found);
  }
  return std::find_if(at, end, find);
}

const char* FindEndOfRun(const char* at, const char* end) {
  return FindFirst(at, end, EndsRun16, EndsRun);
}
const char* FindBracketOrQuote(const char* at, const char* end) {
  return FindFirst(at, end, IsBracketOrQuote16, IsBracketOrQuote);
}
#else
const char* FindEndOfRun(const char* at, const char* end) {
  return std::find_if(at, end, EndsRun);
}
const char* FindBracketOrQuote(const char* at, const char* end) {
  return std::find_if(at, end, IsBracketOrQuote);
}
#endif

// `at`: behind the opening quote. Where the closing one stands; null when there is none.
const char* EndOfString(const char* at, const char* end) {
  for (;;) {
    at = FindEndOfRun(at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at;
    const bool escaped = *at == '\\' && end - at >= 2 && static_cast<unsigned char>(at[1]) >= 0x20;
    if (!escaped) return nullptr;
    at += 2;
  }
}

// `at`: of the bracket that opens it. Behind the one that closes it; null when there is none.
const char* EndOfNested(const char* at, const char* end) {
  std::size_t depth = 0;
  for (;;) {
    at = FindBracketOrQuote(at, end);
    if (at == end) return nullptr;
    const char c = *at;
    if (c == '"') {
      at = EndOfString(at + 1, end);
      if (at == nullptr) return nullptr;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (--depth == 0) {
      return at + 1;
    }
    ++at;
  }
}

bool IsScalarChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
         c == 'E';
}

// Behind the value that begins at `at`; null when there is none.
const char* EndOfValue(const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at == '"') {
    const char* quote = EndOfString(at + 1, end);
    return quote == nullptr ? nullptr : quote + 1;
  }
  if (*at == '[' || *at == '{') return EndOfNested(at, end);
  const char* behind = std::find_if_not(at, end, IsScalarChar);
  return behind == at ? nullptr : behind;
}

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The character of a short escape; nothing for `u` and what is none.
std::optional<char> ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

// The number of four hexadecimal digits.
std::optional<unsigned> CodeUnit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  unsigned unit = 0;
  for (const char c : digits.substr(0, 4)) {
    unit <<= 4U;
    if (c >= '0' && c <= '9') {
      unit += static_cast<unsigned>(c - '0');
    } else if (const char lower = static_cast<char>(c | 0x20); lower >= 'a' && lower <= 'f') {
      unit += static_cast<unsigned>(lower - 'a') + 10;
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

// Of a code point below 0x10000.
void AppendUtf8(std::string& out, unsigned unit) {
  const auto push = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (unit < 0x80) return push(unit);
  if (unit < 0x800) {
    push(0xC0U | unit >> 6U);
  } else {
    push(0xE0U | unit >> 12U);
    push(0x80U | (unit >> 6U & 0x3FU));
  }
  push(0x80U | (unit & 0x3FU));
}

}  // namespace

PlainObject::Step PlainObject::Next() {
  at_ = SkipBlanks(at_, end_);
  if (at_ == end_) return Step::kOdd;
  if (!begun_) {
    if (*at_ != '{') return Step::kOdd;
    begun_ = true;
    at_ = SkipBlanks(at_ + 1, end_);
    if (at_ == end_ || *at_ != '}') return Member();
  }
  if (*at_ == '}') {
    ++at_;
    return Step::kEnd;
  }
  if (*at_ != ',') return Step::kOdd;
  at_ = SkipBlanks(at_ + 1, end_);
  return Member();
}

PlainObject::Step PlainObject::Member() {
  if (at_ == end_ || *at_ != '"') return Step::kOdd;
  const char* key = at_ + 1;
  const char* quote = FindEndOfRun(key, end_);
  if (quote == end_ || *quote != '"') return Step::kOdd;
  key_ = Between(key, quote);
  at_ = SkipBlanks(quote + 1, end_);
  if (at_ == end_ || *at_ != ':') return Step::kOdd;
  const char* value = SkipBlanks(at_ + 1, end_);
  const char* behind = EndOfValue(value, end_);
  if (behind == nullptr) return Step::kOdd;
  value_ = Between(value, behind);
  at_ = behind;
  return Step::kMember;
}

bool PlainObject::AtEnd() const {
  return SkipBlanks(at_, end_) == end_;
}

bool AppendUnescaped(std::string& out, std::string_view token) {
  if (token.size() < 2) return false;
  std::string_view rest = token.substr(1, token.size() - 2);
  for (;;) {
    const std::size_t slash = rest.find('\\');
    out.append(rest.substr(0, slash));
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
    if (rest.empty()) return false;
    if (const auto plain = ShortEscape(rest.front())) {
      out += *plain;
      rest.remove_prefix(1);
      continue;
    }
    const auto unit = rest.front() == 'u' ? CodeUnit(rest.substr(1)) : std::nullopt;
    if (!unit || (*unit >= 0xD800 && *unit < 0xE000)) return false;
    AppendUtf8(out, *unit);
    rest.remove_prefix(5);
  }
}

}  // namespace reembed
