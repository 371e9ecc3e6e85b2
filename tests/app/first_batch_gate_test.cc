#include "src/app/first_batch_gate.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/catch2.h"

using reembed::FirstBatchGate;

TEST_CASE("gate: the first goes at once, the others when it has opened") {
  FirstBatchGate gate;
  std::atomic<bool> opened = false;
  std::atomic<int> too_early = 0;
  std::atomic<int> through = 0;
  REQUIRE(gate.Enter({}));
  {
    std::vector<std::jthread> others;
    for (int i = 0; i < 4; ++i) {
      others.emplace_back([&] {
        if (!gate.Enter({})) return;
        too_early += opened ? 0 : 1;
        ++through;
      });
    }
    opened = true;
    gate.Leave(/*proved=*/true);
  }
  CHECK(too_early == 0);
  CHECK(through == 4);
  CHECK(gate.Enter({}));
}

TEST_CASE("gate: a stop ends the wait") {
  FirstBatchGate gate;
  std::stop_source stop;
  REQUIRE(gate.Enter(stop.get_token()));
  bool entered = true;
  std::jthread other([&] { entered = gate.Enter(stop.get_token()); });
  stop.request_stop();
  other.join();
  CHECK_FALSE(entered);
}

TEST_CASE("gate: a batch that proves nothing hands its turn to one other") {
  FirstBatchGate gate;
  std::atomic<int> inside = 0;
  std::atomic<bool> together = false;
  std::vector<std::jthread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] {
      if (!gate.Enter({})) return;
      together = together || ++inside > 1;
      std::this_thread::yield();
      --inside;
      gate.Leave(/*proved=*/false);
    });
  }
  others.clear();
  CHECK_FALSE(together);
  CHECK(gate.Enter({}));
}
