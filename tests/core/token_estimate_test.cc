#include "reembed/core/token_estimate.h"

#include <random>
#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

bool IsLetter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The code point that begins at `at`, as far as two bytes tell its class.
TextClass PlainClassOf(const std::string& text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (IsLetter(byte)) return TextClass::kLetter;
  if (byte >= '0' && byte <= '9') return TextClass::kDigit;
  if (byte <= ' ') return TextClass::kSpace;
  if (byte < 0x80) return TextClass::kPunctuation;
  if (byte >= 0xC2 && byte <= 0xDF) return TextClass::kTwoBytes;
  if (byte < 0xE0 || byte > 0xEF || at + 1 == text.size()) {
    return byte > 0xE2 && byte < 0xEF ? TextClass::kCjk : TextClass::kOther;
  }
  const auto next = static_cast<unsigned char>(text[at + 1]);
  const unsigned code = ((byte & 0x0FU) << 12U) | ((next & 0x3FU) << 6U);
  return code >= 0x2E80 && code < 0xFB00 ? TextClass::kCjk : TextClass::kOther;
}

TextShape PlainShapeOf(const std::string& text) {
  TextShape shape{.texts = 1, .bytes = text.size()};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0U) == 0x80U) continue;
    ++shape.counts[static_cast<std::size_t>(PlainClassOf(text, at))];
    const bool begins = at == 0 || !IsLetter(static_cast<unsigned char>(text[at - 1]));
    if (IsLetter(byte) && begins) ++shape.counts[static_cast<std::size_t>(TextClass::kWord)];
  }
  return shape;
}

std::uint64_t CountOf(const TextShape& shape, TextClass kind) {
  return shape.counts[static_cast<std::size_t>(kind)];
}

TEST_CASE("text shape: every kind of character") {
  const TextShape shape = ShapeOf("Two words, 12 é日本ー한。→😀\n");
  CHECK(CountOf(shape, TextClass::kLetter) == 8);
  CHECK(CountOf(shape, TextClass::kWord) == 2);
  CHECK(CountOf(shape, TextClass::kDigit) == 2);
  CHECK(CountOf(shape, TextClass::kSpace) == 4);
  CHECK(CountOf(shape, TextClass::kPunctuation) == 1);
  CHECK(CountOf(shape, TextClass::kTwoBytes) == 1);
  CHECK(CountOf(shape, TextClass::kCjk) == 5);
  CHECK(CountOf(shape, TextClass::kOther) == 2);
  CHECK(shape.texts == 1);
  CHECK(shape.bytes == 39);
}

TEST_CASE("text shape: the borders of the CJK range") {
  CHECK(CountOf(ShapeOf("\u2E7F"), TextClass::kOther) == 1);
  CHECK(CountOf(ShapeOf("\u2E80"), TextClass::kCjk) == 1);
  CHECK(CountOf(ShapeOf("\uFAFF"), TextClass::kCjk) == 1);
  CHECK(CountOf(ShapeOf("\uFB00"), TextClass::kOther) == 1);
}

TEST_CASE("text shape: the same as counted character by character, whatever the text") {
  const std::vector<std::string> pieces = {"a",  "Zz", " ",      "\t",     "7", ".,",     "é",
                                           "Я",  "日", "\u2E7F", "\u2E80", "→", "\uFAFF", "\uFB00",
                                           "，", "😀",  "한",     "word",   "\n"};
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (std::size_t i = random() % 400; i > 0; --i) text += pieces[random() % pieces.size()];
    const TextShape shape = ShapeOf(text);
    REQUIRE(shape.counts == PlainShapeOf(text).counts);
    REQUIRE(shape.bytes == text.size());
  }
}

TEST_CASE("text shape: more than 255 of a kind running") {
  CHECK(CountOf(ShapeOf(std::string(100'000, 'a')), TextClass::kLetter) == 100'000);
  CHECK(CountOf(ShapeOf(std::string(100'000, 'a')), TextClass::kWord) == 1);
  CHECK(CountOf(ShapeOf(std::string(511, '.')), TextClass::kPunctuation) == 511);
}

TEST_CASE("text shape: bytes that are no UTF-8 are taken") {
  std::mt19937 random(6);
  for (int round = 0; round < 200; ++round) {
    std::string bytes;
    for (std::size_t i = random() % 60; i > 0; --i) bytes += static_cast<char>(random() % 256);
    std::uint64_t characters = 0;
    const TextShape shape = ShapeOf(bytes);
    for (const std::uint64_t count : shape.counts) characters += count;
    REQUIRE(characters - CountOf(shape, TextClass::kWord) <= bytes.size());
  }
}

TEST_CASE("text shape: parts cut at the end of a word add up") {
  const std::string text = "The order of 12 boxes, 日本 too";
  for (const std::size_t cut : {std::size_t{3}, std::size_t{4}, text.find(','), text.size()}) {
    TextShape parts = ShapeOf(text.substr(0, cut));
    parts += ShapeOf(text.substr(cut));
    CHECK(parts.counts == ShapeOf(text).counts);
    CHECK(parts.bytes == text.size());
    CHECK(parts.texts == 2);
  }
}

TEST_CASE("token estimate: counts up, and nothing only for an empty text") {
  const TokenEstimate estimate{.weights = {0.25, 0, 0, 0, 0, 0, 0, 0}};
  CHECK(estimate.TokensIn("") == 0);
  CHECK(estimate.TokensIn("a") == 1);
  CHECK(estimate.TokensIn("abcd") == 1);
  CHECK(estimate.TokensIn("abcde") == 2);
  CHECK(estimate.TokensIn("    ") == 1);
}

TEST_CASE("token estimate: never more tokens than bytes") {
  const TokenEstimate estimate{.weights = {5, 5, 5, 5, 5, 5, 5, 5}};
  CHECK(estimate.TokensIn("日本") == 6);
  CHECK(estimate.TokensIn("ab c") == 4);
}

double BytesPerToken(std::string_view text) {
  return static_cast<double>(text.size()) / static_cast<double>(TokenEstimate{}.TokensIn(text));
}

TEST_CASE("token estimate: begins as the large vendors count") {
  const double english = BytesPerToken(
      "When the customer asks about last month's revenue, describe the report by region and "
      "compare it with the previous quarter. Results without a category should be left out, "
      "because the warehouse delivers them only once in twelve months.");
  CHECK(english > 4.0);
  CHECK(english < 4.8);
  const double code = BytesPerToken(
      "std::optional<Batch> Batcher::Flush() {\n  if (open_.texts.empty()) return std::nullopt;\n"
      "  return Take();\n}\n\nvoid Forget(double kept) {\n  for (std::size_t i = 0; i < 8; ++i) {\n"
      "    evidence_[i] *= kept;\n  }\n}\n");
  CHECK(code > 2.6);
  CHECK(code < 3.4);
  const std::string chinese = "我们今天去商店买东西，然后回家吃饭。天气很好，大家都很高兴。";
  const double per_character = static_cast<double>(TokenEstimate{}.TokensIn(chinese)) /
                               static_cast<double>(chinese.size() / 3);
  CHECK(per_character > 0.8);
  CHECK(per_character < 1.1);
}

}  // namespace
}  // namespace reembed
