#include "src/resilience/circuit.h"

#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const SteadyTime kStart{std::chrono::hours(1)};

Circuit OpenedAt(SteadyTime now) {
  Circuit circuit{CircuitRules{}};
  for (int i = 0; i < 10; ++i) circuit.Fails(now, false);
  return circuit;
}

TEST_CASE("circuit: opens with the tenth failure in a row, which still counts") {
  Circuit circuit{CircuitRules{}};
  for (int i = 0; i < 9; ++i) CHECK(circuit.Fails(kStart, false));
  CHECK_FALSE(circuit.open());
  CHECK(circuit.Fails(kStart, false));
  CHECK(circuit.open());
  CHECK_FALSE(circuit.Fails(kStart, false));
}

TEST_CASE("circuit: opens earlier when the row has lasted longer than the patience") {
  Circuit circuit{CircuitRules{.patience = Millis(5000)}};
  CHECK(circuit.Fails(kStart, false));
  CHECK(circuit.Fails(kStart + Millis(5000), false));
  CHECK_FALSE(circuit.open());
  CHECK(circuit.Fails(kStart + Millis(5001), false));
  CHECK(circuit.open());
}

TEST_CASE("circuit: a row is as old as its own first failure") {
  Circuit circuit{CircuitRules{.patience = Millis(5000)}};
  circuit.Fails(kStart, false);
  circuit.Works();
  circuit.Fails(kStart + Millis(9000), false);
  circuit.Fails(kStart + Millis(10'000), false);
  CHECK_FALSE(circuit.open());
}

TEST_CASE("circuit: an answer ends the row") {
  Circuit circuit{CircuitRules{}};
  for (int i = 0; i < 9; ++i) circuit.Fails(kStart, false);
  circuit.Works();
  for (int i = 0; i < 9; ++i) circuit.Fails(kStart, false);
  CHECK_FALSE(circuit.open());
}

TEST_CASE("circuit: probes at one second, doubling to thirty, the last at the end of patience") {
  Circuit circuit = OpenedAt(kStart);
  SteadyTime now = kStart;
  std::vector<int> waits;
  for (; !circuit.given_up(); circuit.Fails(now, true)) {
    const Millis wait = circuit.UntilProbe(now);
    waits.push_back(static_cast<int>(wait.count()));
    now += wait;
  }
  CHECK(waits == std::vector<int>{1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000, 30000,
                                  30000, 30000, 30000, 29000});
  CHECK(circuit.OpenFor(now) == Millis(300'000));
}

TEST_CASE("circuit: what was in flight when it opened does not put the probe off") {
  Circuit circuit = OpenedAt(kStart);
  CHECK_FALSE(circuit.Fails(kStart + Millis(700), false));
  CHECK(circuit.UntilProbe(kStart + Millis(700)) == Millis(300));
}

TEST_CASE("circuit: a success closes it, and the next row starts from nothing") {
  Circuit circuit = OpenedAt(kStart);
  circuit.Works();
  CHECK_FALSE(circuit.open());
  CHECK(circuit.Fails(kStart, false));
  CHECK_FALSE(circuit.open());
}

TEST_CASE("circuit: a probe that is late is due at once") {
  const Circuit circuit = OpenedAt(kStart);
  CHECK(circuit.UntilProbe(kStart + Millis(5000)) == Millis(0));
}

}  // namespace
}  // namespace reembed
