#include "src/app/id_counter.h"

#include "alias_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

void Fill(FakeCollection& collection, const std::vector<std::string>& ids) {
  collection.documents.clear();
  for (const std::string& id : ids) collection.SetTitle(id, "text");
}

TEST_CASE("id counter: only canonical decimals below 2^32 are automatic ids") {
  CHECK(AutomaticId("0") == 0U);
  CHECK(AutomaticId("17") == 17U);
  CHECK(AutomaticId("4294967295") == 4294967295U);
  for (const char* id : {"", "00", "017", "-1", "+1", " 1", "1 ", "1a", "a1", "1.0", "4294967296",
                         "10000000000", "99999999999999999999"}) {
    CHECK_FALSE(AutomaticId(id));
  }
}

TEST_CASE("id counter: it is moved 10,000 past the greatest id, less what the documents used up") {
  CHECK(IdsToUseUp(0, 0) == 10'001);
  CHECK(IdsToUseUp(999, 500) == 10'500);
  CHECK(IdsToUseUp(0, 20'000) == 0);
}

TEST_CASE("id counter: the greatest id is compared as a number, and others are ignored") {
  FakeStore store;
  store.collections["a"] = MakeCollection("a", 0);
  Fill(store.collections["a"], {"99", "1000", "abc", "007", "5000000000"});
  CHECK(*GreatestAutomaticId(store, "a", {}) == 1000U);
  Fill(store.collections["a"], {"abc", "doc-17"});
  CHECK_FALSE(*GreatestAutomaticId(store, "a", {}));
  CHECK(*CountIdsToUseUp(store, "a", 2, {}) == 0);
}

TEST_CASE("id counter: more than a million steps are refused, naming the way out") {
  FakeStore store;
  store.collections["a"] = MakeCollection("a", 0);
  Fill(store.collections["a"], {"990000"});
  CHECK(*CountIdsToUseUp(store, "a", 1, {}) == 1'000'000);
  Fill(store.collections["a"], {"990001"});
  const auto refused = CountIdsToUseUp(store, "a", 1, {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::kRefused);
  CHECK_THAT(refused.error().message, ContainsSubstring("automatic_ids: false"));
  CHECK_THAT(refused.error().message, ContainsSubstring("990001"));
}

TEST_CASE("id counter: the clone's counter is moved, by documents that it has") {
  AliasFixture fixture(0);
  Fill(fixture.Old(), {"0", "2", "999"});
  fixture.store.collections["clone"] = MakeCollection("clone", 0);
  Fill(fixture.Clone(), {"2", "0"});
  REQUIRE(MoveIdCounter(fixture.Tools(), "docs_old", "clone", {}).ok());
  CHECK(fixture.Clone().used_up_ids == 10'998);
}

TEST_CASE("id counter: an empty clone and ids of another kind ask for nothing") {
  AliasFixture fixture(0);
  fixture.store.collections["clone"] = MakeCollection("clone", 0);
  Fill(fixture.Old(), {"7"});
  REQUIRE(MoveIdCounter(fixture.Tools(), "docs_old", "clone", {}).ok());
  CHECK(fixture.Clone().used_up_ids == 0);
  Fill(fixture.Old(), {"x"});
  Fill(fixture.Clone(), {"x"});
  REQUIRE(MoveIdCounter(fixture.Tools(), "docs_old", "clone", {}).ok());
  CHECK(fixture.Clone().used_up_ids == 0);
}

}  // namespace
}  // namespace reembed::testing
