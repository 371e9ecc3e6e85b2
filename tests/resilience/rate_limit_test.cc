#include <atomic>
#include <cstdlib>
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

/// A 429 that says nothing of a rate.
Error Overload(Millis wait = Millis(0)) {
  Error error = Limited(wait);
  error.overloaded = true;
  return error;
}

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
  CHECK(rig.gate.Limited(first, Overload(Millis(20'000))).ok());
  CHECK(rig.gate.Limited(second, Overload(Millis(4'000))).ok());
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(22'500)});
}

TEST_CASE("rate gate: a burst of refusals doubles the pause once, not once for each worker") {
  GateRig rig;
  std::vector<RateGate::Ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(*rig.gate.Enter({}, {}));
  for (const auto& ticket : tickets) CHECK(rig.gate.Limited(ticket, Overload()).ok());
  const auto after = *rig.gate.Enter({}, {});
  CHECK(rig.gate.Limited(after, Overload()).ok());
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(1'125), Millis(2'250)});
}

TEST_CASE("rate gate: workers leave a pause one after the other") {
  SurroundingsRig rig;
  double next = 0;
  const Surroundings staggered{rig.clock, [&next] { return next += 0.25; }, rig.activity, rig.log,
                               "fake"};
  RateGate gate({}, staggered);
  next = -0.25;
  CHECK(gate.Limited(*gate.Enter({}, {}), Overload(Millis(8'000))).ok());
  for (int i = 0; i < 3; ++i) gate.Succeeded(*gate.Enter({}, {}), {}, {});
  // The clock stands at the first one's release when the second begins to wait, and so on.
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(8'500), Millis(500), Millis(500)});
}

TEST_CASE("rate gate: a longer pause that begins during the wait is waited for too") {
  GateRig rig;
  const auto first = *rig.gate.Enter({}, {});
  const auto second = *rig.gate.Enter({}, {});
  CHECK(rig.gate.Limited(first, Overload(Millis(2'000))).ok());
  bool again = true;
  rig.clock.OnSleep([&](Millis) {
    if (std::exchange(again, false)) CHECK(rig.gate.Limited(second, Overload(Millis(6'000))).ok());
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
          const Result<RateGate::Ticket> limited = rig.gate.Enter({}, {});
          if (limited.ok() && rig.gate.Limited(*limited, Overload()).ok()) ++passed;
          const Result<RateGate::Ticket> answered = rig.gate.Enter({}, {});
          if (answered.ok()) rig.gate.Succeeded(*answered, {}, {});
        }
      });
    }
  }
  CHECK(passed == 200);
}

TEST_CASE("rate gate: after a pause one request goes first, the others when it is answered") {
  GateRig rig;
  CHECK(rig.gate.Limited(*rig.gate.Enter({}, {}), Overload()).ok());
  const auto first = *rig.gate.Enter({}, {});
  std::atomic<bool> entered{false};
  std::jthread second([&] { entered = rig.gate.Enter({}, {}).ok(); });
  CHECK_FALSE(entered);
  rig.gate.Succeeded(first, {}, {});
  second.join();
  CHECK(entered);
}

TEST_CASE("rate gate: who waits for a place is let go by a stop") {
  SurroundingsRig rig;
  RateGate gate({.concurrency = 1}, rig.surroundings);
  const auto held = gate.Enter({}, {});
  std::stop_source drain;
  std::jthread waiter([&] {
    const auto refused = gate.Enter({}, {.drain = drain.get_token(), .abort = {}});
    if (refused.ok() || refused.error().kind != ErrorKind::kInterrupted) std::abort();
  });
  drain.request_stop();
  waiter.join();
  gate.Failed(*held, ErrorKind::kTransient, true);
  CHECK(gate.Enter({}, {}).ok());
}

TEST_CASE("pace: what is granted is shown, from the flags or from what an answer states") {
  EmbedderRig rig;
  rig.options.concurrency = 8;
  rig.options.tokens_per_minute = 600'000;
  rig.provider.Usually([](const EmbedRequest& request) {
    Result<EmbedReply> reply = FakeProvider::Right(request);
    reply->quota.requests.per_minute = 3'000;
    reply->quota.tokens.per_minute = 1'000'000;
    return reply;
  });
  CHECK(rig.Outcome({"a"}) == "+");
  const GrantedPace pace = rig.embedder->Pace();
  CHECK(pace.requests_per_minute == 3'000);
  CHECK(pace.tokens_per_minute == 600'000);
  CHECK(pace.concurrency == 4);
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
  CHECK(rig.waits() == std::vector<int>{500});
  // More tokens than estimated are owed, and the estimate has learned.
  CHECK(rig.Outcome({std::string(40, 'b')}) == "+");
  CHECK(rig.waits() == std::vector<int>{500, 3000});
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

TEST_CASE("pace: a refusal that states a quota of nothing teaches no rate") {
  GateRig rig;
  Error nothing = Limited(Millis(1'000));
  nothing.limit = 0;
  nothing.limit_unit = LimitUnit::kRequests;
  CHECK(rig.gate.Limited(*rig.gate.Enter({}, {}), nothing).ok());
  CHECK_FALSE(rig.gate.Pace().requests_per_minute);
  CHECK(rig.gate.Enter({}, {}).ok());
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(1'125)});
}

TEST_CASE("pace: a refusal that took longer than a minute leaves a rate to go on with") {
  SurroundingsRig rig;
  RateGate gate({.requests_per_minute = 600}, rig.surroundings);
  gate.Succeeded(*gate.Enter({}, {}), {}, {});
  const auto slow = *gate.Enter({}, {});
  rig.clock.Advance(Seconds(100));
  Error bare = Limited();
  CHECK(gate.Limited(slow, bare).ok());
  CHECK(gate.Pace().requests_per_minute == 300);
  CHECK(gate.Enter({}, {}).ok());
}

}  // namespace
}  // namespace reembed
