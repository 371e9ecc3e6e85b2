#include "src/core/json_number.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::vector<std::string> Tokens(std::string_view array) {
  std::vector<std::string> tokens;
  NumberTokens numbers(array);
  while (const auto token = numbers.Next()) tokens.emplace_back(*token);
  return tokens;
}

}  // namespace

TEST_CASE("number: the grammar of JSON and nothing else") {
  for (const std::string_view token : {"0", "-0", "1", "-12", "0.5", "1e5", "1E+5", "1.25e-7"}) {
    INFO(token);
    CHECK(ParseJsonNumber(token).has_value());
  }
  for (const std::string_view token : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "inf",
                                       "nan", "1 ", " 1", "--1", "1.2.3", "1,2", "00"}) {
    INFO(token);
    CHECK_FALSE(ParseJsonNumber(token).has_value());
  }
}

TEST_CASE("number: any size has a value") {
  CHECK(ParseJsonNumber("123456789012345678901234567890") == 123456789012345678901234567890.0);
  CHECK(ParseJsonNumber("5e-324") == 5e-324);
  CHECK(ParseJsonNumber("1e400") == kInfinite);
  CHECK(ParseJsonNumber("-1e400") == -kInfinite);
  CHECK(ParseJsonNumber("1" + std::string(400, '0')) == kInfinite);
  CHECK(ParseJsonNumber("1e-400") == 0.0);
  CHECK(ParseJsonNumber("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(std::signbit(*ParseJsonNumber("-1e-400")));
  CHECK(std::signbit(*ParseJsonNumber("-0.0")));
}

TEST_CASE("number: an integer literal has neither fraction nor exponent") {
  CHECK(IsIntegerLiteral("12"));
  CHECK(IsIntegerLiteral("-0"));
  CHECK_FALSE(IsIntegerLiteral("1.0"));
  CHECK_FALSE(IsIntegerLiteral("1e5"));
  CHECK_FALSE(IsIntegerLiteral("1E5"));
}

TEST_CASE("number: an array is taken apart") {
  CHECK(Tokens("[]").empty());
  CHECK(Tokens(" [ ] ").empty());
  CHECK(Tokens("[1]") == std::vector<std::string>{"1"});
  CHECK(Tokens("[ 1 ,\t2e5\n, -0.0 ]") == std::vector<std::string>{"1", "2e5", "-0.0"});
  CHECK(Tokens("[1,]") == std::vector<std::string>{"1", ""});
  CHECK(Tokens("1") == std::vector<std::string>{"1"});
  CHECK(Tokens("") == std::vector<std::string>{""});
}
