#include "src/core/number_array.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "src/core/json_number.h"
#include "src/core/shortest_text.h"
#include "tests/support/catch2.h"

using namespace reembed;

namespace {

struct Read {
  Embedding vector;
  bool is_shortest = false;
};

std::optional<Read> ReadArray(std::string_view text) {
  // In a block of its own size, so that a sanitizer sees what is read behind it.
  const std::vector<char> exact(text.begin(), text.end());
  Read read;
  if (!ReadNumberArray({exact.data(), exact.size()}, read.vector, read.is_shortest)) {
    return std::nullopt;
  }
  return read;
}

bool IsShortest(std::string_view token, float number) {
  std::string spelled;
  AppendShortest(spelled, number);
  return SameNumber(token, spelled);
}

// A number near what embeddings hold, in one of the spellings that servers print.
std::string AnyToken(std::mt19937& random) {
  std::uniform_real_distribution<double> sizes(-6, 3);
  const double number = (random() % 2 == 0 ? 1 : -1) * std::pow(10, sizes(random));
  switch (random() % 6) {
    case 0:
      return fmt::format("{}", static_cast<float>(number));
    case 1:
      return fmt::format("{}", number);
    case 2:
      return fmt::format("{}", static_cast<double>(static_cast<float>(number)));
    case 3:
      return fmt::format("{:.8g}", static_cast<float>(number));
    case 4:
      return fmt::format("{:.9g}", static_cast<float>(number));
    default:
      return fmt::format("{:.{}f}", number, random() % 12);
  }
}

}  // namespace

TEST_CASE("number array: each as a double, cast to float") {
  const auto read = ReadArray("[0.25, -1 ,1e-07,\n-0.0,12345.678E+2,0.012345678806304932]");
  REQUIRE(read);
  CHECK(read->vector == Embedding{0.25F, -1.0F, 1e-7F, -0.0F, 1234567.8F, 0.012345679F});
  CHECK(std::signbit(read->vector[3]));
  CHECK(ReadArray("[]")->vector.empty());
  CHECK(ReadArray("[ ]")->vector.empty());
  CHECK(ReadArray("[7]")->vector == Embedding{7.0F});
  // The nearest float32 of the decimal is another one than that of its double.
  CHECK(ReadArray("[7.038531e-26]")->vector == Embedding{static_cast<float>(7.038531e-26)});
}

TEST_CASE("number array: what is anything else is for a whole parser") {
  for (const char* text : {"",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[01]",
                           "[1.]",
                           "[.5]",
                           "[-]",
                           "[+1]",
                           "[1e]",
                           "[1e+]",
                           "[--1]",
                           "[1]]",
                           "[1]x",
                           "[[1]]",
                           "[\"1\"]",
                           "[null]",
                           "[1,true]",
                           "1",
                           "{}",
                           "[0x1]",
                           "[1e39]",
                           "[-1e400]",
                           "[1e1234]",
                           "[nan]",
                           "[1_0]",
                           "[1.5.5]",
                           "[123456789012345678901234567890]",
                           "[0.12345678901234567890123456789012345678901234567]"}) {
    CAPTURE(text);
    CHECK_FALSE(ReadArray(text));
  }
}

TEST_CASE("number array: the same as reading each number by itself") {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string text = "[";
    Embedding expected;
    bool is_shortest = true;
    for (std::size_t i = 0; i < 1 + random() % 40; ++i) {
      const std::string token = AnyToken(random);
      if (i > 0) text += random() % 8 == 0 ? " , " : ",";
      text += token;
      expected.push_back(static_cast<float>(ParseJsonNumber(token).value()));
      is_shortest = is_shortest && IsShortest(token, expected.back());
    }
    const auto read = ReadArray(text + "]");
    CAPTURE(text);
    REQUIRE(read);
    CHECK(read->vector == expected);
    CHECK(read->is_shortest == is_shortest);
  }
}

TEST_CASE("shortest text: what arithmetic is sure of is so, and it is sure of nearly all") {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> elements(-0.2F, 0.2F);
  int sure = 0;
  for (int i = 0; i < 20'000; ++i) {
    const float number = elements(random);
    const std::string token = fmt::format("{}", number);
    const auto read = ReadArray("[" + token + "]");
    REQUIRE(read);
    CHECK(read->is_shortest);
    if (token.find('e') != std::string::npos) continue;
    const auto digits = std::stoull(token.substr(token.find('.') + 1));
    const int exponent = -static_cast<int>(token.size() - token.find('.') - 1);
    const bool is_sure = IsSurelyShortest({digits, exponent, number < 0, false}, number);
    sure += is_sure ? 1 : 0;
    // Its neighbours in the last digit spell the same or another float32, and never the shortest.
    for (const auto other : {digits - 1, digits + 1}) {
      const double near = static_cast<double>(other) / kExactPowers[-exponent];
      const auto nearest = static_cast<float>(number < 0 ? -near : near);
      const Decimal decimal{other, exponent, number < 0, false};
      const std::string spelled =
          fmt::format("{}0.{:0{}}", number < 0 ? "-" : "", other, -exponent);
      if (IsSurelyShortest(decimal, nearest)) CHECK(IsShortest(spelled, nearest));
    }
  }
  CHECK(sure > 19'500);
}

TEST_CASE("shortest text: whole numbers and zeros keep their spelling") {
  CHECK(ReadArray("[0,1,-1,123456,-0.0]")->is_shortest);
  for (const char* text : {"[1.0]", "[0.0]", "[-0]", "[5e0]", "[1.5e1]"}) {
    CAPTURE(text);
    REQUIRE(ReadArray(text));
    CHECK_FALSE(ReadArray(text)->is_shortest);
  }
}
