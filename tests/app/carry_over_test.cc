#include "src/app/carry_over.h"

#include <nlohmann/json.hpp>

#include "alias_fixture.h"
#include "reembed/core/spliced_document.h"
#include "src/app/carry_rounds.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

TextHash ContentOf(const FakeCollection& collection, const std::string& id) {
  return *HashWithoutField(collection.Whole(id), "vec", false);
}

std::vector<std::string> IdsOf(const std::vector<LeftDocument>& left) {
  std::vector<std::string> ids;
  for (const LeftDocument& document : left) ids.push_back(document.id);
  return ids;
}

TEST_CASE("carry over: the judgement, by source, destination and copy") {
  const std::optional<TextHash> none;
  const std::optional<TextHash> a = HashText("a");
  const std::optional<TextHash> b = HashText("b");
  const std::optional<TextHash> c = HashText("c");
  // Only in the source: new there, or deleted in the destination since.
  CHECK(JudgeCarrying(a, none, none) == Carrying::kCreate);
  CHECK(JudgeCarrying(b, none, a) == Carrying::kStaysGone);
  CHECK(JudgeCarrying(a, none, a) == Carrying::kStaysGone);
  // In both.
  CHECK(JudgeCarrying(b, a, a) == Carrying::kReplace);
  CHECK(JudgeCarrying(a, b, a) == Carrying::kAlike);
  CHECK(JudgeCarrying(b, b, a) == Carrying::kAlike);
  CHECK(JudgeCarrying(b, c, a) == Carrying::kBothEdited);
  CHECK(JudgeCarrying(a, b, none) == Carrying::kBothEdited);
  CHECK(JudgeCarrying(a, a, none) == Carrying::kAlike);
  // Only in the destination: deleted in the source, or made after the switch.
  CHECK(JudgeCarrying(none, a, a) == Carrying::kDelete);
  CHECK(JudgeCarrying(none, b, a) == Carrying::kEditedAfter);
  CHECK(JudgeCarrying(none, a, none) == Carrying::kAlike);
  CHECK(JudgeCarrying(none, none, a) == Carrying::kAlike);
}

/// Two collections `docs_old` and `clone`, both of two components.
struct StageFixture {
  AliasFixture base{3};
  CarryStage stage;

  StageFixture()
      : stage(Prepare(base.store), base.store, base.clock, {"docs_old", "clone", "vec"}) {}

  static FakeStore& Prepare(FakeStore& store) {
    store.collections["docs_old"] = MakeCollection("docs_old", 3);
    store.collections["clone"] = MakeCollection("clone", 3);
    for (const char* id : {"0", "1", "2"}) store.collections["clone"].vectors[id] = {5, 6};
    return store;
  }
  FakeCollection& clone() { return base.store.collections.at("clone"); }
  CarryItem Item(const std::string& id) {
    CarryItem item{.id = id, .copy = {}};
    if (clone().Has(id)) item.copy = ContentOf(clone(), id);
    return item;
  }
  Carried Carry(const CarryItem& item) { return *stage.Carry(item, {}); }
};

TEST_CASE("carry over: what was changed gets the vector that is given, or keeps the one there") {
  StageFixture fixture;
  CarryItem item = fixture.Item("1");
  if (GENERATE(false, true)) item.vector = std::make_shared<const Embedding>(Embedding{7, 8});
  fixture.base.Old().SetTitle("1", "edited");
  fixture.base.Old().vectors["1"] = {1, 2};
  const Carried carried = fixture.Carry(item);
  CHECK(carried.what == Carrying::kReplace);
  CHECK(carried.left.empty());
  CHECK(carried.content == ContentOf(fixture.base.Old(), "1"));
  CHECK(ContentOf(fixture.clone(), "1") == carried.content);
  CHECK(fixture.clone().vectors["1"] == (item.vector ? Embedding{7, 8} : Embedding{5, 6}));
}

TEST_CASE("carry over: a vector that the destination does not have is not taken from the source") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.clone().vectors.erase("1");
  fixture.base.Old().SetTitle("1", "edited");
  fixture.base.Old().vectors["1"] = {1, 2};
  CHECK(fixture.Carry(item).what == Carrying::kReplace);
  CHECK(fixture.clone().FieldJson("1").empty());
}

TEST_CASE("carry over: an insert leaves what was made there in between") {
  StageFixture fixture;
  fixture.base.Old().SetTitle("new", "inserted");
  std::string there;
  fixture.base.store.on_write = [&](const std::string& id) {
    if (!there.empty()) fixture.clone().SetTitle(id, there);
  };
  SECTION("nothing") {
    CHECK(fixture.Carry(fixture.Item("new")).what == Carrying::kCreate);
    CHECK(fixture.clone().Has("new"));
  }
  SECTION("another document") {
    there = "by the application";
    const Carried carried = fixture.Carry(fixture.Item("new"));
    CHECK(carried.what == Carrying::kBothEdited);
    CHECK_FALSE(carried.left.empty());
    CHECK_THAT(fixture.clone().Whole("new"), ContainsSubstring("by the application"));
  }
  SECTION("our own, whose answer was lost") {
    there = "inserted";
    const Carried carried = fixture.Carry(fixture.Item("new"));
    CHECK(carried.what == Carrying::kAlike);
    CHECK(carried.left.empty());
  }
}

TEST_CASE("carry over: a deletion is carried only while the copy is ours") {
  StageFixture fixture;
  const CarryItem ours = fixture.Item("1");
  const CarryItem edited = fixture.Item("2");
  fixture.clone().SetTitle("2", "edited");
  fixture.base.Old().RemoveDocument("1");
  fixture.base.Old().RemoveDocument("2");
  CHECK(fixture.Carry(ours).what == Carrying::kDelete);
  CHECK_FALSE(fixture.clone().Has("1"));
  const Carried left = fixture.Carry(edited);
  CHECK(left.what == Carrying::kEditedAfter);
  CHECK_THAT(left.left, ContainsSubstring("deleted in docs_old"));
  CHECK(fixture.clone().Has("2"));
}

void PutBoth(StageFixture& fixture, const std::string& id, const std::string& json) {
  fixture.base.Old().Put(id, json);
  fixture.clone().Put(id, json);
  fixture.clone().vectors[id] = {5, 6};
}

TEST_CASE("carry over: another member that is written there in between stays") {
  StageFixture fixture;
  PutBoth(fixture, "1", R"({"id":"1","title":"t","note":"n","old":[1],"meta":{"a":1,"b":2}})");
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().Put("1", R"({"id":"1","title":"edited","note":"n","meta":{"a":1,"b":3}})");
  fixture.base.store.on_write = [&](const std::string&) {
    fixture.clone().Put("1", R"({"id":"1","title":"t","note":"theirs","old":[1],)"
                             R"("meta":{"a":7,"b":2},"vec":[5,6]})");
  };
  CHECK(fixture.Carry(item).what == Carrying::kReplace);
  CHECK(nlohmann::json::parse(fixture.clone().Whole("1")) ==
        nlohmann::json::parse(R"({"id":"1","title":"edited","note":"theirs",)"
                              R"("meta":{"a":7,"b":3},"vec":[5,6]})"));
}

TEST_CASE("carry over: the same member, written there in between, is theirs") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  fixture.base.store.on_write = [&](const std::string& id) {
    fixture.clone().SetTitle(id, "theirs");
  };
  const Carried carried = fixture.Carry(item);
  CHECK(carried.what == Carrying::kBothEdited);
  CHECK_FALSE(carried.left.empty());
  CHECK_THAT(fixture.clone().Whole("1"), ContainsSubstring("theirs"));
}

TEST_CASE("carry over: a document that is deleted there in between stays gone") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  fixture.base.store.on_write = [&](const std::string& id) { fixture.clone().RemoveDocument(id); };
  CHECK(fixture.Carry(item).what == Carrying::kStaysGone);
  CHECK_FALSE(fixture.clone().Has("1"));
}

TEST_CASE("carry over: what the server wrongly takes for changed is changed in the end") {
  StageFixture fixture;
  fixture.base.store.tells_no_change = true;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  CHECK(fixture.Carry(item).what == Carrying::kReplace);
  CHECK_THAT(fixture.clone().Whole("1"), ContainsSubstring("edited"));
  CHECK(fixture.base.clock.waits() == std::vector<Millis>(4, Millis(200)));
}

TEST_CASE("carry over: a node that lags behind is asked again") {
  StageFixture fixture;
  fixture.base.store.tells_no_change = true;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  int waits = 0;
  fixture.base.clock.OnSleep([&](Millis) {
    if (++waits == 3) fixture.clone().SetTitle("1", "theirs");
  });
  CHECK(fixture.Carry(item).what == Carrying::kBothEdited);
  CHECK(waits == 3);
  CHECK_THAT(fixture.clone().Whole("1"), ContainsSubstring("theirs"));
}

TEST_CASE("carry over: what no update can say replaces the whole") {
  StageFixture fixture;
  PutBoth(fixture, "1", R"({"id":"1","title":"t","meta":"a word"})");
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().Put("1", R"({"id":"1","title":"t","meta":{"a":[null]}})");
  CHECK(fixture.Carry(item).what == Carrying::kReplace);
  CHECK(ContentOf(fixture.clone(), "1") == ContentOf(fixture.base.Old(), "1"));
  CHECK(fixture.clone().vectors["1"] == Embedding{5, 6});
}

TEST_CASE("carry over: what is edited there just before it is deleted is put back") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().RemoveDocument("1");
  fixture.base.store.on_delete = [&](const std::string& id) {
    fixture.clone().SetTitle(id, "theirs");
  };
  SECTION("as it was") {
    const Carried carried = fixture.Carry(item);
    CHECK(carried.what == Carrying::kEditedAfter);
    CHECK_FALSE(carried.left.empty());
    CHECK(fixture.clone().Whole("1") == R"({"id":"1","title":"theirs","vec":[5,6]})");
  }
  const auto tells = ContainsSubstring(R"(could not be put back (refused here). )"
                                       R"(Without its vector it was: {"id":"1","title":"theirs"})");
  SECTION("or told, if that is refused") {
    fixture.clone().rejected = {"1"};
    CHECK_THAT(fixture.Carry(item).left, tells);
  }
  SECTION("or told, if the store is away") {
    fixture.base.store.write_error = [](std::size_t) {
      return Error{.kind = ErrorKind::kOutage, .message = "refused here"};
    };
    const auto carried = fixture.stage.Carry(item, {});
    CHECK(carried.error().kind == ErrorKind::kOutage);
    CHECK_THAT(carried.error().message, tells);
  }
}

TEST_CASE("carry over: what the destination refuses is left, with its words") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  fixture.clone().rejected = {"1"};
  CHECK_THAT(fixture.Carry(item).left, ContainsSubstring("refused here"));
}

TEST_CASE("carry over: repeating it changes nothing") {
  StageFixture fixture;
  const CarryItem item = fixture.Item("1");
  fixture.base.Old().SetTitle("1", "edited");
  CHECK(fixture.Carry(item).what == Carrying::kReplace);
  CHECK(fixture.Carry(item).what == Carrying::kAlike);
}

TEST_CASE("carry over: a null that the destination has removed is no edit there") {
  StageFixture fixture;
  FakeCollection& old = fixture.base.Old();
  old.documents[1].json = R"({"id":"1","note":null,"title":"text 1"})";
  CarryItem item{.id = "1", .copy = ContentOf(old, "1")};
  SECTION("deleted") {
    old.RemoveDocument("1");
    CHECK(fixture.Carry(item).what == Carrying::kDelete);
  }
  SECTION("edited") {
    old.documents[1].json = R"({"id":"1","note":null,"title":"edited"})";
    CHECK(fixture.Carry(item).what == Carrying::kReplace);
  }
}

TEST_CASE("carry over: what is new may have to wait for its vector") {
  StageFixture fixture;
  fixture.base.Old().SetTitle("new", "inserted");
  CarryItem item = fixture.Item("new");
  SECTION("always") {
    item.without = MakeWithout::kNever;
    CHECK(fixture.Carry(item).what == Carrying::kWaits);
    CHECK_FALSE(fixture.clone().Has("new"));
    item.vector = std::make_shared<const Embedding>(Embedding{7, 8});
    CHECK(fixture.Carry(item).what == Carrying::kCreate);
    CHECK(fixture.clone().vectors["new"] == Embedding{7, 8});
  }
  SECTION("when the source's has one") {
    item.without = MakeWithout::kUnlessSourceHas;
    if (GENERATE(false, true)) {
      fixture.base.Old().vectors["new"] = {1, 2};
      CHECK(fixture.Carry(item).what == Carrying::kWaits);
    } else {
      CHECK(fixture.Carry(item).what == Carrying::kCreate);
    }
  }
}

/// A switch that was done, and the way back of what was written since.
struct BackFixture {
  AliasFixture base;
  std::string clone;

  BackFixture() {
    if (!base.Run().whole()) throw std::logic_error("the switch failed");
    clone = base.ServedName();
  }
  FakeCollection& Clone() { return base.store.collections.at(clone); }
  CarriedBack Back() {
    const Target target{clone, Clone().schema.created_at, "vec"};
    Recipe recipe;
    recipe.dimensions = 2;
    const auto view = *base.journals->View(target, recipe);
    return *CarryBack(base.Tools(), {clone, "docs_old", "vec"}, *view, {});
  }
};

TEST_CASE("carry over: nothing was written since, nothing goes back") {
  BackFixture fixture;
  const CarriedBack back = fixture.Back();
  CHECK(back.created + back.replaced + back.deleted == 0);
  CHECK(back.left.empty());
}

TEST_CASE("carry over: what was written since goes back, onto the old vectors") {
  BackFixture fixture;
  fixture.Clone().SetTitle("1", "edited since");
  fixture.Clone().SetTitle("new", "inserted since");
  fixture.Clone().vectors["new"] = {3, 4};
  fixture.Clone().RemoveDocument("3");
  const std::size_t paid = fixture.base.embedder.texts().size();
  const CarriedBack back = fixture.Back();
  CHECK(back.created == 1);
  CHECK(back.replaced == 1);
  CHECK(back.deleted == 1);
  CHECK(back.left.empty());
  FakeCollection& old = fixture.base.Old();
  CHECK(ContentOf(old, "1") == ContentOf(fixture.Clone(), "1"));
  CHECK(old.vectors["1"] == Embedding{1, 2, 3});
  CHECK(old.vectors["0"] == Embedding{1, 2, 3});
  CHECK(old.Has("new"));
  CHECK(old.FieldJson("new").empty());
  CHECK_FALSE(old.Has("3"));
  CHECK(fixture.base.embedder.texts().size() == paid);
  const CarriedBack again = fixture.Back();
  CHECK(again.created + again.replaced + again.deleted == 0);
}

TEST_CASE("carry over: what the old collection has of its own since then stays and is listed") {
  BackFixture fixture;
  fixture.Clone().SetTitle("1", "edited since");
  fixture.base.Old().SetTitle("1", "edited after the way back");
  fixture.Clone().RemoveDocument("2");
  fixture.base.Old().SetTitle("2", "edited after the way back");
  fixture.base.Old().SetTitle("4", "edited after the way back");
  fixture.base.Old().SetTitle("own", "inserted after the way back");
  const CarriedBack back = fixture.Back();
  CHECK(IdsOf(back.left) == std::vector<std::string>{"1", "2"});
  CHECK_THAT(fixture.base.Old().Whole("1"), ContainsSubstring("after the way back"));
  CHECK(fixture.base.Old().Has("2"));
  CHECK_THAT(fixture.base.Old().Whole("4"), ContainsSubstring("after the way back"));
  CHECK(fixture.base.Old().Has("own"));
}

TEST_CASE("carry over: an insert without vector that a required field refuses is listed") {
  BackFixture fixture;
  fixture.base.Require();
  fixture.Clone().SetTitle("new", "inserted since");
  CHECK(IdsOf(fixture.Back().left) == std::vector<std::string>{"new"});
}

}  // namespace
}  // namespace reembed::testing
