// The rule `average`: a long text is embedded in parts.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "src/resilience/mean_vector.h"
#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::Failing;
using testing::VectorOf;
using Requests = std::vector<std::string>;

struct AveragingRig : EmbedderRig {
  explicit AveragingRig(std::uint64_t max_text_tokens) {
    rules.on_long_text = LongTextRule::kAverage;
    provider.properties_to_declare.max_text_tokens = max_text_tokens;
  }
};

Error TooLong() {
  return {.kind = ErrorKind::kTooLong, .message = "400 too many tokens"};
}

// 94 letters are a word of ten tokens by the start weights; the limit of 11 leaves room for no
// more.
std::string Word(char letter) {
  return std::string(93, letter) + " ";
}

// The mean of the vectors, each as often as its weight says, of unit length.
Embedding MeanOf(const std::vector<std::pair<std::string, double>>& parts) {
  std::vector<double> sum(3, 0.0);
  for (const auto& [part, weight] : parts) {
    const Embedding vector = VectorOf(part);
    for (std::size_t i = 0; i < 3; ++i) sum[i] += weight * static_cast<double>(vector[i]);
  }
  const double length = std::sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
  Embedding mean;
  for (const double value : sum) mean.push_back(static_cast<float>(value / length));
  return mean;
}

bool IsNear(const Embedding& a, const Embedding& b) {
  bool near = a.size() == b.size();
  for (std::size_t i = 0; near && i < a.size(); ++i) near = std::abs(a[i] - b[i]) < 1e-6F;
  return near;
}

TEST_CASE("mean vector: weighted, of unit length") {
  MeanVector mean;
  mean.Add({1, 0}, 3);
  mean.Add({0, 1}, 4);
  CHECK(mean.Normalized() == Embedding{0.6F, 0.8F});
}

TEST_CASE("mean vector: none of vectors that cancel each other out, nor of none") {
  CHECK_FALSE(MeanVector().Normalized());
  MeanVector mean;
  mean.Add({0.6F, -0.8F}, 2);
  mean.Add({-0.6F, 0.8F}, 2);
  CHECK_FALSE(mean.Normalized());
}

TEST_CASE("average: a short text is as ever") {
  AveragingRig rig(11);
  CHECK(rig.Outcome({"short", "text"}) == "++");
  CHECK(rig.provider.requests() == Requests{"short+text"});
}

TEST_CASE("average: the parts go together with other texts, and make one vector") {
  AveragingRig rig(13);
  const std::string tail = "bbbb";
  const auto outcomes = rig.Embed({"first", Word('a') + Word('b') + tail, "last"});
  REQUIRE(outcomes.ok());
  CHECK(rig.provider.requests() ==
        Requests{"first+" + Word('a') + "+" + Word('b') + "+" + tail + "+last"});
  CHECK(**outcomes->at(0).vector == VectorOf("first"));
  CHECK(**outcomes->at(2).vector == VectorOf("last"));
  // 0.6 for the word, 0.1 for each letter, 0.15 for the blank: 10.05 and 1.0, rounded up.
  CHECK(IsNear(**outcomes->at(1).vector, MeanOf({{Word('a'), 11}, {Word('b'), 11}, {tail, 1}})));
  CHECK_FALSE(outcomes->at(1).truncated);
  CHECK(rig.embedder->Usage().texts == 3);
}

TEST_CASE("average: parts may go in several requests") {
  AveragingRig rig(13);
  rig.provider.properties_to_declare.max_texts = 2;
  const auto outcomes = rig.Embed({"x", Word('a') + Word('b') + Word('c'), "y"});
  REQUIRE(outcomes.ok());
  CHECK(rig.provider.requests() == Requests{"x+" + Word('a'), Word('b') + "+" + Word('c'), "y"});
  CHECK(IsNear(**outcomes->at(1).vector, MeanOf({{Word('a'), 1}, {Word('b'), 1}, {Word('c'), 1}})));
}

TEST_CASE("average: what parts have brought outlives the failure of others") {
  AveragingRig rig(13);
  rig.provider.properties_to_declare.max_texts = 1;
  rig.provider.Then(testing::FakeProvider::Right);
  rig.provider.ThenFail(Failing(), 4);
  const auto outcomes = rig.Embed({Word('a') + Word('b')});
  REQUIRE(outcomes.ok());
  REQUIRE(outcomes->front().vector.ok());
  CHECK(IsNear(**outcomes->front().vector, MeanOf({{Word('a'), 1}, {Word('b'), 1}})));
  const Requests sent = rig.provider.requests();
  CHECK(std::count(sent.begin(), sent.end(), Word('a')) == 1);
}

TEST_CASE("average: a part that is refused as too long is made into smaller ones") {
  AveragingRig rig(13);
  rig.provider.Poison(Word('b'), TooLong());
  const auto outcomes = rig.Embed({Word('a') + Word('b')});
  REQUIRE(outcomes.ok());
  REQUIRE(outcomes->front().vector.ok());
  const std::string half(47, 'b');
  const std::string rest = std::string(46, 'b') + " ";
  CHECK(rig.provider.requests() ==
        Requests{Word('a') + "+" + Word('b'), Word('a'), Word('b'), half + "+" + rest});
  CHECK(IsNear(**outcomes->front().vector, MeanOf({{Word('a'), 11}, {half, 6}, {rest, 6}})));
}

TEST_CASE("average: without a known limit the first refusal makes the parts") {
  AveragingRig rig(0);
  rig.provider.ThenFail(TooLong());
  const auto outcomes = rig.Embed({"one two three fou"});
  REQUIRE(outcomes.ok());
  CHECK(rig.provider.requests() == Requests{"one two three fou", "one two t+hree fou"});
  CHECK_FALSE(outcomes->front().truncated);
}

TEST_CASE("average: a text of which one part fails fails, and its other parts are not sent") {
  AveragingRig rig(13);
  rig.provider.properties_to_declare.max_texts = 1;
  rig.provider.Poison(Word('a'), testing::Bad());
  CHECK(rig.Outcome({Word('a') + Word('b'), "other"}) == "x+");
  CHECK(rig.provider.requests() == Requests{Word('a'), "other"});
}

TEST_CASE("average: a provider that finds everything too long is asked six times a text") {
  AveragingRig rig(13);
  rig.provider.ThenFail(TooLong(), 1000);
  const auto outcomes = rig.Embed({std::string(1000, 'b')});
  REQUIRE(outcomes.ok());
  CHECK(outcomes->front().vector.error().kind == ErrorKind::kTooLong);
  CHECK(rig.sent() < 20);
}

TEST_CASE("average: parts whose vectors cancel each other out fail the text alone") {
  AveragingRig rig(13);
  rig.provider.Then([](const EmbedRequest&) {
    EmbedReply reply;
    reply.vectors = {{0.6F, 0.8F, 0}, {-0.6F, -0.8F, 0}, {1, 0, 0}};
    return reply;
  });
  const auto outcomes = rig.Embed({Word('a') + Word('b'), "c"});
  REQUIRE(outcomes.ok());
  CHECK(outcomes->at(0).vector.error().kind == ErrorKind::kBadText);
  CHECK(outcomes->at(1).vector.ok());
}

}  // namespace
}  // namespace reembed
