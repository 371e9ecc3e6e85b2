// One row of the table of failures after the other, with the exact waits and requests. Jitter is a
// half throughout.
#include <limits>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;
using testing::Limited;
using testing::VectorOf;

FakeProvider::Answer Vectors(const std::vector<Embedding>& vectors) {
  return [vectors](const EmbedRequest&) { return EmbedReply{.vectors = vectors, .tokens = {}}; };
}

TEST_CASE("rate limited: waits as long as the server asked, and a little more") {
  EmbedderRig rig;
  rig.provider.ThenFail(Limited(Millis(12'000)));
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.waits() == std::vector<int>{13'500});
  CHECK(rig.activity.notices() ==
        std::vector<std::string>{"rate limited by fake (fake.test:443): 14 s"});
}

TEST_CASE("rate limited: without a stated wait from one second, doubling to sixty") {
  EmbedderRig rig;
  rig.provider.ThenFail(Limited(), 8);
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.waits() == std::vector<int>{1125, 2250, 4500, 9000, 18000, 34500, 62500, 62500});
}

TEST_CASE("rate limited: never an attempt and never a failure towards an outage") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing(), 9);
  rig.provider.ThenFail(Limited(Millis(100)), 40);
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.sent() == 50);
}

TEST_CASE("rate limited: no success for max_wait ends the run") {
  EmbedderRig rig;
  rig.options.max_wait = Millis(100'000);
  rig.provider.ThenFail(Limited(Millis(40'000)), 10);
  const auto outcomes = rig.Embed({"a"});
  CHECK(outcomes.error().kind == ErrorKind::kWaitTooLong);
  CHECK_THAT(outcomes.error().message, ContainsSubstring("--max-wait"));
  CHECK(rig.waits() == std::vector<int>{42'500, 42'500});
  CHECK(rig.sent() == 3);
}

TEST_CASE("rate limited: a stop ends the wait") {
  EmbedderRig rig;
  rig.provider.ThenFail(Limited(Millis(12'000)));
  rig.clock.OnSleep([&rig](Millis) { rig.drain.request_stop(); });
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kInterrupted);
  CHECK(rig.sent() == 1);
}

TEST_CASE("wait too long: a stated wait above max_wait names when it resets") {
  EmbedderRig rig;
  rig.provider.ThenFail(Limited(Millis(86'400'000)));
  const auto outcomes = rig.Embed({"a"});
  CHECK(outcomes.error().kind == ErrorKind::kWaitTooLong);
  CHECK(outcomes.error().message ==
        "fake (fake.test:443): slow down; it resets at 2026-11-22T00:00:00Z (in 86400 s), later "
        "than --max-wait 15m allows: run again then, or wait for it with --max-wait 24h");
  CHECK(rig.waits().empty());
  CHECK(rig.sent() == 1);
}

TEST_CASE("wait too long: a daily quota is sat out when the user allows as much") {
  EmbedderRig rig;
  rig.options.max_wait = Millis(86'400'000);
  rig.provider.ThenFail({.kind = ErrorKind::kWaitTooLong,
                         .message = "429 PerDay",
                         .retry_after = Millis(40'000'000)});
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.waits() == std::vector<int>{40'002'500});
}

TEST_CASE("wait too long: a daily quota without a reset ends the run") {
  EmbedderRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kWaitTooLong, .message = "429 PerDay"});
  CHECK(rig.Embed({"a"}).error().message == "429 PerDay");
}

TEST_CASE("wait too long: holds for the wait of a server error, too") {
  EmbedderRig rig;
  Error error = Failing();
  error.retry_after = Millis(3'600'000);
  rig.provider.ThenFail(error);
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kWaitTooLong);
}

TEST_CASE("transient: ten attempts a batch, half a second doubling to thirty") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing(), 9);
  CHECK(rig.Outcome({"a", "b"}) == "++");
  CHECK(rig.waits() == std::vector<int>{250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000});
  CHECK(rig.sent() == 10);
}

TEST_CASE("transient: then single texts with three attempts each, and only the one fails") {
  EmbedderRig rig;
  rig.provider.Poison("b", Failing());
  CHECK(rig.Outcome({"a", "b", "c"}) == "+x+");
  CHECK(rig.waits() == std::vector<int>{250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000,  //
                                        1000,  // the tenth failure opened the circuit: one probe
                                        250, 500});
  CHECK(rig.sent() == 10 + 1 + 3 + 1);
}

TEST_CASE("transient: the message of the text says that it was given up, and why") {
  EmbedderRig rig;
  rig.provider.Poison("b", Failing("500 oops"));
  const auto outcomes = rig.Embed({"a", "b"});
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[1].vector.error().kind == ErrorKind::kTransient);
  CHECK((*outcomes)[1].vector.error().message == "gave up after 3 attempts: 500 oops");
}

TEST_CASE("transient: unusable answers are asked for again") {
  EmbedderRig rig;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  rig.provider.Then(Vectors({VectorOf("a")}));
  rig.provider.Then(Vectors({{1, 2, nan}, VectorOf("b")}));
  rig.provider.Then(Vectors({{0, 0, 0}, VectorOf("b")}));
  rig.provider.Then(Vectors({{1, 2}, VectorOf("b")}));
  CHECK(rig.Outcome({"a", "b"}) == "++");
  CHECK(rig.waits() == std::vector<int>{250, 500, 1000, 2000});
}

TEST_CASE("transient: a stop ends the wait between attempts") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing(), 10);
  rig.clock.OnSleep([&rig](Millis) { rig.drain.request_stop(); });
  CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kInterrupted);
  CHECK(rig.sent() == 1);
}

TEST_CASE("adapted: asked again at once, and no attempt") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing(), 9);
  rig.provider.ThenFail({.kind = ErrorKind::kAdapted, .message = "no base64"}, 3);
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.sent() == 13);
  CHECK(rig.waits().size() == 9);
}

TEST_CASE("adapted: a provider that never has enough is stopped") {
  EmbedderRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kAdapted, .message = "again"}, 1000);
  CHECK_FALSE(rig.Embed({"a"}).ok());
  CHECK(rig.sent() == 16);
}

TEST_CASE("stop: the same wrong length three times running, naming what to set") {
  EmbedderRig rig;
  rig.provider.Usually(Vectors({{1, 2, 3, 4}}));
  const auto outcomes = rig.Embed({"a"});
  CHECK(outcomes.error().kind == ErrorKind::kRefused);
  CHECK(outcomes.error().message ==
        "fake (fake.test:443) gave vectors of 4 components instead of 3 three times running: it "
        "runs another model than small-model, or ignores the length asked for. Check the model, or "
        "set EMBEDDING_DIMENSIONS to 4");
  CHECK(rig.sent() == 3);
  CHECK(rig.waits() == std::vector<int>{250, 500});
}

TEST_CASE("stop: wrong lengths with a right answer or another length between do not count") {
  EmbedderRig rig;
  rig.provider.Then(Vectors({{1, 2}}));
  rig.provider.Then(Vectors({{1, 2}}));
  rig.provider.Then(Vectors({{1, 2, 3, 4}}));
  CHECK(rig.Outcome({"a"}) == "+");
  rig.provider.Then(Vectors({{1, 2}}));
  rig.provider.Then(Vectors({{1, 2}}));
  CHECK(rig.Outcome({"a"}) == "+");
}

TEST_CASE("timeouts: 300 s until the first request of the run is answered, then 120 s") {
  EmbedderRig rig;
  rig.provider.ThenFail(Failing());
  CHECK(rig.Outcome({"a"}) == "+");
  CHECK(rig.Outcome({"b"}) == "+");
  const auto calls = rig.provider.calls();
  CHECK(calls[0].timeout == Millis(300'000));
  CHECK(calls[1].timeout == Millis(300'000));
  CHECK(calls[2].timeout == Millis(120'000));
}

}  // namespace
}  // namespace reembed
