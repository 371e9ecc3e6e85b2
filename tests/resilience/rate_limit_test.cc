#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "src/resilience/rate_gate.h"
#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::FakeProvider;
using testing::Limited;
using testing::SurroundingsRig;

struct GateRig : SurroundingsRig {
  RateGate gate{{}, surroundings};
};

TEST_CASE("rate gate: nothing set, nothing waits") {
  GateRig rig;
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits().empty());
}

TEST_CASE("rate gate: the pause is shared, the longest wait counts") {
  GateRig rig;
  const auto first = *rig.gate.Enter({}, {});
  const auto second = *rig.gate.Enter({}, {});
  CHECK(rig.gate.Limited(first, Limited(Millis(20'000))).ok());
  CHECK(rig.gate.Limited(second, Limited(Millis(4'000))).ok());
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(22'500)});
}

TEST_CASE("rate gate: a burst of refusals doubles the pause once, not once for each worker") {
  GateRig rig;
  for (int i = 0; i < 8; ++i) CHECK(rig.gate.Limited(0, Limited()).ok());
  const auto after = *rig.gate.Enter({}, {});
  CHECK(rig.gate.Limited(after, Limited()).ok());
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(1'125), Millis(2'250)});
}

TEST_CASE("rate gate: workers leave a pause one after the other") {
  SurroundingsRig rig;
  double next = 0;
  const Surroundings staggered{rig.clock, [&next] { return next += 0.25; }, rig.activity, rig.log,
                               "fake"};
  RateGate gate({}, staggered);
  CHECK(gate.Limited(0, Limited(Millis(8'000))).ok());
  CHECK(gate.Enter({}, {}).ok());
  CHECK(gate.Enter({}, {}).ok());
  CHECK(gate.Enter({}, {}).ok());
  // The clock stands at the first one's release when the second begins to wait, and so on.
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(8'500), Millis(500), Millis(500)});
}

TEST_CASE("rate gate: a longer pause that begins during the wait is waited for too") {
  GateRig rig;
  CHECK(rig.gate.Limited(0, Limited(Millis(2'000))).ok());
  bool again = true;
  rig.clock.OnSleep([&](Millis) {
    if (std::exchange(again, false)) CHECK(rig.gate.Limited(0, Limited(Millis(6'000))).ok());
  });
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(2'250), Millis(6'750)});
}

TEST_CASE("rate gate: safe to use from several threads") {
  GateRig rig;
  std::atomic<int> passed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&rig, &passed] {
        for (int round = 0; round < 50; ++round) {
          const Result<std::uint64_t> entered = rig.gate.Enter({}, {});
          if (entered.ok() && rig.gate.Limited(*entered, Limited()).ok()) ++passed;
          rig.gate.Succeeded({}, {});
        }
      });
    }
  }
  CHECK(passed == 200);
}

TEST_CASE("pace: requests keep to --rpm from an empty bucket on") {
  EmbedderRig rig;
  rig.options.requests_per_minute = 60;
  for (int i = 0; i < 3; ++i) CHECK(rig.Outcome({"a", "b"}) == "++");
  CHECK(rig.waits() == std::vector<int>{1000, 1000, 1000});
}

TEST_CASE("pace: texts are counted where the provider's quota counts texts") {
  EmbedderRig rig;
  rig.options.requests_per_minute = 60;
  rig.provider.properties_to_declare.counts_texts = true;
  CHECK(rig.Outcome({"a", "b", "c"}) == "+++");
  CHECK(rig.waits() == std::vector<int>{3000});
}

TEST_CASE("pace: tokens keep to --tpm, put right by what is billed") {
  EmbedderRig rig;
  rig.options.tokens_per_minute = 600;
  rig.provider.Usually([](const EmbedRequest& request) {
    Result<EmbedReply> reply = FakeProvider::Right(request);
    reply->tokens = 30;
    return reply;
  });
  CHECK(rig.Outcome({std::string(40, 'a')}) == "+");
  CHECK(rig.waits() == std::vector<int>{1000});
  // 20 tokens more than estimated are owed, and bytes per token went down to 3.47: 12 tokens.
  CHECK(rig.Outcome({std::string(40, 'b')}) == "+");
  CHECK(rig.waits() == std::vector<int>{1000, 3200});
}

TEST_CASE("pace: the wait is shown and ends with a stop") {
  EmbedderRig rig;
  rig.options.requests_per_minute = 1;
  rig.clock.OnSleep([&rig](Millis) { rig.drain.request_stop(); });
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kInterrupted);
  CHECK(rig.sent() == 0);
  CHECK(rig.activity.notices() ==
        std::vector<std::string>{"keeping the pace set for fake (fake.test:443): 6 s"});
}

}  // namespace
}  // namespace reembed
