#include <random>

#include "providers/google_errors.h"
#include "providers/openai_errors.h"
#include "tests/providers/error_case.h"

namespace reembed::testing {
namespace {

constexpr int kRounds = 3000;

class Dice {
 public:
  std::size_t Below(std::size_t bound) { return engine_() % bound; }
  char Byte() { return static_cast<char>(engine_() & 0xFFU); }

 private:
  std::mt19937 engine_{20261121};
};

std::string RandomBytes(Dice& dice) {
  std::string bytes(dice.Below(200), '\0');
  for (char& c : bytes) c = dice.Byte();
  return bytes;
}

// A real error body with some bytes changed, and cut at any place.
std::string Damaged(std::string body, Dice& dice) {
  for (std::size_t i = dice.Below(6); i > 0; --i) body[dice.Below(body.size())] = dice.Byte();
  return body.substr(0, body.size() - dice.Below(2) * dice.Below(body.size()));
}

void ClassifyBoth(int status, const std::string& body) {
  const Redactor redact;
  const HttpResponse response{.status = status, .headers = {}, .body = body};
  const Error openai = ClassifyOpenAiError(response, TestContext(redact));
  const Error google = ClassifyGoogleError(response, TestContext(redact));
  REQUIRE(openai.item.value_or(0) < 4);
  REQUIRE(google.item.value_or(0) < 4);
  REQUIRE(openai.message.size() < 1200);
  REQUIRE(google.message.size() < 1200);
  static_cast<void>(RefusedOption(response));
}

}  // namespace

TEST_CASE("error classifiers: take any bytes") {
  Dice dice;
  const std::vector<int> statuses = {0, 200, 302, 400, 401, 413, 422, 429, 500, 503, 999};
  const std::vector<std::string> bodies = {
      ProviderData("google_429_day.json"), ProviderData("google_400_unknown_name.json"),
      ProviderData("openai_429_tpm.json"), ProviderData("llamacpp_400_context.json")};
  for (int i = 0; i < kRounds; ++i) {
    const int status = statuses[dice.Below(statuses.size())];
    ClassifyBoth(status, RandomBytes(dice));
    ClassifyBoth(status, Damaged(bodies[dice.Below(bodies.size())], dice));
  }
}

TEST_CASE("error classifiers: take members of any type") {
  for (const char* value : {"null", "7", "-1", "1.5", "true", "[]", "{}", "[[]]", "\"x\"", "[1]"}) {
    for (const char* name : {"error", "code", "type", "status", "param", "message", "details",
                             "detail", "errors", "n_ctx"}) {
      const std::string member = std::string("{\"") + name + "\":" + value + "}";
      ClassifyBoth(400, member);
      ClassifyBoth(429, R"({"error":)" + member + "}");
      ClassifyBoth(429, R"({"error":{"details":[)" + member + "]}}");
    }
  }
  ClassifyBoth(400, std::string(100'000, '['));
}

}  // namespace reembed::testing
