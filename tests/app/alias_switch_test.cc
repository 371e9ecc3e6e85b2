#include "src/app/alias.h"

#include <map>
#include <random>

#include "alias_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

std::string Title(FakeCollection& collection, const std::string& id) {
  for (const Document& document : collection.documents) {
    if (document.id == id) return AliasFixture::TitleOf(document);
  }
  return {};
}

Cutover LastCutover(AliasFixture& fixture) {
  return fixture.journals->Cutovers()->back();
}

bool IsSwitch(const std::string& what) {
  return what.starts_with("alias docs ");
}

TEST_CASE("alias: what changes during the filling is copied before the switch") {
  AliasFixture fixture;
  bool done = false;
  fixture.store.on_write = [&](const std::string&) {
    if (done) return;
    done = true;
    fixture.Old().SetTitle("1", "edited");
    fixture.Old().Put("2", R"({"id":"2","n":7,"title":"text 2","vec":[1,2,3]})");
    fixture.Old().SetTitle("new", "inserted");
    fixture.Old().RemoveDocument("3");
  };
  bool right = false;
  fixture.store.on_alter = [&](const std::string& what) {
    if (IsSwitch(what)) right = AliasFixture::Right(fixture.Clone()) == 5;
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(right);
  CHECK(Title(fixture.Served(), "1") == "edited");
  CHECK_THAT(fixture.Served().Whole("2"), ContainsSubstring("\"n\":7"));
  CHECK(fixture.Served().Has("new"));
  CHECK_FALSE(fixture.Served().Has("3"));
}

TEST_CASE("alias: what is written between the last round and the switch is carried over") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (!IsSwitch(what)) return;
    fixture.Old().SetTitle("1", "edited");
    fixture.Old().Put("2", R"({"id":"2","n":7,"title":"text 2","vec":[1,2,3]})");
    fixture.Old().SetTitle("new", "inserted");
    fixture.Old().RemoveDocument("3");
  };
  const auto run = fixture.Run();
  REQUIRE(run.trouble() == "");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
  CHECK(Title(fixture.Served(), "1") == "edited");
  CHECK_THAT(fixture.Served().Whole("2"), ContainsSubstring("\"n\":7"));
  CHECK(fixture.Served().Has("new"));
  CHECK_FALSE(fixture.Served().Has("3"));
}

TEST_CASE("alias: what the application does after the switch stays") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (!IsSwitch(what)) return;
    fixture.Old().SetTitle("1", "edited before");
    fixture.Old().SetTitle("2", "edited before");
    fixture.Old().SetTitle("new", "inserted before");
    fixture.Old().RemoveDocument("3");
  };
  fixture.store.after_alter = [&](const std::string& what) {
    if (!IsSwitch(what)) return;
    fixture.Served().SetTitle("1", "edited after");
    fixture.Served().RemoveDocument("2");
    fixture.Served().SetTitle("new", "inserted after");
    fixture.Served().SetTitle("3", "edited after");
    fixture.Served().SetTitle("4", "edited after");
    fixture.Served().SetTitle("fresh", "inserted after");
    fixture.Served().RemoveDocument("0");
  };
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  CHECK(Title(fixture.Served(), "1") == "edited after");
  CHECK_FALSE(fixture.Served().Has("2"));
  CHECK(Title(fixture.Served(), "new") == "inserted after");
  CHECK(Title(fixture.Served(), "3") == "edited after");
  CHECK(Title(fixture.Served(), "4") == "edited after");
  CHECK(Title(fixture.Served(), "fresh") == "inserted after");
  CHECK_FALSE(fixture.Served().Has("0"));
  CHECK(AliasFixture::Right(fixture.Served()) == fixture.Served().documents.size());
  // Both sides: listed, and the exit is 3.
  std::vector<std::string> listed;
  for (const Failure& failure : run.failures) {
    listed.push_back(failure.id);
    CHECK(failure.stage == Stage::kCatchUp);
    CHECK(failure.kind == FailureKind::kChanging);
  }
  std::sort(listed.begin(), listed.end());
  CHECK(listed == std::vector<std::string>{"1", "3", "new"});
  CHECK(LastCutover(fixture).step == CutoverStep::kDone);
}

TEST_CASE("alias: the same edit on both sides is no difference") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (IsSwitch(what)) fixture.Old().SetTitle("1", "edited");
  };
  fixture.store.after_alter = [&](const std::string& what) {
    if (IsSwitch(what)) fixture.Served().SetTitle("1", "edited");
  };
  CHECK(fixture.Run().trouble() == "");
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias: an edit that cannot be embedded any more is carried over all the same") {
  AliasFixture fixture;
  fixture.Require();
  fixture.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "bad") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "bad"};
  };
  fixture.store.on_alter = [&](const std::string& what) {
    if (IsSwitch(what)) fixture.Old().SetTitle("1", "bad");
  };
  const auto run = fixture.Run();
  CHECK(run.counts.failed == 1);
  CHECK(Title(fixture.Served(), "1") == "bad");
  CHECK(fixture.Served().vectors["1"] == VectorOf("text 1"));
}

TEST_CASE("alias: writes that a node has still to apply are waited for before carrying over") {
  AliasFixture fixture;
  int asked = 0;
  bool switched = false;
  fixture.store.after_alter = [&](const std::string& what) { switched |= IsSwitch(what); };
  fixture.store.node_pending = [&](std::size_t) -> Result<std::uint64_t> {
    if (!switched) return 0;
    if (++asked == 3) fixture.Old().SetTitle("1", "applied late");
    return asked < 3 ? 1 : 0;
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(Title(fixture.Served(), "1") == "applied late");
}

// The state that every run is to end in, whatever it met on the way.
void CheckEnd(AliasFixture& fixture) {
  CHECK(fixture.ServedName() != "docs_old");
  CHECK(fixture.store.collections.size() == 2);
  CHECK(LastCutover(fixture).step == CutoverStep::kDone);
  CHECK(fixture.Served().documents.size() == 5);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
  CHECK(fixture.Served().schema.metadata == R"({"owner":"me"})");
  CHECK(Title(fixture.Served(), "1") == "edited");
  CHECK_FALSE(fixture.Served().Has("3"));
  CHECK(fixture.Served().Has("new"));
}

// Edits the collection that serves, once.
void EditServed(AliasFixture& fixture, bool& done) {
  if (std::exchange(done, true)) return;
  FakeCollection& served = fixture.Served();
  served.SetTitle("1", "edited");
  served.SetTitle("new", "inserted");
  served.RemoveDocument("3");
}

TEST_CASE("alias: a rerun after an error at any alteration ends in the same state") {
  AliasFixture fixture;
  const bool lost = GENERATE(false, true);
  const std::size_t at = GENERATE(range(std::size_t{1}, std::size_t{5}));
  const auto trouble = [&](std::size_t number) -> std::optional<Error> {
    if (number != at) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  (lost ? fixture.store.alter_lost : fixture.store.alter_error) = trouble;
  CAPTURE(lost, at);
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  bool edited = false;
  EditServed(fixture, edited);
  REQUIRE(fixture.Run().trouble() == "");
  CheckEnd(fixture);
}

TEST_CASE("alias: a rerun after an error at any read ends in the same state") {
  AliasFixture fixture;
  const std::size_t at = GENERATE(range(std::size_t{1}, std::size_t{14}));
  const bool by_scan = GENERATE(false, true);
  CAPTURE(at, by_scan);
  bool edited = false;
  fixture.store.on_alter = [&](const std::string& what) {
    if (IsSwitch(what)) EditServed(fixture, edited);
  };
  fixture.store.on_scan = [&](std::size_t number) {
    fixture.store.scan_error.reset();
    if (!by_scan || number != at) return;
    fixture.store.scan_error = Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  fixture.store.page_error = [&](std::size_t number) -> std::optional<Error> {
    if (by_scan || number != at) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  const auto run = fixture.Run();
  if (run.end.error) REQUIRE(fixture.Run().trouble() == "");
  CheckEnd(fixture);
}

TEST_CASE("alias: a rerun after an error at any write ends in the same state") {
  AliasFixture fixture;
  const std::size_t at = GENERATE(range(std::size_t{1}, std::size_t{6}));
  CAPTURE(at);
  bool edited = false;
  fixture.store.on_alter = [&](const std::string& what) {
    if (IsSwitch(what)) EditServed(fixture, edited);
  };
  fixture.store.write_error = [&](std::size_t number) -> std::optional<Error> {
    if (number != at) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  const auto run = fixture.Run();
  if (run.end.error) REQUIRE(fixture.Run().trouble() == "");
  CheckEnd(fixture);
}

TEST_CASE("alias: a drain stops it before the switch, and a rerun goes on in the clone") {
  AliasFixture fixture;
  fixture.store.on_write = [&](const std::string&) { fixture.drain.request_stop(); };
  const auto run = fixture.Run();
  CHECK_FALSE(run.end.complete);
  CHECK(fixture.ServedName() == "docs_old");
  fixture.store.on_write = nullptr;
  fixture.drain = {};
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(fixture.store.collections.size() == 2);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE("alias: a drain at the switch is heeded only after the carrying over") {
  AliasFixture fixture;
  fixture.store.on_alter = [&](const std::string& what) {
    if (!IsSwitch(what)) return;
    fixture.Old().SetTitle("1", "edited");
    fixture.drain.request_stop();
  };
  const auto run = fixture.Run();
  CHECK_FALSE(run.end.complete);
  CHECK(LastCutover(fixture).step == CutoverStep::kCarrying);
  CHECK(Title(fixture.Served(), "1") == "edited");
  fixture.store.on_alter = nullptr;
  fixture.drain = {};
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(LastCutover(fixture).step == CutoverStep::kDone);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

TEST_CASE(
    "alias: an old collection that is deleted after the switch is told, and no more waited for") {
  AliasFixture fixture;
  fixture.store.after_alter = [&](const std::string& what) {
    if (IsSwitch(what)) fixture.abort.request_stop();
  };
  REQUIRE(fixture.Run().trouble() != "");
  CHECK(LastCutover(fixture).step == CutoverStep::kCarrying);
  fixture.store.after_alter = nullptr;
  fixture.abort = {};
  fixture.store.collections.erase("docs_old");
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  CHECK_THAT(run.end.stopped_because, ContainsSubstring("docs_old was deleted before"));
  CHECK(LastCutover(fixture).step == CutoverStep::kDone);
  CHECK(AliasFixture::Right(fixture.Served()) == 5);
}

/// A client that inserts, edits and deletes through the alias at random moments, and what it has to
/// find in the end: what it did last.
class Client {
 public:
  Client(AliasFixture& fixture, unsigned seed) : fixture_(fixture), random_(seed) {
    for (const Document& document : fixture.Served().documents) {
      expected_[document.id] = AliasFixture::TitleOf(document);
    }
  }

  void Act() {
    if (random_() % 2 != 0 || steps_ > 60) return;
    fixture_.store.Edit(fixture_.ServedName(), [&](FakeCollection& served) { Act(served); });
  }
  const std::map<std::string, std::string>& expected() const { return expected_; }

 private:
  void Act(FakeCollection& served) {
    const std::string number = std::to_string(++steps_);
    const bool inserts = served.documents.empty() || random_() % 4 == 0;
    const std::string id =
        inserts ? "new" + number : served.documents[random_() % served.documents.size()].id;
    if (!inserts && random_() % 3 == 0) {
      served.RemoveDocument(id);
      expected_.erase(id);
      return;
    }
    served.SetTitle(id, "title " + number);
    expected_[id] = "title " + number;
  }

  AliasFixture& fixture_;
  std::minstd_rand random_;
  std::map<std::string, std::string> expected_;
  int steps_ = 0;
};

TEST_CASE("alias: a client that writes through the alias all the time finds what it did last") {
  const unsigned seed = GENERATE(range(1U, 120U));
  CAPTURE(seed);
  AliasFixture fixture(12);
  Client client(fixture, seed);
  fixture.store.on_scan = [&](std::size_t) { client.Act(); };
  fixture.store.on_lookup = [&](std::size_t) { client.Act(); };
  fixture.store.on_alter = [&](const std::string&) { client.Act(); };
  fixture.store.after_alter = [&](const std::string&) { client.Act(); };
  const auto run = fixture.Run();
  CHECK_FALSE(run.end.error);
  CHECK(run.end.stopped_because.empty());
  CHECK(LastCutover(fixture).step == CutoverStep::kDone);
  std::map<std::string, std::string> found;
  for (const Document& document : fixture.Served().documents) {
    found[document.id] = AliasFixture::TitleOf(document);
  }
  CHECK(found == client.expected());
}

}  // namespace
}  // namespace reembed::testing
