#include <optional>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::Bad;
using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;

const std::vector<std::string> kEight{"a", "b", "c", "d", "e", "f", "g", "h"};

/// Refuses the first text that is "bad", naming its position.
Result<EmbedReply> NamingTheBad(const EmbedRequest& request) {
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    Error error = Bad();
    error.item = i;
    if (request.texts[i] == "bad") return error;
  }
  return FakeProvider::Right(request);
}

TEST_CASE("split: an empty batch asks for nothing") {
  EmbedderRig rig;
  CHECK(rig.Outcome({}).empty());
  CHECK(rig.sent() == 0);
}

TEST_CASE("split: a sound batch is one request, with the task type") {
  EmbedderRig rig;
  rig.rules.task_type = "RETRIEVAL_DOCUMENT";
  CHECK(rig.Outcome({"a", "b"}) == "++");
  REQUIRE(rig.sent() == 1);
  CHECK(rig.provider.calls()[0].task_type == "RETRIEVAL_DOCUMENT");
}

TEST_CASE("split: the one bad text is found at every position, in seven requests for eight") {
  for (std::size_t bad = 0; bad < kEight.size(); ++bad) {
    EmbedderRig rig;
    rig.provider.Poison(kEight[bad], Bad());
    std::string expected(8, '+');
    expected[bad] = 'x';
    CHECK(rig.Outcome(kEight) == expected);
    CHECK(rig.sent() == 7);
    CHECK(rig.waits().empty());
  }
}

TEST_CASE("split: the text that fails every request is found at every position") {
  for (std::size_t bad = 0; bad < kEight.size(); ++bad) {
    EmbedderRig rig;
    rig.provider.Poison(kEight[bad], Failing());
    std::string expected(8, '+');
    expected[bad] = 'x';
    CHECK(rig.Outcome(kEight) == expected);
    CHECK(rig.sent() == 10 + 7 + 3 + (bad == 0 ? 1 : 0));
  }
}

TEST_CASE("split: a named bad text fails at once and the rest is sent again") {
  EmbedderRig rig;
  rig.provider.Usually(NamingTheBad);
  CHECK(rig.Outcome({"a", "bad", "b", "bad"}) == "+x+x");
  CHECK(rig.provider.requests() == std::vector<std::string>{"a+bad+b+bad", "a+b+bad", "a+b"});
}

TEST_CASE("split: a named position that does not exist is not believed") {
  EmbedderRig rig;
  Error error = Bad();
  error.item = 7;
  rig.provider.Poison("b", error);
  CHECK(rig.Outcome({"a", "b"}) == "+x");
  CHECK(rig.provider.requests() == std::vector<std::string>{"a+b", "a", "b"});
}

TEST_CASE("split: the failed text carries the provider's own words") {
  EmbedderRig rig;
  rig.provider.Poison("b", Bad("400 content filter"));
  const auto outcomes = rig.Embed({"a", "b"});
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[1].vector.error().kind == ErrorKind::kBadText);
  CHECK((*outcomes)[1].vector.error().message == "400 content filter");
}

TEST_CASE("split: a provider that refuses every text ends the run after eight single ones") {
  EmbedderRig rig;
  rig.provider.Usually([](const EmbedRequest&) { return Bad("400 unknown parameter"); });
  std::vector<std::string> texts(64, "text");
  const auto outcomes = rig.Embed(texts);
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kRefused);
  CHECK_THAT(outcomes.error().message, ContainsSubstring("400 unknown parameter"));
  CHECK(rig.sent() == 18);
}

TEST_CASE("split: refusals of several small batches add up while nothing was ever answered") {
  EmbedderRig rig;
  rig.provider.Usually([](const EmbedRequest&) { return Bad(); });
  for (int i = 0; i < 7; ++i) CHECK(rig.Outcome({"a"}) == "x");
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kRefused);
}

TEST_CASE("split: after one answer any number of bad texts is just that") {
  EmbedderRig rig;
  CHECK(rig.Outcome({"good"}) == "+");
  rig.provider.Usually([](const EmbedRequest&) { return Bad(); });
  CHECK(rig.Outcome(std::vector<std::string>(16, "a")) == std::string(16, 'x'));
}

TEST_CASE("split: what ends the run ends the call") {
  EmbedderRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kRefused, .message = "401 wrong key"});
  const auto outcomes = rig.Embed({"a", "b"});
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kRefused);
  CHECK(outcomes.error().message == "401 wrong key");
  CHECK(rig.sent() == 1);
}

TEST_CASE("split: each answer is handed over before the next request, and stays when one ends it") {
  EmbedderRig rig;
  // The batch is too big, so it goes as two requests; the second is refused for good.
  Error big{.kind = ErrorKind::kTooBig, .message = "413"};
  big.limit_unit = LimitUnit::kInputs;
  big.limit = 2;
  rig.provider.ThenFail(big);
  rig.provider.Usually([](const EmbedRequest& request) -> Result<EmbedReply> {
    if (request.texts.front() != "a") return Error{.kind = ErrorKind::kRefused, .message = "401"};
    return FakeProvider::Right(request);
  });
  REQUIRE(rig.Embed({}).ok());  // makes the embedder
  std::vector<std::uint64_t> taken;
  const VectorSink sink = [&](std::span<const EmbeddedText> texts) -> Status {
    CHECK(rig.sent() == 2);
    for (const EmbeddedText& text : texts) taken.push_back(text.hash.low);
    return {};
  };
  const auto failures =
      rig.embedder->Embed(testing::BatchOf({"a", "b", "c", "d"}), rig.rules, sink, {});
  REQUIRE_FALSE(failures.ok());
  CHECK(failures.error().message == "401");
  CHECK(taken == std::vector<std::uint64_t>{0, 1});
}

TEST_CASE("split: an error of the one who takes the vectors ends the call") {
  EmbedderRig rig;
  REQUIRE(rig.Embed({}).ok());
  const VectorSink full = [](std::span<const EmbeddedText>) -> Status {
    return Error{.kind = ErrorKind::kLocal, .message = "disk full"};
  };
  const auto failures = rig.embedder->Embed(testing::BatchOf({"a"}), rig.rules, full, {});
  REQUIRE_FALSE(failures.ok());
  CHECK(failures.error().kind == ErrorKind::kLocal);
}

}  // namespace
}  // namespace reembed
