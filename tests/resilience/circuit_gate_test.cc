#include "src/resilience/circuit_gate.h"

#include <atomic>
#include <stop_token>
#include <thread>
#include <vector>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::Failing;
using testing::Limited;
using testing::SurroundingsRig;
using Pass = CircuitGate::Pass;

struct GateRig : SurroundingsRig {
  CircuitGate gate{CircuitRules{}, surroundings};

  bool FailWith(Pass pass, const Error& error) { return gate.Leave(pass, &error); }

  void Open() {
    for (int i = 0; i < 10; ++i) FailWith(*gate.Enter({}), Failing());
  }

  /// Runs `work` on four threads and waits for them.
  template <typename Work>
  void OnFourThreads(Work work) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  }
};

TEST_CASE("circuit gate: closed, everybody passes without a wait") {
  GateRig rig;
  CHECK(*rig.gate.Enter({}) == Pass::kNormal);
  CHECK(*rig.gate.Enter({}) == Pass::kNormal);
  CHECK(rig.clock.waits().empty());
}

TEST_CASE("circuit gate: open, the caller becomes the probe after a second") {
  GateRig rig;
  rig.Open();
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
  CHECK(rig.clock.waits() == std::vector<Millis>{Millis(1000)});
  CHECK(rig.activity.notices() ==
        std::vector<std::string>{"fake (fake.test:443) fails; next try: 1 s"});
  CHECK_FALSE(rig.FailWith(Pass::kProbe, Failing()));
  CHECK(rig.gate.open());
}

TEST_CASE("circuit gate: refusals show that the server works") {
  GateRig rig;
  rig.Open();
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
  rig.FailWith(Pass::kProbe, testing::Bad());
  CHECK_FALSE(rig.gate.open());
}

TEST_CASE("circuit gate: a limit of the user's, which nobody was asked for, shows nothing") {
  GateRig rig;
  rig.Open();
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
  rig.FailWith(Pass::kProbe, {.kind = ErrorKind::kLimit, .message = "stopped before --max-cost"});
  CHECK(rig.gate.open());
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
}

TEST_CASE("circuit gate: a 429 is no failure, does not end the row, and answers a probe") {
  GateRig rig;
  for (int i = 0; i < 9; ++i) rig.FailWith(Pass::kNormal, Failing());
  for (int i = 0; i < 50; ++i) rig.FailWith(Pass::kNormal, Limited());
  CHECK_FALSE(rig.gate.open());
  rig.FailWith(Pass::kNormal, Failing());
  CHECK(rig.gate.open());
  rig.FailWith(*rig.gate.Enter({}), Limited());
  CHECK_FALSE(rig.gate.open());
}

TEST_CASE("circuit gate: a stop ends the wait for the probe and gives it back") {
  GateRig rig;
  rig.Open();
  std::stop_source stop;
  rig.clock.OnSleep([&stop](Millis) { stop.request_stop(); });
  CHECK(rig.gate.Enter({.drain = stop.get_token(), .abort = {}}).error().kind ==
        ErrorKind::kInterrupted);
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
}

TEST_CASE("circuit gate: a stop ends the wait behind somebody else's probe") {
  GateRig rig;
  rig.Open();
  CHECK(*rig.gate.Enter({}) == Pass::kProbe);
  std::stop_source stop;
  std::atomic<bool> interrupted{false};
  std::jthread waiting([&] {
    const auto pass = rig.gate.Enter({.drain = stop.get_token(), .abort = {}});
    interrupted = pass.error().kind == ErrorKind::kInterrupted;
  });
  stop.request_stop();
  waiting.join();
  CHECK(interrupted);
}

TEST_CASE("circuit gate: of several workers one probes, and its success lets all go on") {
  GateRig rig;
  rig.Open();
  std::atomic<int> probes{0};
  std::atomic<int> others{0};
  rig.OnFourThreads([&] {
    const Pass pass = *rig.gate.Enter({});
    ++(pass == Pass::kProbe ? probes : others);
    rig.gate.Leave(pass, nullptr);
  });
  CHECK(probes == 1);
  CHECK(others == 3);
  CHECK(rig.clock.waits().front() == Millis(1000));
}

TEST_CASE("circuit gate: several workers probe one at a time until patience ends for all") {
  GateRig rig;
  rig.Open();
  std::atomic<int> probing{0};
  std::atomic<int> at_once{0};
  std::atomic<int> outages{0};
  rig.OnFourThreads([&] {
    auto pass = rig.gate.Enter({});
    for (; pass.ok(); pass = rig.gate.Enter({})) {
      at_once = std::max(at_once.load(), ++probing);
      --probing;
      rig.FailWith(*pass, Failing());
    }
    if (pass.error().kind == ErrorKind::kOutage) ++outages;
  });
  CHECK(at_once == 1);
  CHECK(outages == 4);
  CHECK(rig.clock.waits().size() == 14);
  CHECK(rig.clock.waits().back() == Millis(29'000));
}

TEST_CASE("circuit gate: an outage names endpoint, duration and reason") {
  GateRig rig;
  rig.Open();
  auto pass = rig.gate.Enter({});
  for (; pass.ok(); pass = rig.gate.Enter({})) rig.FailWith(*pass, Failing("502 bad gateway"));
  CHECK(pass.error().kind == ErrorKind::kOutage);
  CHECK(pass.error().message ==
        "fake (fake.test:443) has not answered one request in 300 s; the last failure: 502 bad "
        "gateway. Run again when it works");
}

}  // namespace
}  // namespace reembed
