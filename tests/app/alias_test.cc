#include "src/app/alias.h"

#include "alias_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

Cutover LastCutover(AliasFixture& fixture) {
  return fixture.journals->Cutovers()->back();
}

TEST_CASE("alias: the clone takes over with new vectors and every other byte as it was") {
  AliasFixture fixture;
  fixture.Old().Put("3", R"({"id":"3","n":1.50,"title":"text 3","vec":[1,2,3],"z":{"a":[]}})");
  const auto before = fixture.Old().Whole("3");
  const auto run = fixture.Run();
  REQUIRE(run.trouble() == "");
  CHECK(run.counts.success == 5);
  CHECK(fixture.ServedName() == "docs_old_r20261121000000");
  CHECK(fixture.Served().documents.size() == 5);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
  CHECK(fixture.Served().documents[3].json == fixture.Old().documents[3].json);
  CHECK(fixture.Served().schema.metadata == R"({"owner":"me"})");
  CHECK(fixture.Served().schema.Find("vec")->num_dim == 2);
  CHECK(fixture.Old().Whole("3") == before);
  CHECK(fixture.Served().used_up_ids == 10'000);
  const Cutover cutover = LastCutover(fixture);
  CHECK(cutover.kind == CutoverKind::kAlias);
  CHECK(cutover.step == CutoverStep::kDone);
  CHECK(cutover.from == CollectionId{"docs_old", 100});
  CHECK(cutover.to == CollectionId{"docs_old_r20261121000000", 1'000'000});
  CHECK(cutover.aliases == std::vector<std::string>{"docs"});
}

TEST_CASE("alias: each text is paid for once") {
  AliasFixture fixture(5);
  fixture.Old().SetTitle("4", "text 3");
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.embedder.texts().size() == 4);
}

TEST_CASE("alias: an empty collection is switched as well") {
  AliasFixture fixture(0);
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.ServedName() == "docs_old_r20261121000000");
}

TEST_CASE("alias: --limit is refused instead of ignored") {
  AliasFixture fixture;
  fixture.limit = 3;
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  CHECK(run.end.error->kind == ErrorKind::kUsage);
  CHECK(fixture.ServedName() == "docs_old");
}

TEST_CASE("alias: a collection's own name has no alias to switch") {
  AliasFixture fixture;
  const StrategyTools strategy = fixture.Tools();
  CollectionPlan plan = fixture.Plan();
  plan.alias.reset();
  const auto clone =
      PrepareClone({strategy, *fixture.journals, fixture.recovery, fixture.nodes}, plan, {});
  REQUIRE_FALSE(clone.ok());
  CHECK(clone.error().kind == ErrorKind::kRefused);
  CHECK(fixture.store.alterations.empty());
}

TEST_CASE("alias: other aliases follow only when asked for, the configured one first") {
  AliasFixture fixture;
  fixture.store.aliases = {{"a", "docs_old"}, {"docs", "docs_old"}, {"x", "elsewhere"}};
  fixture.all_aliases = GENERATE(false, true);
  REQUIRE(fixture.Run().trouble() == "");
  std::vector<std::string> switched;
  for (const Alias& alias : fixture.store.alias_switched) switched.push_back(alias.name);
  CHECK(switched == (fixture.all_aliases ? std::vector<std::string>{"docs", "a"}
                                         : std::vector<std::string>{"docs"}));
  CHECK(LastCutover(fixture).aliases == switched);
}

TEST_CASE("alias: a document that cannot be embedded stops before the switch, a rerun goes on") {
  AliasFixture fixture;
  fixture.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 2") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "bad"};
  };
  const auto run = fixture.Run();
  CHECK(run.counts.failed == 1);
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("1 document could not be embedded"));
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("--allow-missing"));
  CHECK(fixture.ServedName() == "docs_old");
  CHECK(fixture.Clone().documents.empty());

  fixture.embedder.text_error = nullptr;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.store.collections.size() == 2);
  CHECK(fixture.embedder.texts().size() == 5);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias: with --allow-missing it ends without vector, in a field that became optional") {
  AliasFixture fixture;
  fixture.Require();
  fixture.allow_missing = true;
  fixture.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 2") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "bad"};
  };
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  CHECK(run.end.stopped_because.empty());
  CHECK(run.counts.failed == 1);
  CHECK(run.counts.success == 4);
  CHECK(fixture.ServedName() != "docs_old");
  CHECK(fixture.Served().schema.Find("vec")->optional);
  CHECK(fixture.Served().FieldJson("2").empty());
  CHECK(AliasFixture::Right(fixture.Served()) == 4);
}

TEST_CASE("alias: with --allow-missing and nothing missing the field stays as declared") {
  AliasFixture fixture;
  fixture.Require();
  fixture.allow_missing = true;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK_FALSE(fixture.Served().schema.Find("vec")->optional);
}

TEST_CASE("alias: documents without text stop a required field and go without in an optional one") {
  AliasFixture fixture;
  fixture.config.on_empty_text = EmptyTextRule::kSkip;
  fixture.Old().SetTitle("2", "");
  SECTION("required: nothing is paid for") {
    fixture.Require();
    const auto run = fixture.Run();
    CHECK_THAT(run.end.stopped_because, ContainsSubstring("1 document has no text"));
    CHECK(fixture.ServedName() == "docs_old");
    CHECK(fixture.embedder.texts().empty());
  }
  SECTION("required, and allowed to be missing") {
    fixture.Require();
    fixture.allow_missing = true;
    const auto run = fixture.Run();
    CHECK(run.trouble() == "");
    CHECK(run.counts.skipped == 1);
    CHECK(fixture.Served().schema.Find("vec")->optional);
    CHECK(fixture.Served().FieldJson("2").empty());
  }
  SECTION("optional") {
    const auto run = fixture.Run();
    CHECK(run.trouble() == "");
    CHECK(run.counts.skipped == 1);
    CHECK(run.counts.success == 4);
    CHECK(fixture.Served().FieldJson("2").empty());
  }
  SECTION("at the old length it keeps its vector") {
    fixture.Require();
    fixture.Old() = MakeCollection("docs_old", 3, 2);
    fixture.Old().schema.created_at = 100;
    for (const char* id : {"0", "1", "2"}) fixture.Old().vectors[id] = {1, 2};
    fixture.Old().SetTitle("2", "");
    const auto run = fixture.Run();
    CHECK(run.trouble() == "");
    CHECK(fixture.Served().vectors["2"] == Embedding{1, 2});
    CHECK(AliasFixture::Right(fixture.Served()) == 2);
  }
}

TEST_CASE("alias: documents outside the filter come along, those without vector without") {
  AliasFixture fixture;
  fixture.config.filter_by = "is_default:=false";
  fixture.Old().filter = [](const Document& document) {
    return document.id != "1" && document.id != "2";
  };
  fixture.Old().vectors.erase("2");
  const auto run = fixture.Run();
  REQUIRE(run.trouble() == "");
  CHECK(fixture.Served().documents.size() == 5);
  CHECK(fixture.Served().vectors["1"] == VectorOf("text 1"));
  CHECK(fixture.Served().FieldJson("2").empty());
}

TEST_CASE("alias: a refused copy stops before the switch and is listed") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (what.starts_with("metadata")) fixture.Clone().rejected = {"3"};
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("refused 1 document"));
  REQUIRE(run.failures.size() == 1);
  CHECK(run.failures[0].id == "3");
  CHECK(run.failures[0].message == "refused here");
  CHECK(fixture.ServedName() == "docs_old");
  CHECK(fixture.Clone().documents.size() == 4);
  fixture.Clone().rejected.clear();
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias: a node that counts other stops before the switch") {
  AliasFixture fixture;
  fixture.store.nodes.resize(2);
  fixture.nodes = {"http://fake:8108", "http://other:8108"};
  bool lags = true;
  fixture.store.node_count = [&](std::size_t node, std::uint64_t count) -> Result<std::uint64_t> {
    return node == 1 && lags ? count - 1 : count;
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("http://other:8108 counts 4"));
  CHECK(fixture.ServedName() == "docs_old");
  lags = false;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.ServedName() != "docs_old");
}

TEST_CASE("alias: a node that catches up in time is waited for") {
  AliasFixture fixture;
  int looks = 0;
  fixture.store.node_count = [&](std::size_t, std::uint64_t count) -> Result<std::uint64_t> {
    return ++looks < 5 ? count - 1 : count;
  };
  CHECK(fixture.Run().trouble() == "");
}

TEST_CASE("alias: a node that does not answer stops before the switch and is named") {
  AliasFixture fixture;
  fixture.store.node_count = [](std::size_t, std::uint64_t) -> Result<std::uint64_t> {
    return Error{.kind = ErrorKind::kUnreachable, .message = "no connection"};
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("http://fake:8108 does not say"));
  CHECK(fixture.ServedName() == "docs_old");
}

TEST_CASE("alias: what a cut-off run left in the clone unknown is deleted there") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (what.starts_with("metadata")) fixture.Clone().SetTitle("stray", "text");
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK_FALSE(fixture.Served().Has("stray"));
  CHECK(fixture.Served().documents.size() == 5);
}

TEST_CASE("alias: a copy that the clone has lost is listed, and a rerun makes it again") {
  AliasFixture fixture;
  // From the second round on.
  std::size_t scans = 0;
  fixture.store.on_scan = [&](std::size_t) {
    if (++scans > 3 && fixture.store.collections.size() == 2) fixture.Clone().RemoveDocument("1");
  };
  const auto run = fixture.Run();
  CHECK_FALSE(run.end.stopped_because.empty());
  REQUIRE(run.failures.size() == 1);
  CHECK(run.failures[0].id == "1");
  CHECK(fixture.ServedName() == "docs_old");
  fixture.store.on_scan = nullptr;
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias: too many ids to use up stop it before anything is paid for") {
  AliasFixture fixture;
  fixture.Old().SetTitle("2000000", "text");
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  CHECK(run.end.error->kind == ErrorKind::kRefused);
  CHECK(fixture.embedder.texts().empty());
  fixture.config.automatic_ids = false;
  CHECK(fixture.Run().trouble() == "");
  CHECK(fixture.Served().used_up_ids == 0);
}

TEST_CASE("alias: an alias that somebody else has switched is left alone") {
  AliasFixture fixture;
  fixture.store.collections["third"] = MakeCollection("third", 1);
  bool done = false;
  fixture.store.on_write = [&](const std::string&) {
    if (!std::exchange(done, true)) fixture.store.aliases = {{"docs", "third"}};
  };
  const auto run = fixture.Run();
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("docs leads to third"));
  CHECK(fixture.ServedName() == "third");
}

TEST_CASE("alias: a clone of other vectors is given up for a new one") {
  AliasFixture fixture;
  fixture.embedder.call_error = [](std::size_t) -> std::optional<Error> {
    return Error{.kind = ErrorKind::kOutage, .message = "away"};
  };
  REQUIRE(fixture.Run().end.error);
  const std::string first = LastCutover(fixture).to.name;
  fixture.embedder.call_error = nullptr;
  fixture.store.collections.at(first).schema.created_at = 7;
  fixture.clock.Advance(Seconds{5});
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.ServedName() == "docs_old_r20261121000005");
  CHECK(fixture.journals->Cutovers()->front().step == CutoverStep::kUndone);
}

TEST_CASE("alias: a switch that somebody took back is not switched again unasked") {
  AliasFixture fixture;
  fixture.store.alter_lost = [](std::size_t number) -> std::optional<Error> {
    if (number != 4) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "lost"};
  };
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_lost = nullptr;
  fixture.store.scan_error = Error{.kind = ErrorKind::kOutage, .message = "away"};
  REQUIRE(fixture.Run().end.error);
  CHECK(LastCutover(fixture).step == CutoverStep::kCarrying);
  fixture.store.scan_error.reset();
  const std::string clone = fixture.ServedName();
  fixture.store.aliases = {{"docs", "docs_old"}};
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  CHECK(run.end.error->kind == ErrorKind::kRefused);
  fixture.store.aliases = {{"docs", clone}};
  CHECK(fixture.Run().trouble() == "");
}

}  // namespace
}  // namespace reembed::testing
