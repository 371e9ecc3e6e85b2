#include "src/resilience/with_checks.h"

#include <limits>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::FakeProvider;

struct ChecksRig {
  FakeProvider provider;
  NormalizeRule rule = NormalizeRule::kAuto;
  std::unique_ptr<WithChecks> checks;

  /// Lets the provider answer two texts with `vectors`.
  Result<EmbedReply> Answer(const std::vector<Embedding>& vectors) {
    if (!checks) checks = std::make_unique<WithChecks>(provider, rule);
    provider.Then(
        [vectors](const EmbedRequest&) { return EmbedReply{.vectors = vectors, .tokens = {}}; });
    const std::vector<std::string> texts{"a", "b"};
    return checks->Embed({.texts = texts, .task_type = ""}, {});
  }
};

TEST_CASE("checks: pass a good answer on as it is") {
  ChecksRig rig;
  CHECK(rig.Answer({{1, 2, 3}, {4, 5, 6}})->vectors ==
        std::vector<Embedding>{{1, 2, 3}, {4, 5, 6}});
}

TEST_CASE("checks: too few or too many vectors are transient") {
  ChecksRig rig;
  CHECK(rig.Answer({{1, 2, 3}}).error().kind == ErrorKind::kTransient);
  CHECK(rig.Answer({{1, 2, 3}}).error().message ==
        "fake (fake.test:443): unusable answer: 1 vectors for 2 texts");
  CHECK(rig.Answer({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}).error().kind == ErrorKind::kTransient);
}

TEST_CASE("checks: components that are not finite and vectors of zeros are transient") {
  ChecksRig rig;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  CHECK(rig.Answer({{1, 2, 3}, {4, nan, 6}}).error().kind == ErrorKind::kTransient);
  CHECK(rig.Answer({{infinite, 2, 3}, {4, 5, 6}}).error().kind == ErrorKind::kTransient);
  CHECK(rig.Answer({{1, 2, 3}, {0, 0, 0}}).error().kind == ErrorKind::kTransient);
}

TEST_CASE("checks: a wrong length names both") {
  ChecksRig rig;
  const Result<EmbedReply> reply = rig.Answer({{1, 2, 3}, {4, 5}});
  CHECK(reply.error().kind == ErrorKind::kWrongLength);
  CHECK(reply.error().limit == 3);
  CHECK(reply.error().actual == 2);
}

TEST_CASE("checks: with no length known in advance the first good answer sets it") {
  ChecksRig rig;
  rig.provider.properties_to_declare.dimensions = 0;
  CHECK(rig.Answer({{1, 2}, {1, 2, 3}}).error().kind == ErrorKind::kWrongLength);
  CHECK(rig.Answer({{}, {}}).error().kind == ErrorKind::kTransient);
  CHECK(rig.Answer({{1, 2}, {3, 4}}).ok());
  const Result<EmbedReply> reply = rig.Answer({{1, 2, 3}, {4, 5, 6}});
  CHECK(reply.error().kind == ErrorKind::kWrongLength);
  CHECK(reply.error().limit == 2);
}

TEST_CASE("checks: normalise where the provider declares un-normalised vectors") {
  ChecksRig rig;
  rig.provider.properties_to_declare.unit_vectors = false;
  CHECK(rig.Answer({{0, 3, 4}, {2, 0, 0}})->vectors ==
        std::vector<Embedding>{{0.0F, 0.6F, 0.8F}, {1, 0, 0}});
}

TEST_CASE("checks: the user's rule on normalising wins") {
  ChecksRig never{.provider = {}, .rule = NormalizeRule::kNever, .checks = nullptr};
  never.provider.properties_to_declare.unit_vectors = false;
  CHECK(never.Answer({{0, 3, 4}, {2, 0, 0}})->vectors[0] == Embedding{0, 3, 4});
  ChecksRig always{.provider = {}, .rule = NormalizeRule::kAlways, .checks = nullptr};
  CHECK(always.Answer({{0, 3, 4}, {2, 0, 0}})->vectors[1] == Embedding{1, 0, 0});
}

TEST_CASE("checks: the provider's own errors pass") {
  ChecksRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kRefused, .message = "401"});
  CHECK(rig.Answer({}).error().message == "401");
}

}  // namespace
}  // namespace reembed
