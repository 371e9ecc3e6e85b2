#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "tests/sandbox/provider_embedder.h"

namespace reembed::testing {

/// What a provider bills for a text.
using Tokenizer = std::size_t (*)(std::string_view);

inline bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool BeginsCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

inline std::size_t QuarterOfTheBytes(std::string_view text) {
  return (text.size() + 3) / 4;
}

/// As vocabularies of word pieces: a word is one token and one more for each six letters, marks
/// and digits are one each, blanks none, a CJK character 1.3.
inline std::size_t WordPieces(std::string_view text) {
  std::size_t tenths = 0;
  std::size_t letters = 0;
  for (const char c : text) {
    letters = IsAsciiLetter(c) ? letters + 1 : 0;
    if (letters > 0) {
      tenths += letters % 6 == 1 ? 10U : 0U;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      tenths += c > ' ' ? 10U : 0U;
    } else {
      tenths += BeginsCharacter(c) ? 13U : 0U;
    }
  }
  return (tenths + 9) / 10;
}

/// The longest entry of a small vocabulary each time, else a single byte: common words with the
/// blank before them, pairs of letters, runs of blanks, and the more common half of the characters.
inline std::size_t Greedy(std::string_view text) {
  static const std::unordered_set<std::string> kVocabulary = {
      " the",      " of",    " and",  " to",   " in",     " is",   " that", " for",   " with",
      " as",       " on",    " was",  " by",   " this",   " from", " at",   " which", " have",
      " an",       " has",   "ing",   "ion",   "er",      "re",    "on",    "in",     "th",
      "an",        "at",     "en",    "ti",    "es",      "or",    "te",    "ed",     "is",
      "it",        "al",     "ar",    "st",    "to",      "nt",    " a",    " s",     " c",
      " p",        " w",     " b",    "ou",    "le",      "ve",    "co",    "me",     "de",
      "hi",        "ri",     "ro",    "ic",    "  ",      "    ",  "();",   "->",     "::",
      "return",    "std",    "const", " auto", "nullptr", " = ",   ") {",   "order",  "report",
      " customer", "filter", "quest", "cat",   "pro",     "com",   "ter",   "tion",   "month",
      "的",        "一",     "是",    "不",    "了",      "在",    "人",    "有",     "我",
      "他",        "这",     "中",    "大",    "来",      "上",    "国",    "个",     "到",
      "说",        "们",     "为",    "子",    "和",      "你",    "地",    "，",     "。"};
  constexpr std::size_t kLongest = 9;
  std::size_t tokens = 0;
  for (std::size_t at = 0; at < text.size(); ++tokens) {
    std::size_t length = std::min(kLongest, text.size() - at);
    while (length > 1 && !kVocabulary.contains(std::string(text.substr(at, length)))) --length;
    // A character that is not in the vocabulary comes as two tokens: two bytes, and the third.
    const bool first_of_three =
        length == 1 && (static_cast<unsigned char>(text[at]) & 0xF0U) == 0xE0U;
    at += first_of_three ? 2 : length;
  }
  return tokens;
}

inline std::size_t Sandbox(std::string_view text) {
  return sandbox::SandboxTokens(text);
}

}  // namespace reembed::testing
