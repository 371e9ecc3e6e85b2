#include "tests/sandbox/provider_encoding.h"

#include <limits>
#include <vector>

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

std::string Base64(const std::vector<float>& vector) {
  std::string out;
  AppendBase64(vector, out);
  return out;
}

std::string Array(const std::vector<float>& vector) {
  std::string out;
  AppendJsonArray(vector, out);
  return out;
}

}  // namespace

TEST_CASE("base64: little-endian float32 with padding") {
  CHECK(Base64({}) == "");
  CHECK(Base64({1.0F}) == "AACAPw==");
  CHECK(Base64({1.0F, -2.0F}) == "AACAPwAAAMA=");
  CHECK(Base64({0.1F, 0.2F, 0.3F}) == "zczMPc3MTD6amZk+");
}

TEST_CASE("JSON numbers: the shortest spelling of each float32") {
  CHECK(Array({}) == "[]");
  CHECK(Array({0.1F, -0.25F, 1e-7F, 3.0F}) == "[0.1,-0.25,1e-07,3]");
}

TEST_CASE("JSON numbers: what is not finite becomes null") {
  CHECK(Array({std::numeric_limits<float>::quiet_NaN(), 1.0F}) == "[null,1]");
}

TEST_CASE("JSON strings: escaped, and broken UTF-8 replaced") {
  CHECK(JsonString("a\"b\n") == R"("a\"b\n")");
  CHECK(JsonString("\xff") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("Go durations: as OpenAI's headers spell them") {
  using namespace std::chrono_literals;
  CHECK(GoDuration(0ns) == "0s");
  CHECK(GoDuration(12ms) == "12ms");
  CHECK(GoDuration(1us) == "1ms");
  CHECK(GoDuration(1s) == "1s");
  CHECK(GoDuration(90951ms) == "1m30.951s");
  CHECK(GoDuration(360s) == "6m0s");
  CHECK(GoDuration(1050ms) == "1.05s");
  CHECK(GoDuration(2h) == "2h0m0s");
}

}  // namespace reembed::sandbox
