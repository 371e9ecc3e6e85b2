#include "src/app/carry_rounds.h"

#include "alias_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

std::optional<Error> Away(std::size_t) {
  return Error{.kind = ErrorKind::kOutage, .message = "away"};
}

/// Edits the old collection right before the switch.
void BeforeSwitch(AliasFixture& fixture, std::function<void()> act) {
  fixture.store.on_alter = [act = std::move(act)](const std::string& what) {
    if (AliasFixture::IsSwitch(what)) act();
  };
}

TEST_CASE("carry rounds: edits are carried over although the provider is away") {
  AliasFixture fixture;
  BeforeSwitch(fixture, [&] {
    fixture.Old().SetTitle("1", "edited");
    fixture.Old().SetTitle("new", "inserted");
    fixture.Old().RemoveDocument("3");
    fixture.embedder.call_error = Away;
  });
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  CHECK(run.end.error->kind == ErrorKind::kOutage);
  CHECK(AliasFixture::Title(fixture.Served(), "1") == "edited");
  CHECK(fixture.Served().vectors["1"] == VectorOf("text 1"));
  CHECK(AliasFixture::Title(fixture.Served(), "new") == "inserted");
  CHECK(fixture.Served().FieldJson("new").empty());
  CHECK_FALSE(fixture.Served().Has("3"));
  CHECK(fixture.LastCutover().step == CutoverStep::kCarrying);

  fixture.embedder.call_error = nullptr;
  fixture.store.on_alter = nullptr;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
  CHECK(fixture.embedder.texts().size() == 7);
}

TEST_CASE("carry rounds: an edit behind the alias does not meet one that waits for its vector") {
  AliasFixture fixture;
  BeforeSwitch(fixture, [&] { fixture.Old().SetTitle("1", "edited"); });
  fixture.embedder.text_error = [&](const std::string& text) -> std::optional<Error> {
    if (text == "edited") {
      fixture.store.Edit(fixture.ServedName(),
                         [](FakeCollection& clone) { clone.SetTitle("1", "edited again"); });
    }
    return std::nullopt;
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Title(fixture.Served(), "1") == "edited again");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("carry rounds: a text that is paid for comes with its vector") {
  AliasFixture fixture;
  BeforeSwitch(fixture, [&] {
    fixture.Old().SetTitle("new", "text 3");
    fixture.embedder.call_error = Away;
  });
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.Served().vectors["new"] == VectorOf("text 3"));
}

TEST_CASE("carry rounds: only what is new and must have a vector waits for the provider") {
  AliasFixture fixture;
  fixture.Require();
  BeforeSwitch(fixture, [&] {
    fixture.Old().SetTitle("1", "edited");
    fixture.Old().SetTitle("new", "inserted");
  });
  bool carried = false;
  fixture.embedder.text_error = [&](const std::string& text) -> std::optional<Error> {
    if (text != "inserted") return std::nullopt;
    fixture.store.Edit(fixture.ServedName(), [&](FakeCollection& clone) {
      carried = AliasFixture::Title(clone, "1") == "edited" && !clone.Has("new");
    });
    return std::nullopt;
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(carried);
  CHECK(fixture.Served().documents.size() == 6);
  CHECK(AliasFixture::Right(fixture.Served()) == 6);
}

TEST_CASE("carry rounds: what is new, must have a vector and gets none is listed") {
  AliasFixture fixture;
  fixture.Require();
  BeforeSwitch(fixture, [&] { fixture.Old().SetTitle("new", "bad"); });
  fixture.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "bad") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "bad"};
  };
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  REQUIRE(run.failures.size() == 1);
  CHECK(run.failures[0].id == "new");
  CHECK_THAT(run.failures[0].message, ContainsSubstring("refused what is new in docs_old"));
  CHECK(fixture.LastCutover().step == CutoverStep::kDone);
}

TEST_CASE(
    "carry rounds: outside the filter what has a vector gets one, what has none goes without") {
  AliasFixture fixture;
  fixture.config.filter_by = "is_default:=false";
  fixture.Old().filter = [](const Document& document) { return !document.id.starts_with("out"); };
  BeforeSwitch(fixture, [&] {
    fixture.Old().SetTitle("out1", "with");
    fixture.Old().vectors["out1"] = {1, 2, 3};
    fixture.Old().SetTitle("out2", "without");
    fixture.Old().SetTitle("in", "inside");
  });
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.Served().vectors["out1"] == VectorOf("with"));
  CHECK(fixture.Served().FieldJson("out2").empty());
  CHECK(fixture.Served().vectors["in"] == VectorOf("inside"));
}

}  // namespace
}  // namespace reembed::testing
