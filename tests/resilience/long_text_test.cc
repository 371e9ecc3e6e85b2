#include "src/resilience/long_text.h"

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using Parts = std::vector<std::string_view>;

Error TooLong(std::optional<std::uint64_t> limit = {}, std::optional<std::uint64_t> actual = {}) {
  return {.kind = ErrorKind::kTooLong,
          .message = "400 too many tokens",
          .limit_unit = LimitUnit::kTokens,
          .limit = limit,
          .actual = actual};
}

// A quarter of a token for each ASCII byte.
const TokenEstimate kQuarter{.weights = {0.25, 0, 0.25, 0.25, 0.25, 0.5, 0.75, 1.0}};

TEST_CASE("long text: whole where the estimate fits or no limit is known") {
  CHECK(CutToEstimate("12345678", 2, kQuarter) == "12345678");
  CHECK(CutToEstimate("123456789", 0, kQuarter) == "123456789");
}

TEST_CASE("long text: no more bytes than the limit has tokens are never too many") {
  const TokenEstimate heavy{.weights = {9, 9, 9, 9, 9, 9, 9, 9}};
  CHECK(CutToEstimate("12345678", 8, heavy) == "12345678");
  CHECK(SplitToEstimate("12345678", 8, heavy) == Parts{"12345678"});
  CHECK_FALSE(SurelyTooLong(ShapeOf("12345678"), 8, heavy));
}

TEST_CASE("long text: cut to the estimate between two characters") {
  CHECK(CutToEstimate("123456789", 2, kQuarter) == "12345678");
  CHECK(CutToEstimate("1234567äöü", 2, kQuarter) == "1234567");
  CHECK(CutToEstimate(std::string(100'000, 'a'), 1000, kQuarter).size() == 4000);
}

TEST_CASE("long text: after a refusal by the stated ratio with a margin, else by half") {
  CHECK(CutAfterRefusal(std::string(1000, 'a'), TooLong(100, 200)).size() == 490);
  CHECK(CutAfterRefusal(std::string(1000, 'a'), TooLong(100)).size() == 500);
  CHECK(CutAfterRefusal(std::string(1000, 'a'), TooLong(200, 100)).size() == 500);
  CHECK(CutAfterRefusal("ä", TooLong()).empty());
}

TEST_CASE("long text: in parts after line ends, else after words, else between characters") {
  // Nine tokens of ten: 36 bytes.
  const std::string lines = std::string(33, 'a') + "\n" + "b c d " + std::string(20, 'e');
  CHECK(SplitToEstimate(lines, 10, kQuarter) ==
        Parts{std::string(33, 'a') + "\n", "b c d " + std::string(20, 'e')});
  const std::string words = std::string(30, 'a') + " bb " + std::string(20, 'c');
  CHECK(SplitToEstimate(words, 10, kQuarter) ==
        Parts{std::string(30, 'a') + " bb ", std::string(20, 'c')});
  CHECK(SplitToEstimate(std::string(50, 'x'), 10, kQuarter) ==
        Parts{std::string(36, 'x'), std::string(14, 'x')});
  CHECK(SplitToEstimate("日本日本", 2, kQuarter) == Parts{"日", "本", "日", "本"});
}

TEST_CASE("long text: the parts are the text without blank ones") {
  const std::string text = std::string(36, 'x') + std::string(36, ' ') + std::string(36, 'y');
  CHECK(SplitToEstimate(text, 10, kQuarter) == Parts{std::string(36, 'x'), std::string(36, 'y')});
}

TEST_CASE("long text: a refused part is made into smaller ones") {
  CHECK(SplitAfterRefusal("abcdefg", TooLong()) == Parts{"abcd", "efg"});
  CHECK(SplitAfterRefusal(std::string(100, 'a'), TooLong(5, 10)) ==
        Parts{std::string(49, 'a'), std::string(49, 'a'), "aa"});
  CHECK(SplitAfterRefusal("日", TooLong()).empty());
  CHECK(SplitAfterRefusal("a", TooLong()).empty());
}

TEST_CASE("long text: surely too long from one and a half times the limit on") {
  CHECK_FALSE(SurelyTooLong(ShapeOf(std::string(60, 'a')), 10, kQuarter));
  CHECK(SurelyTooLong(ShapeOf(std::string(61, 'a')), 10, kQuarter));
  CHECK_FALSE(SurelyTooLong(ShapeOf(std::string(61, 'a')), 0, kQuarter));
}

TEST_CASE("truncate: a text above a known limit is cut before it is sent, with the others") {
  EmbedderRig rig;
  rig.provider.properties_to_declare.max_text_tokens = 2;
  CHECK(rig.Outcome({"short", "123456789abc"}) == "+t");
  CHECK(rig.provider.requests() == std::vector<std::string>{"short+1234"});
}

TEST_CASE("truncate: a refused text that the answer names is cut by its ratio, the rest is sent") {
  EmbedderRig rig;
  Error error = TooLong(5, 10);
  error.item = 1;
  rig.provider.ThenFail(error);
  CHECK(rig.Outcome({"a", std::string(100, 'b'), "c"}) == "+t+");
  CHECK(rig.sent() == 3);
  CHECK(rig.provider.requests()[1] == "a+c");
  CHECK(rig.provider.requests()[2] == std::string(49, 'b'));
  CHECK(rig.waits().empty());
}

TEST_CASE("truncate: halves until it fits where the answer says nothing") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooLong(), 3);
  CHECK(rig.Outcome({std::string(80, 'b')}) == "t");
  CHECK(rig.sent() == 4);
  CHECK(rig.provider.requests().back() == std::string(10, 'b'));
}

TEST_CASE("truncate: an unnamed text is looked for first") {
  EmbedderRig rig;
  rig.provider.Poison("long", TooLong());
  CHECK(rig.Outcome({"a", "b", "long", "c"}) == "++t+");
  CHECK(rig.provider.requests() ==
        std::vector<std::string>{"a+b+long+c", "a+b", "long+c", "long", "lo", "c"});
}

TEST_CASE("truncate: after six requests the text fails as too long") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooLong(), 20);
  const auto outcomes = rig.Embed({std::string(1000, 'b')});
  REQUIRE(outcomes.ok());
  CHECK(outcomes->front().vector.error().kind == ErrorKind::kTooLong);
  CHECK(rig.sent() == 6);
}

TEST_CASE("truncate: a text of which nothing is left fails") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooLong(), 20);
  CHECK(rig.Outcome({"ab"}) == "x");
  CHECK(rig.sent() == 2);
}

TEST_CASE("fail: only what is surely too long is not sent") {
  EmbedderRig rig;
  rig.rules.on_long_text = LongTextRule::kFail;
  rig.provider.properties_to_declare.max_text_tokens = 10;
  CHECK(rig.Outcome({"short", std::string(140, 'm'), std::string(200, 'b')}) == "++x");
  CHECK(rig.provider.requests() == std::vector<std::string>{"short+" + std::string(140, 'm')});
}

TEST_CASE("fail: a text that the provider refuses as too long fails at once") {
  EmbedderRig rig;
  rig.rules.on_long_text = LongTextRule::kFail;
  Error error = TooLong(5, 10);
  error.item = 0;
  rig.provider.ThenFail(error);
  CHECK(rig.Outcome({"long", "b"}) == "x+");
  CHECK(rig.provider.requests() == std::vector<std::string>{"long+b", "b"});
}

}  // namespace
}  // namespace reembed
