#include "src/resilience/estimator.h"

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;

TEST_CASE("estimator: follows the bills") {
  Estimator estimator;
  const TextShape shape = ShapeOf(std::string(4000, 'a'));
  CHECK(estimator.Snapshot().TokensIn(shape) == 401);
  estimator.Learn(shape, 600);
  const auto after_one = estimator.Snapshot().TokensIn(shape);
  CHECK(after_one > 560);
  CHECK(after_one <= 600);
  for (int i = 0; i < 50; ++i) estimator.Learn(shape, 600);
  CHECK(estimator.Snapshot().TokensIn(shape) > 597);
}

TEST_CASE("estimator: what has not been met keeps its weight") {
  Estimator estimator;
  for (int i = 0; i < 50; ++i) estimator.Learn(ShapeOf(std::string(4000, 'a')), 600);
  CHECK(estimator.Snapshot().TokensIn(ShapeOf("日本日本日本日本日本")) == 9);
}

TEST_CASE("estimator: an empty bill teaches nothing") {
  Estimator estimator;
  estimator.Learn(ShapeOf(std::string(400, 'a')), 0);
  estimator.Learn({}, 100);
  CHECK(estimator.Snapshot().weights == TokenEstimate::kStartWeights);
}

Result<EmbedReply> Billed(const EmbedRequest& request) {
  Result<EmbedReply> reply = FakeProvider::Right(request);
  reply->tokens = 2;
  return reply;
}

TEST_CASE("usage: tokens as billed, and what the bill teaches") {
  EmbedderRig rig;
  rig.provider.Usually(Billed);
  CHECK(rig.Outcome({"twelve bytes"}) == "+");
  CHECK(rig.embedder->Usage().tokens == 2);
  CHECK(rig.embedder->Estimate().weights[1] < 0.6);
}

TEST_CASE("usage: tokens estimated where the provider does not say") {
  EmbedderRig rig;
  CHECK(rig.Outcome({"twelve bytes", "abcde"}) == "++");
  CHECK(rig.embedder->Usage().tokens == 4);
  CHECK(rig.embedder->Estimate().weights == TokenEstimate::kStartWeights);
}

TEST_CASE("usage: a request carries the shape of its texts") {
  EmbedderRig rig;
  TextShape seen;
  rig.provider.Usually([&seen](const EmbedRequest& request) {
    seen = request.shape;
    return FakeProvider::Right(request);
  });
  CHECK(rig.Outcome({"twelve bytes", "ab 12"}) == "++");
  TextShape both = ShapeOf("twelve bytes");
  both += ShapeOf("ab 12");
  CHECK(seen.counts == both.counts);
  CHECK(seen.texts == 2);
  CHECK(seen.bytes == 17);
}

TEST_CASE("usage: an answer that the checks throw away is billed all the same") {
  EmbedderRig rig;
  rig.provider.Then([](const EmbedRequest&) { return EmbedReply{.vectors = {}, .tokens = 7}; });
  CHECK(rig.Outcome({"abc"}) == "+");
  CHECK(rig.embedder->Usage().tokens == 8);
}

TEST_CASE("usage: counts requests, retries and texts") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing(), 2);
  CHECK(rig.Outcome({"a", "b", "c"}) == "+++");
  const ProviderUsage usage = rig.embedder->Usage();
  CHECK(usage.requests == 3);
  CHECK(usage.retries == 2);
  CHECK(usage.texts == 3);
}

}  // namespace
}  // namespace reembed
