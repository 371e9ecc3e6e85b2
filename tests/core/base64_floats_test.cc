#include "src/core/base64_floats.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Bytes = std::vector<unsigned char>;

// The definition, digit by digit and bit by bit.
bool DecodeNaively(std::string_view digits, Bytes& out) {
  unsigned bits = 0;
  unsigned count = 0;
  for (const char digit : digits) {
    const std::size_t value = kAlphabet.find(digit);
    if (value == std::string_view::npos) return false;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<unsigned char>(bits >> count));
  }
  return digits.size() % 4 != 1;
}

using Decoder = bool (*)(std::string_view, unsigned char*);

// Says with a guard that no byte beyond the promised ones was touched.
bool Decode(Decoder decoder, std::string_view digits, Bytes& out) {
  const std::size_t bytes = digits.size() * 6 / 8;
  out.assign(bytes + kBase64Spare + 1, 0xA5);
  const bool decoded = decoder(digits, out.data());
  REQUIRE(out.back() == 0xA5);
  out.resize(bytes);
  return decoded;
}

void CheckAgainstNaive(std::string_view digits) {
  Bytes expected;
  Bytes found;
  const bool valid = DecodeNaively(digits, expected);
  for (const Decoder decoder : {&DecodeBase64, &DecodeBase64Plain}) {
    REQUIRE(Decode(decoder, digits, found) == valid);
    if (valid) REQUIRE(found == expected);
  }
}

std::string RandomDigits(std::mt19937& random, std::size_t count) {
  std::string digits(count, 'A');
  for (char& digit : digits) digit = kAlphabet[random() % kAlphabet.size()];
  return digits;
}

}  // namespace

TEST_CASE("base64: both decoders do what the definition says, at every length") {
  std::mt19937 random(3);
  for (std::size_t length = 0; length < 200; ++length) {
    CheckAgainstNaive(RandomDigits(random, length));
  }
}

TEST_CASE("base64: both refuse every other byte at every place") {
  std::mt19937 random(4);
  std::string digits = RandomDigits(random, 71);
  for (int byte = 0; byte < 256; ++byte) {
    const std::size_t at = static_cast<std::size_t>(byte) % digits.size();
    const char digit = std::exchange(digits[at], static_cast<char>(byte));
    CheckAgainstNaive(digits);
    digits[at] = digit;
  }
  for (std::size_t at = 0; at < digits.size(); ++at) {
    for (const char byte : {'=', '-', '_', '.', ':', '@', '[', '`', '{', '\0', '\xAF', '\xFF'}) {
      const char digit = std::exchange(digits[at], byte);
      CheckAgainstNaive(digits);
      digits[at] = digit;
    }
  }
}
