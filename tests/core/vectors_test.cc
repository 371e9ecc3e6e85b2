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
}

TEST_CASE("base64: anything else is refused") {
  Embedding vector;
  CHECK_FALSE(DecodeBase64Floats("AACAPw=", vector));
  CHECK_FALSE(DecodeBase64Floats("AAC*Pw==", vector));
  CHECK_FALSE(DecodeBase64Floats("AAAA", vector));
}
