#include "src/resilience/learned_limits.h"

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;

const RequestSize kHundred{.texts = 100, .tokens = 5000, .bytes = 20'000};

Error TooBig(LimitUnit unit = LimitUnit::kNone, std::optional<std::uint64_t> limit = {}) {
  return {.kind = ErrorKind::kTooBig, .message = "413", .limit_unit = unit, .limit = limit};
}

ProviderProperties Declaring(std::size_t max_texts, std::uint64_t max_tokens) {
  ProviderProperties properties;
  properties.max_texts = max_texts;
  properties.max_request_tokens = max_tokens;
  return properties;
}

TEST_CASE("limits: begin with what the provider declares") {
  const BatchLimits limits = LearnedLimits(Declaring(2048, 300'000)).Snapshot();
  CHECK(limits.max_texts == 2048);
  CHECK(limits.max_tokens == 300'000);
  CHECK(limits.max_bytes == 0);
}

TEST_CASE("limits: take what the server states, in its unit") {
  LearnedLimits limits(ProviderProperties{});
  limits.Learn(TooBig(LimitUnit::kInputs, 32), kHundred);
  limits.Learn(TooBig(LimitUnit::kTokens, 4000), kHundred);
  limits.Learn(TooBig(LimitUnit::kBytes, 10'001), kHundred);
  CHECK(limits.Snapshot().max_texts == 32);
  CHECK(limits.Snapshot().max_tokens == 4000);
  CHECK(limits.Snapshot().max_bytes == 10'001);
}

TEST_CASE("limits: half of what was refused where nothing usable is stated") {
  LearnedLimits limits(ProviderProperties{});
  limits.Learn(TooBig(), kHundred);
  limits.Learn(TooBig(LimitUnit::kTokens, 9000), kHundred);
  limits.Learn(TooBig(LimitUnit::kBytes), kHundred);
  CHECK(limits.Snapshot().max_texts == 50);
  CHECK(limits.Snapshot().max_tokens == 2500);
  CHECK(limits.Snapshot().max_bytes == 10'000);
}

TEST_CASE("limits: never grow") {
  LearnedLimits limits(Declaring(10, 0));
  limits.Learn(TooBig(LimitUnit::kInputs, 50), kHundred);
  CHECK(limits.Snapshot().max_texts == 10);
}

TEST_CASE("limits: one text always fits") {
  const BatchLimits limits{.max_texts = 1, .max_tokens = 10, .max_bytes = 40};
  CHECK(Fits(limits, {.texts = 1, .tokens = 1000, .bytes = 4000}));
  CHECK_FALSE(Fits(limits, {.texts = 2, .tokens = 2, .bytes = 8}));
}

TEST_CASE("too big: split under the stated limit, which the next call keeps to from the start") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooBig(LimitUnit::kInputs, 2));
  CHECK(rig.Outcome({"a", "b", "c", "d", "e"}) == "+++++");
  CHECK(rig.Outcome({"f", "g", "h"}) == "+++");
  CHECK(rig.provider.requests() ==
        std::vector<std::string>{"a+b+c+d+e", "a+b", "c+d", "e", "f+g", "h"});
  CHECK(rig.waits().empty());
}

TEST_CASE("too big: halves until it fits where no limit is stated") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooBig(), 2);
  CHECK(rig.Outcome({"a", "b", "c", "d", "e"}) == "+++++");
  CHECK(rig.provider.requests() ==
        std::vector<std::string>{"a+b+c+d+e", "a+b", "a", "b", "c", "d", "e"});
}

TEST_CASE("too big: what the provider declares is kept to") {
  EmbedderRig rig;
  rig.provider.properties_to_declare.max_texts = 2;
  rig.provider.properties_to_declare.max_request_bytes = 10;
  CHECK(rig.Outcome({"a", "b", "123456", "7890123", "c"}) == "+++++");
  CHECK(rig.provider.requests() == std::vector<std::string>{"a+b", "123456", "7890123+c"});
}

TEST_CASE("too big: a stated limit above the estimate still makes smaller requests") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooBig(LimitUnit::kTokens, 8000));
  CHECK(rig.Outcome({"a", "b", "c", "d"}) == "++++");
  CHECK(rig.provider.requests() == std::vector<std::string>{"a+b+c+d", "a+b", "c+d"});
}

TEST_CASE("too big: a single text is cut like one that is too long") {
  EmbedderRig rig;
  rig.provider.ThenFail(TooBig(LimitUnit::kBytes));
  CHECK(rig.Outcome({"abcdefgh"}) == "t");
  CHECK(rig.provider.requests() == std::vector<std::string>{"abcdefgh", "abcd"});
}

}  // namespace
}  // namespace reembed
