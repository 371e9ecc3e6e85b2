#include "src/resilience/estimator.h"

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;

TEST_CASE("estimator: starts at four bytes a token and follows the bills") {
  Estimator estimator;
  CHECK(estimator.Snapshot().bytes_per_token == Approx(4.0));
  estimator.Learn(900, 300);
  CHECK(estimator.Snapshot().bytes_per_token == Approx(3.8));
  estimator.Learn(900, 300);
  CHECK(estimator.Snapshot().bytes_per_token == Approx(3.64));
}

TEST_CASE("estimator: an odd bill moves it no further than the bounds") {
  Estimator estimator;
  estimator.Learn(1'000'000, 1);
  CHECK(estimator.Snapshot().bytes_per_token == Approx(4.0 + 0.2 * 8));
  Estimator other;
  other.Learn(1, 1'000'000);
  CHECK(other.Snapshot().bytes_per_token == Approx(4.0 - 0.2 * 3.5));
}

TEST_CASE("estimator: an empty bill teaches nothing") {
  Estimator estimator;
  estimator.Learn(100, 0);
  estimator.Learn(0, 100);
  CHECK(estimator.Snapshot().bytes_per_token == Approx(4.0));
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
  CHECK(rig.embedder->Estimate().bytes_per_token == Approx(4.4));
}

TEST_CASE("usage: tokens estimated where the provider does not say") {
  EmbedderRig rig;
  CHECK(rig.Outcome({"twelve bytes", "abcde"}) == "++");
  CHECK(rig.embedder->Usage().tokens == 5);
  CHECK(rig.embedder->Estimate().bytes_per_token == Approx(4.0));
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
