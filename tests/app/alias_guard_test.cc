#include "alias_fixture.h"
#include "src/app/alias.h"
#include "src/app/alias_switch.h"
#include "tests/support/catch2.h"

// What is looked at between the last copy and the switch.

namespace reembed::testing {
namespace {

using Strings = std::vector<std::string>;

FieldSchema Field(const std::string& name, const std::string& type, bool optional = false) {
  FieldSchema field;
  field.name = name;
  field.type = type;
  field.optional = optional;
  field.definition = "{\"name\":\"" + name + "\",\"type\":\"" + type + "\"}";
  return field;
}

Strings Switched(const AliasFixture& fixture) {
  Strings names;
  for (const Alias& alias : fixture.store.alias_switched) names.push_back(alias.name);
  return names;
}

/// Does something between the check of the copies and the end of the last round.
void InLastRound(AliasFixture& fixture, std::function<void()> act) {
  auto checked = std::make_shared<bool>(false);
  fixture.store.node_count = [checked](std::size_t, std::uint64_t count) -> Result<std::uint64_t> {
    *checked = true;
    return count;
  };
  fixture.store.on_scan = [checked, act = std::move(act)](std::size_t) {
    if (std::exchange(*checked, false)) act();
  };
}

TEST_CASE("alias guard: the configured alias is asked for right before it is switched") {
  AliasFixture fixture;
  fixture.store.collections["third"] = MakeCollection("third", 1);
  const bool gone = GENERATE(false, true);
  InLastRound(fixture, [&] {
    fixture.store.aliases.clear();
    if (!gone) fixture.store.aliases = {{"docs", "third"}};
  });
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because,
             ContainsSubstring(gone ? "docs is gone" : "docs leads to third"));
  CHECK(Switched(fixture).empty());
  CHECK(fixture.LastCutover().step == CutoverStep::kFilling);
}

TEST_CASE("alias guard: another alias that leads elsewhere by now is left, with a warning") {
  AliasFixture fixture;
  fixture.all_aliases = true;
  fixture.store.collections["third"] = MakeCollection("third", 1);
  fixture.store.aliases = {{"a", "docs_old"}, {"docs", "docs_old"}, {"z", "docs_old"}};
  fixture.store.on_alter = [&](const std::string& what) {
    if (AliasFixture::IsSwitch(what)) fixture.store.aliases[0].collection = "third";
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(Switched(fixture) == Strings{"docs", "z"});
  CHECK(fixture.LastCutover().aliases == Strings{"docs", "z"});
  CHECK(fixture.log.Count({"the alias a leads to third by now"}) == 1);
}

TEST_CASE("alias guard: a rerun leaves alone what it finds switched, and switches the rest") {
  AliasFixture fixture;
  fixture.all_aliases = true;
  fixture.store.aliases = {{"a", "docs_old"}, {"docs", "docs_old"}};
  fixture.store.alter_error = [&](std::size_t) -> std::optional<Error> {
    if (!fixture.store.alterations.back().starts_with("alias a ")) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_error = nullptr;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(Switched(fixture) == Strings{"docs", "a"});
  CHECK(fixture.LastCutover().aliases == Strings{"docs", "a"});
}

TEST_CASE(
    "alias guard: what the last round could not copy is copied or deleted before the switch") {
  AliasFixture fixture;
  bool edited = false;
  InLastRound(fixture, [&] {
    if (std::exchange(edited, true)) return;
    fixture.Old().Put("1", R"({"id":"1","n":7,"title":"text 1","vec":[1,2,3]})");
    fixture.store.on_lookup = [&](std::size_t) { fixture.Old().RemoveDocument("1"); };
  });
  bool there = true;
  fixture.store.on_alter = [&](const std::string& what) {
    if (AliasFixture::IsSwitch(what)) there = fixture.Clone().Has("1");
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(edited);
  CHECK_FALSE(there);
}

TEST_CASE("alias guard: the counts are compared once more after the last round") {
  AliasFixture fixture;
  int asked = 0;
  fixture.store.node_count = [&](std::size_t, std::uint64_t count) -> Result<std::uint64_t> {
    return ++asked == 1 ? count : count - 1;
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("counts 4"));
  CHECK(fixture.ServedName() == "docs_old");
}

TEST_CASE("alias guard: a node that applies the last round late is waited for") {
  AliasFixture fixture;
  int asked = 0;
  int at_switch = 0;
  fixture.store.node_count = [&](std::size_t, std::uint64_t count) -> Result<std::uint64_t> {
    ++asked;
    return asked == 2 || asked == 3 ? count - 1 : count;
  };
  fixture.store.on_alter = [&](const std::string& what) {
    if (AliasFixture::IsSwitch(what)) at_switch = asked;
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(at_switch == 4);
}

TEST_CASE("alias guard: a failure that an edit has mended does not stop it") {
  AliasFixture fixture;
  fixture.embedder.text_error = [&](const std::string& text) -> std::optional<Error> {
    if (text != "text 2") return std::nullopt;
    fixture.store.Edit("docs_old", [](FakeCollection& old) { old.SetTitle("2", "mended"); });
    return Error{.kind = ErrorKind::kBadText, .message = "bad"};
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Title(fixture.Served(), "2") == "mended");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias guard: a field that the source got meanwhile stops before the switch") {
  AliasFixture fixture;
  fixture.store.on_write = [&](const std::string&) {
    if (fixture.Old().schema.Find("price") != nullptr) return;
    fixture.Old().schema.fields.push_back(Field("price", "float", true));
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("schema of docs_old was changed"));
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("`price`"));
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("reembed rollback"));
  CHECK(fixture.ServedName() == "docs_old");
}

TEST_CASE("alias guard: fields that differ, by name") {
  CollectionSchema source;
  source.fields = {Field("title", "string"), Field("vec", "float[]"), Field("meta", "object")};
  CollectionSchema clone = source;
  std::swap(clone.fields[0], clone.fields[2]);
  for (FieldSchema& field : clone.fields) {
    if (field.name == "vec") field.definition = "another length";
  }
  CHECK(FieldsThatDiffer(source, clone, "vec").empty());

  SECTION("added") {
    source.fields.push_back(Field("price", "float", true));
    CHECK(FieldsThatDiffer(source, clone, "vec") == Strings{"price"});
  }
  SECTION("dropped") {
    source.fields.erase(source.fields.begin());
    CHECK(FieldsThatDiffer(source, clone, "vec") == Strings{"title"});
  }
  SECTION("changed") {
    source.fields[0].definition = R"({"facet":true,"name":"title","type":"string"})";
    CHECK(FieldsThatDiffer(source, clone, "vec") == Strings{"title"});
  }
  SECTION("a part of an object comes with the documents, unless it must be there") {
    source.fields.push_back(Field("meta.a.b", "string", true));
    CHECK(FieldsThatDiffer(source, clone, "vec").empty());
    source.fields.push_back(Field("meta.c", "string", false));
    CHECK(FieldsThatDiffer(source, clone, "vec") == Strings{"meta.c"});
  }
  SECTION("so does any field of a collection that takes in all") {
    source.fields.push_back(Field(".*", "auto", true));
    clone.fields.push_back(Field(".*", "auto", true));
    source.fields.push_back(Field("price", "float", true));
    CHECK(FieldsThatDiffer(source, clone, "vec").empty());
  }
}

}  // namespace
}  // namespace reembed::testing
