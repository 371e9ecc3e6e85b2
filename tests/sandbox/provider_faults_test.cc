#include "tests/sandbox/provider_faults.h"

#include "tests/sandbox/provider_damage.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

int CountFault(const Faults& faults, Fault fault) {
  int count = 0;
  for (std::uint64_t number = 1; number <= 10000; ++number) {
    count += PickFaults(faults, number).fault == fault ? 1 : 0;
  }
  return count;
}

int CountQuirk(const Faults& faults, Quirk quirk) {
  int count = 0;
  for (std::uint64_t number = 1; number <= 10000; ++number) {
    count += PickFaults(faults, number).Has(quirk) ? 1 : 0;
  }
  return count;
}

std::vector<bool> Strikes(const Faults& faults) {
  std::vector<bool> strikes;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    strikes.push_back(PickFaults(faults, number).fault.has_value());
  }
  return strikes;
}

std::string ErrorOf(const char* text) {
  return ParseFaults(text).error().message;
}

std::vector<EmbeddedItem> Items(std::size_t count) {
  std::vector<EmbeddedItem> items;
  for (std::size_t i = 0; i < count; ++i) items.push_back({.index = i, .vector = {0.6F, 0.8F}});
  return items;
}

}  // namespace

TEST_CASE("faults: kinds and percents are read") {
  Faults faults = ParseFaults("429=10,502-html=2.5,shuffle=50").value();
  CHECK(faults[Fault::kRateLimit] == 10);
  CHECK(faults[Fault::kBadGateway] == 2.5);
  CHECK(faults[Quirk::kShuffle] == 50);
  CHECK(faults[Fault::kReset] == 0);
  CHECK(ParseFaults("").ok());
}

TEST_CASE("faults: what is wrong is named") {
  CHECK_THAT(ErrorOf("boom=1"), ContainsSubstring("unknown fault \"boom=1\"; known: 429, "));
  CHECK_THAT(ErrorOf("429"), ContainsSubstring("\"429\" needs =PERCENT from 0 to 100"));
  CHECK_THAT(ErrorOf("429=x"), ContainsSubstring("\"429=x\" needs"));
  CHECK_THAT(ErrorOf("429=-1"), ContainsSubstring("needs"));
  CHECK_THAT(ErrorOf("429=101"), ContainsSubstring("needs"));
  CHECK_THAT(ErrorOf("429=60,500=50"), ContainsSubstring("more than 100 %"));
}

TEST_CASE("faults: each kind strikes about as often as asked") {
  const Faults faults = ParseFaults("429=10,reset=3,shuffle=50").value();
  CHECK(CountFault(faults, Fault::kRateLimit) == Approx(1000).margin(100));
  CHECK(CountFault(faults, Fault::kReset) == Approx(300).margin(60));
  CHECK(CountFault(faults, Fault::kCut) == 0);
  CHECK(CountQuirk(faults, Quirk::kShuffle) == Approx(5000).margin(200));
}

TEST_CASE("faults: 100 percent strikes every time") {
  CHECK(CountFault(ParseFaults("500=100").value(), Fault::kServerError) == 10000);
}

TEST_CASE("faults: a number always draws the same, another seed draws otherwise") {
  Faults faults = ParseFaults("500=50").value();
  const std::vector<bool> first = Strikes(faults);
  CHECK(Strikes(faults) == first);
  faults.seed = 2;
  CHECK(Strikes(faults) != first);
}

TEST_CASE("faults: only reset, cut and stall need the raw connection") {
  CHECK(NeedsWire(ParseFaults("reset=1").value()));
  CHECK(NeedsWire(ParseFaults("cut=1").value()));
  CHECK(NeedsWire(ParseFaults("stall=1").value()));
  CHECK_FALSE(NeedsWire(ParseFaults("429=50,bad-json=50,shuffle=100").value()));
}

TEST_CASE("damage: each spoils one item") {
  auto items = Items(3);
  SpoilItems(Fault::kMissingItem, 4, items);
  REQUIRE(items.size() == 2);
  CHECK(items[1].index == 2);
  SpoilItems(Fault::kZero, 0, items);
  CHECK(items[0].vector == std::vector<float>{0, 0});
  SpoilItems(Fault::kWrongLength, 1, items);
  CHECK(items[1].vector == std::vector<float>{0.6F});
  SpoilItems(Fault::kNan, 0, items);
  CHECK(items[0].vector[0] != items[0].vector[0]);
}

TEST_CASE("damage: a shuffle always changes the order and keeps the items") {
  auto two = Items(2);
  ShuffleItems(7, two);
  CHECK(two[0].index == 1);
  CHECK(two[1].index == 0);
  auto four = Items(4);
  ShuffleItems(2, four);
  CHECK(four[0].index == 1);
  CHECK(four[1].index == 0);
  CHECK(four[2].index == 3);
  CHECK(four[3].index == 2);
}

TEST_CASE("damage: spoilt JSON lacks its end") {
  std::string body = "{\"a\":[1,2,3]}";
  SpoilJson(body);
  CHECK(body == "{\"a\":[1,2");
}

}  // namespace reembed::sandbox
