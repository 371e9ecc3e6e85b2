#include "reembed/core/vectors.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::string Printed(const Embedding& vector) {
  std::string out;
  AppendVectorJson(out, vector);
  return out;
}

// What a JSON reader that works in doubles makes of the printed vector.
Embedding ReadBack(const std::string& text) {
  Embedding vector;
  for (const auto& number : nlohmann::json::parse(text)) {
    vector.push_back(static_cast<float>(number.get<double>()));
  }
  return vector;
}

bool SameBits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace

TEST_CASE("vector text: shortest form") {
  CHECK(Printed({0.25F, -1.0F, 1e-7F, 0.1F}) == "[0.25,-1,1e-07,0.1]");
  CHECK(Printed({}) == "[]");
}

TEST_CASE("vector text: minus zero stays minus zero") {
  CHECK(Printed({-0.0F}) == "[-0.0]");
}

TEST_CASE("vector text: the one float that its shortest form would change") {
  CHECK(SameBits(ReadBack(Printed({7.038531e-26F})).front(), 7.038531e-26F));
  CHECK(SameBits(ReadBack(Printed({-7.038531e-26F})).front(), -7.038531e-26F));
}

TEST_CASE("vector text: every finite float comes back bit for bit") {
  std::mt19937 random(11);
  std::uint64_t wrong = 0;
  for (int round = 0; round < 200; ++round) {
    Embedding vector;
    while (vector.size() < 500) {
      const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
      if (std::isfinite(value)) vector.push_back(value);
    }
    const Embedding back = ReadBack(Printed(vector));
    for (std::size_t i = 0; i < vector.size(); ++i) {
      wrong += SameBits(vector[i], back[i]) ? 0U : 1U;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("vector text: any number of components") {
  for (const std::size_t count : {1U, 63U, 64U, 65U, 128U, 1536U}) {
    Embedding vector(count, 0.5F);
    vector.back() = -2.0F;
    const std::string text = Printed(vector);
    CHECK(text.size() == 4 * count);
    CHECK(ReadBack(text) == vector);
  }
}

TEST_CASE("vector text: appends") {
  std::string out = "x";
  AppendVectorJson(out, Embedding{1});
  CHECK(out == "x[1]");
}

TEST_CASE("vector text: is read again, what is none is not") {
  Embedding vector = {9.0F};  // what it held before counts no more
  for (const std::size_t size : {0U, 1U, 7U, 1536U}) {
    Embedding written(size);
    for (std::size_t i = 0; i < size; ++i) written[i] = std::sin(static_cast<float>(i + 1));
    std::string text;
    AppendVectorJson(text, written);
    REQUIRE(ParseVectorJson(text, vector));
    CHECK(vector == written);
  }
  CHECK_FALSE(ParseVectorJson("[1,\"2\"]", vector));
  CHECK_FALSE(ParseVectorJson("", vector));
}

TEST_CASE("check: one bad component is found wherever it stands") {
  for (const std::size_t length : {1U, 31U, 32U, 33U, 100U}) {
    for (std::size_t at = 0; at < length; ++at) {
      Embedding vector(length, 0.0F);
      CHECK_FALSE(CheckVector(vector, length).ok());
      vector[at] = -std::numeric_limits<float>::denorm_min();
      CHECK(CheckVector(vector, length).ok());
      vector[at] = -std::numeric_limits<float>::infinity();
      CHECK_FALSE(CheckVector(vector, length).ok());
      vector[at] = std::bit_cast<float>(0xFF80'0001U);  // a signalling NaN
      CHECK_FALSE(CheckVector(vector, length).ok());
      vector[at] = std::numeric_limits<float>::max();
      CHECK(CheckVector(vector, length).ok());
    }
  }
}

TEST_CASE("check: length, finite, not all zero") {
  CHECK(CheckVector(Embedding{1, 2}, 2).ok());
  CHECK(CheckVector(Embedding{1, 2}, 0).ok());
  const Status length = CheckVector(Embedding{1, 2}, 3);
  CHECK(length.error().kind == ErrorKind::kWrongLength);
  CHECK(length.error().limit == 3);
  CHECK(length.error().actual == 2);
  CHECK(CheckVector(Embedding{1, NAN}, 2).error().kind == ErrorKind::kTransient);
  CHECK(CheckVector(Embedding{1, std::numeric_limits<float>::infinity()}, 2).error().kind ==
        ErrorKind::kTransient);
  CHECK(CheckVector(Embedding{0, -0.0F}, 2).error().kind == ErrorKind::kTransient);
}

TEST_CASE("normalize: length one, direction kept, zero stays") {
  Embedding vector{3, 4};
  Normalize(vector);
  CHECK(vector == Embedding{0.6F, 0.8F});
  Embedding zero{0, 0};
  Normalize(zero);
  CHECK(zero == Embedding{0, 0});
  Embedding tiny{1e-30F, 0};
  Normalize(tiny);
  CHECK(tiny == Embedding{1, 0});
}

TEST_CASE("base64: little-endian float32") {
  Embedding vector;
  REQUIRE(DecodeBase64Floats("AACAPwAAAMA=", vector));
  CHECK(vector == Embedding{1.0F, -2.0F});
  REQUIRE(DecodeBase64Floats("", vector));
  CHECK(vector.empty());
  REQUIRE(DecodeBase64Floats("AACAPwAAgD8AAIA/", vector));
  CHECK(vector == Embedding{1, 1, 1});
}

TEST_CASE("base64: longer than one block") {
  std::string text;
  for (int i = 0; i < 512; ++i) text += "AACAPwAAAMAAAIA/";  // 1, -2, 1
  Embedding vector;
  REQUIRE(DecodeBase64Floats(text, vector));
  REQUIRE(vector.size() == 1536);
  CHECK(vector[1533] == 1.0F);
  CHECK(vector[1534] == -2.0F);
  text[8000] = '?';
  CHECK_FALSE(DecodeBase64Floats(text, vector));
}

TEST_CASE("base64: anything else is refused") {
  Embedding vector;
  CHECK_FALSE(DecodeBase64Floats("AACAPw=", vector));
  CHECK_FALSE(DecodeBase64Floats("AAC*Pw==", vector));
  CHECK_FALSE(DecodeBase64Floats("AAAA", vector));
}
