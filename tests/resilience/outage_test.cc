// Outages against the whole embedder; the circuit itself has tests of its own.
#include <atomic>
#include <thread>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::BatchOf;
using testing::EmbedAll;
using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;

const Error kNoConnection{.kind = ErrorKind::kUnreachable, .message = "connection refused"};

TEST_CASE("outage: a server that never answers ends the run, after one probe at a time") {
  EmbedderRig rig;
  rig.provider.Usually([](const EmbedRequest&) { return kNoConnection; });
  const auto outcomes = rig.Embed({"a", "b"});
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kOutage);
  CHECK_THAT(outcomes.error().message, ContainsSubstring("fake (fake.test:443)") &&
                                           ContainsSubstring("300 s") &&
                                           ContainsSubstring("connection refused"));
  CHECK(rig.sent() == 10 + 14);
  CHECK(rig.waits() == std::vector<int>{250,   500,   1000,  2000,  4000,  8000,  15000, 15000,
                                        15000, 1000,  2000,  4000,  8000,  16000, 30000, 30000,
                                        30000, 30000, 30000, 30000, 30000, 30000, 29000});
}

TEST_CASE("outage: also for a run of one text") {
  EmbedderRig rig;
  rig.provider.Usually([](const EmbedRequest&) { return Failing(); });
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kOutage);
}

TEST_CASE("outage: one that ends in time costs nothing but the wait") {
  EmbedderRig rig;
  CHECK(rig.Outcome({"first"}) == "+");
  rig.provider.ThenFail(kNoConnection, 10 + 6);
  CHECK(rig.Outcome({"a", "b", "c", "d"}) == "++++");
}

TEST_CASE("outage: a lone poisoned text among answered ones is no outage") {
  EmbedderRig rig;
  CHECK(rig.Outcome({"first"}) == "+");
  rig.provider.Poison("bad", Failing());
  CHECK(rig.Outcome({"bad"}) == "x");
  CHECK(rig.sent() == 1 + 10);
  CHECK(rig.Outcome({"next"}) == "+");
}

TEST_CASE("outage: a failed probe goes to the end of the queue") {
  EmbedderRig rig;
  rig.provider.Poison("bad", Failing());
  CHECK(rig.Outcome({"bad", "a", "b"}) == "x++");
  const std::vector<std::string> requests = rig.provider.requests();
  CHECK(std::vector<std::string>(requests.begin() + 10, requests.end()) ==
        std::vector<std::string>{"bad", "a", "b", "bad", "bad", "bad"});
}

TEST_CASE("outage: a batch that finds the circuit open is halved until a sound half closes it") {
  EmbedderRig rig;
  rig.provider.Poison("bad", Failing());
  rig.provider.Poison("worse", Failing());
  CHECK(rig.Outcome({"ok", "bad"}) == "+x");  // leaves three failures in a row behind
  CHECK(rig.Outcome({"worse", "a", "b", "c"}) == "x+++");
  const std::vector<std::string> requests = rig.provider.requests();
  CHECK(std::vector<std::string>(requests.begin() + 14 + 8, requests.begin() + 14 + 10) ==
        std::vector<std::string>{"worse+a", "b+c"});
}

TEST_CASE("outage: four workers share the circuit and all go on when the server is back") {
  EmbedderRig rig;
  REQUIRE(rig.Outcome({"first"}) == "+");
  rig.provider.ThenFail(kNoConnection, 20);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&rig, &right, text = std::string(1, static_cast<char>('a' + i))] {
        const auto outcomes = EmbedAll(*rig.embedder, {text}, rig.rules, {});
        if (outcomes.ok() && outcomes->front().vector.ok()) ++right;
      });
    }
  }
  CHECK(right == 4);
  CHECK(rig.sent() == 1 + 20 + 4);
}

TEST_CASE("outage: four workers end alike when the server stays away") {
  EmbedderRig rig;
  REQUIRE(rig.Outcome({"first"}) == "+");
  rig.provider.Usually([](const EmbedRequest&) { return kNoConnection; });
  std::atomic<int> outages{0};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&rig, &outages] {
        const auto outcomes = EmbedAll(*rig.embedder, {"a", "b"}, rig.rules, {});
        if (!outcomes.ok() && outcomes.error().kind == ErrorKind::kOutage) ++outages;
      });
    }
  }
  CHECK(outages == 4);
}

}  // namespace
}  // namespace reembed
