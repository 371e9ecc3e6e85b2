#include "src/core/number_text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "src/core/avx2.h"
#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::string Written(float value) {
  std::array<char, kFloatRoom> room{};
  const std::array<float, 1> values = {value};
  const char* const end = WriteFloats(room.data(), values);
  REQUIRE(end[-1] == ',');
  return {room.data(), static_cast<std::size_t>(end - room.data()) - 1};
}

// The shortest text by the library that is known for it, but for minus zero and the one float
// that its text would change.
std::string_view Expected(float value, std::array<char, 32>& room) {
  if (value == 0.0F && std::signbit(value)) return "-0.0";
  if (value == 7.038531e-26F) return "7.03853069e-26";
  if (value == -7.038531e-26F) return "-7.03853069e-26";
  const char* const end = fmt::format_to(room.data(), FMT_COMPILE("{}"), value);
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

bool AllAsExpected(const std::vector<float>& values) {
  std::vector<char> room(values.size() * kFloatRoom);
  const char* const end = WriteFloats(room.data(), values);
  std::string_view rest(room.data(), static_cast<std::size_t>(end - room.data()));
  std::array<char, 32> expected{};
  for (const float value : values) {
    const std::string_view text = Expected(value, expected);
    if (!rest.starts_with(text) || rest[text.size()] != ',') {
      UNSCOPED_INFO("expected " << text << ", found " << rest.substr(0, rest.find(',')));
      return false;
    }
    rest.remove_prefix(text.size() + 1);
  }
  return rest.empty();
}

float FromBits(std::uint32_t bits) {
  return std::bit_cast<float>(bits);
}

// By the values written eight at a time and one at a time; a guard says that no byte beyond the
// promised ones was touched.
bool SameWithoutAvx2(const std::vector<float>& values) {
  constexpr char kGuard = 0x5A;
  std::vector<char> room(values.size() * kFloatRoom + 1, kGuard);
  std::vector<char> plain_room(room);
  const char* const end = WriteFloats(room.data(), values);
  const char* const plain_end = WriteFloatsPlain(plain_room.data(), values);
  const char* const begin = room.data();
  const char* const plain_begin = plain_room.data();
  return room.back() == kGuard && plain_room.back() == kGuard &&
         std::equal(begin, end, plain_begin, plain_end);
}

bool MissesAvx2() {
  if (!HasAvx2()) WARN("skipped: this machine has no AVX2");
  return !HasAvx2();
}

void PushWithNeighbours(std::vector<float>& values, double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  for (std::uint32_t i = 0; i < 7; ++i) {
    const float neighbour = FromBits(bits - 3 + i);
    values.push_back(values.size() % 2 == 0 ? neighbour : -neighbour);
  }
}

}  // namespace

TEST_CASE("number text: literally") {
  CHECK(Written(0.25F) == "0.25");
  CHECK(Written(-1.0F) == "-1");
  CHECK(Written(0.1F) == "0.1");
  CHECK(Written(0.3F) == "0.3");
  CHECK(Written(0.01F) == "0.01");  // lies below the power of ten
  CHECK(Written(0.00098F) == "0.00098");
  CHECK(Written(-0.0123456789F) == "-0.012345679");
  CHECK(Written(0.99999994F) == "0.99999994");
  CHECK(Written(0x1p-12F) == "0.00024414062");  // half-way: the even digit
  CHECK(Written(12345.678F) == "12345.678");
  CHECK(Written(99999.99F) == "99999.99");
  CHECK(Written(100.5F) == "100.5");
  CHECK(Written(20.0F) == "20");
  CHECK(Written(0.0F) == "0");
  CHECK(Written(-0.0F) == "-0.0");
  CHECK(Written(1e-7F) == "1e-07");
  CHECK(Written(1e5F) == "100000");
  CHECK(Written(16777216.0F) == "16777216");
  CHECK(Written(std::numeric_limits<float>::max()) == "3.4028235e+38");
  CHECK(Written(-std::numeric_limits<float>::denorm_min()) == "-1e-45");
  CHECK(Written(7.038531e-26F) == "7.03853069e-26");
}

TEST_CASE("number text: every exponent, at its ends and in between, is the shortest text") {
  std::mt19937 random(21);
  std::vector<float> values;
  for (std::uint32_t exponent = 0; exponent < 255; ++exponent) {
    const std::uint32_t first = exponent << 23U;
    for (std::uint32_t i = 0; i < 4; ++i) {
      values.push_back(FromBits(first + i));
      values.push_back(FromBits((first + 0x7F'FFFFU - i) | 0x8000'0000U));
    }
    for (int i = 0; i < 100; ++i) {
      values.push_back(FromBits(first | (static_cast<std::uint32_t>(random()) & 0x807F'FFFFU)));
    }
  }
  CHECK(AllAsExpected(values));
}

TEST_CASE("number text: neighbours of short decimals are the shortest text") {
  std::vector<float> values;
  for (int power = -5; power <= 5; ++power) {
    for (int digits = 1; digits < 1000; digits += 7) {
      const auto bits = std::bit_cast<std::uint32_t>(
          static_cast<float>(static_cast<double>(digits) * std::pow(10.0, power)));
      for (std::uint32_t i = 0; i < 5; ++i) values.push_back(FromBits(bits - 2 + i));
    }
  }
  CHECK(AllAsExpected(values));
}

TEST_CASE("number text: components of unit vectors are the shortest text and come back") {
  std::mt19937 random(22);
  std::normal_distribution<float> component(0.0F, 0.0255F);
  std::vector<float> values(50'000);
  for (float& value : values) value = component(random);
  CHECK(AllAsExpected(values));
  std::size_t changed = 0;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const double read = std::strtod(Written(values[i]).c_str(), nullptr);
    changed += static_cast<float>(read) == values[i] ? 0U : 1U;
  }
  CHECK(changed == 0);
}

TEST_CASE("number text: digits are found alike with and without vector instructions") {
  std::mt19937 random(23);
  std::uniform_real_distribution<float> number(0.1F, 1.0F);
  const std::array<double, 4> scales = {1e6, 1e7, 1e8, 1e9};
  for (int i = 0; i < 20'000; ++i) {
    const float value = i % 4 == 0 ? std::round(number(random) * 1000) / 1000 : number(random);
    const std::uint32_t digits = ShortDigits(value, scales.data());
    REQUIRE(digits == ShortDigitsPlain(value, scales.data()));
    REQUIRE(digits >= 100'000'000);
  }
  // Nothing that few digits could read back as.
  const std::array<double, 4> coarse = {1e0, 1e1, 1e2, 1e3};
  CHECK(ShortDigits(0.1234567F, coarse.data()) == 0);
  CHECK(ShortDigitsPlain(0.1234567F, coarse.data()) == 0);
}

TEST_CASE("number text: powers, short decimals and their neighbours are alike without AVX2") {
  if (MissesAvx2()) return;
  std::vector<float> values;
  for (int power = -17; power <= 4; ++power) PushWithNeighbours(values, std::ldexp(1.0, power));
  for (int power = -5; power <= 1; ++power) PushWithNeighbours(values, std::pow(10.0, power));
  CHECK(SameWithoutAvx2(values));
  std::mt19937 random(24);
  values.clear();
  std::uniform_real_distribution<double> number(0.1, 1.0);
  for (int places = 1; places <= 9; ++places) {
    const double scale = std::pow(10.0, places);
    for (const double decade : {1.0, 0.1, 0.01, 0.001}) {
      for (int i = 0; i < 250; ++i) {
        PushWithNeighbours(values, std::round(number(random) * scale) / scale * decade);
      }
    }
  }
  CHECK(SameWithoutAvx2(values));
}

TEST_CASE("number text: unit vectors and random floats are alike without AVX2") {
  if (MissesAvx2()) return;
  std::mt19937 random(25);
  std::normal_distribution<float> gaussian(0.0F, 0.0255F);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> values(40'000);
  for (float& value : values) value = gaussian(random);
  CHECK(SameWithoutAvx2(values));
  for (float& value : values) value = uniform(random);
  CHECK(SameWithoutAvx2(values));
  for (float& value : values) {
    do {
      value = FromBits(static_cast<std::uint32_t>(random()));
    } while (!std::isfinite(value));
  }
  CHECK(SameWithoutAvx2(values));
}

TEST_CASE("number text: any number of values, with any among them, is alike without AVX2") {
  if (MissesAvx2()) return;
  constexpr std::array<float, 9> kOdd = {0.0F,  -0.0F,   9e-5F, -1.0F,          3.5F,
                                         3e38F, -1e-45F, 0.5F,  -0.00012345679F};
  for (std::size_t count = 0; count <= 17; ++count) {
    CHECK(SameWithoutAvx2(std::vector<float>(count, -0.00012345679F)));  // the longest text
    for (std::size_t at = 0; at < count; ++at) {
      for (const float odd : kOdd) {
        std::vector<float> values(count, 0.0123456F);
        values[at] = odd;
        REQUIRE(SameWithoutAvx2(values));
        values[count / 2] = -odd;
        REQUIRE(SameWithoutAvx2(values));
      }
    }
  }
}

// A few minutes without optimisation, some seconds with it.
TEST_CASE("number text: every float from 5e-5 to 2e5 is the shortest text", "[.exhaustive]") {
  constexpr std::uint32_t kBlock = 1U << 16U;
  const auto last = std::bit_cast<std::uint32_t>(2e5F);
  std::vector<float> values(kBlock);
  for (auto bits = std::bit_cast<std::uint32_t>(5e-5F); bits < last; bits += kBlock) {
    for (std::uint32_t i = 0; i < kBlock; ++i) values[i] = FromBits(bits + i);
    REQUIRE(AllAsExpected(values));
  }
}

TEST_CASE("number text: every fifth of all floats is the shortest text", "[.exhaustive]") {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits <= 0xFFFF'FFFFU; bits += 5) {
    const float value = FromBits(static_cast<std::uint32_t>(bits));
    if (std::isfinite(value)) values.push_back(value);
    if (values.size() < (1U << 16U)) continue;
    REQUIRE(AllAsExpected(values));
    values.clear();
  }
  CHECK(AllAsExpected(values));
}
