#include "src/io/http/transfer_watch.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr TransferProgress kConnecting{};

TransferProgress Moved(int sent, int received) {
  return {.connected = true, .sent = sent, .received = received};
}

SteadyTime At(int millis) {
  return SteadyTime{} + std::chrono::hours(1) + Millis{millis};
}

}  // namespace

TEST_CASE("transfer watch: without limits everything goes on") {
  TransferWatch watch({}, Millis{0});
  CHECK(watch.Observe(Moved(0, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(0, 0), At(100'000'000)) == WatchVerdict::kGoOn);
  CHECK(watch.NextCheck(At(100'000'000)) == Millis{10'000});
}

TEST_CASE("transfer watch: time spent connecting does not count") {
  TransferWatch watch({.total = Millis{100}, .idle = Millis{100}}, Millis{100});
  CHECK(watch.Observe(kConnecting, At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(kConnecting, At(5'000)) == WatchVerdict::kGoOn);
  CHECK(watch.NextCheck(At(5'000)) == Millis{10'000});
  CHECK(watch.Observe(Moved(0, 0), At(6'000)) == WatchVerdict::kGoOn);
  CHECK(watch.NextCheck(At(6'000)) == Millis{100});
}

TEST_CASE("transfer watch: the total runs on while bytes move") {
  TransferWatch watch({.total = Millis{100}}, Millis{0});
  CHECK(watch.Observe(Moved(1, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(1, 50), At(99)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(1, 60), At(100)) == WatchVerdict::kTooLong);
}

TEST_CASE("transfer watch: a byte in either direction ends idleness") {
  TransferWatch watch({.idle = Millis{100}}, Millis{0});
  CHECK(watch.Observe(Moved(1, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(2, 0), At(90)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(2, 1), At(180)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(2, 1), At(279)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(2, 1), At(280)) == WatchVerdict::kIdle);
}

TEST_CASE("transfer watch: silence is reported once for each period") {
  TransferWatch watch({}, Millis{60});
  CHECK(watch.Observe(Moved(9, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(9, 0), At(60)) == WatchVerdict::kSilent);
  CHECK(watch.Observe(Moved(9, 0), At(61)) == WatchVerdict::kGoOn);
  CHECK(watch.NextCheck(At(61)) == Millis{59});
  CHECK(watch.Observe(Moved(9, 0), At(120)) == WatchVerdict::kSilent);
  CHECK(watch.Observe(Moved(9, 1), At(170)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(9, 1), At(229)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(9, 1), At(230)) == WatchVerdict::kSilent);
}

TEST_CASE("transfer watch: the time since the request was sent ignores what came back") {
  TransferWatch watch({}, Millis{60});
  CHECK(watch.Observe(Moved(1, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(9, 0), At(40)) == WatchVerdict::kGoOn);
  CHECK(watch.Observe(Moved(9, 5), At(70)) == WatchVerdict::kGoOn);
  CHECK(watch.SinceSent(At(90)) == Millis{50});
}

TEST_CASE("transfer watch: the next check is never rounded down to a spin") {
  TransferWatch watch({.idle = Millis{100}}, Millis{0});
  CHECK(watch.Observe(Moved(1, 0), At(0)) == WatchVerdict::kGoOn);
  CHECK(watch.NextCheck(At(99) + std::chrono::microseconds(900)) == Millis{1});
  CHECK(watch.NextCheck(At(150)) == Millis{0});
}
