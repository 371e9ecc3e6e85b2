#include "src/resilience/traffic.h"

#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

constexpr SteadyTime kStart{std::chrono::hours(1)};

/// Requests that are answered in 100 ms, sent as soon as they may be.
struct Client {
  explicit Client(std::size_t concurrency)
      : traffic({.concurrency = concurrency, .counts_texts = false}, kStart) {}

  /// How long the next one has to wait; it goes out then.
  Millis Start() {
    REQUIRE(traffic.HasRoom());
    const Millis wait = traffic.HoldNow({}, 0, now).left;
    now += wait;
    sent.push_back(traffic.Begin({}, now));
    return wait;
  }
  /// The oldest one is answered, in time.
  void Answer() {
    now = std::max(now, sent.front().sent + Millis(100));
    traffic.Succeeded(sent.front(), {}, {}, now);
    sent.erase(sent.begin());
  }

  Traffic traffic;
  SteadyTime now = kStart;
  std::vector<Traffic::Ticket> sent;
};

TEST_CASE("traffic: the first starts are spread over half of the time of an answer") {
  Client client(8);
  CHECK(client.Start() == Millis(0));
  client.Answer();
  client.now += Millis(1'000);
  for (const int wait : {0, 12, 12, 12}) CHECK(client.Start() == Millis(wait));
  CHECK_FALSE(client.traffic.HasRoom());
}

TEST_CASE("traffic: later ones follow the answers that make room for them") {
  Client client(2);
  client.Start();
  client.Answer();
  client.Start();
  client.Start();
  for (int i = 0; i < 4; ++i) {
    client.Answer();
    CHECK(client.Start() == Millis(0));
    CHECK_FALSE(client.traffic.HasRoom());
  }
}

}  // namespace
}  // namespace reembed
