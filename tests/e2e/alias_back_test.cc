// The way back from an alias switch.

#include "alias_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;
using sandbox::Requests;

namespace {

const std::vector<std::string> kBack = {"rollback", "--yes"};

std::string LineOf(const std::string& exported, const std::string& id) {
  const std::size_t at = exported.find("\"id\":\"" + id + "\"");
  const std::size_t begin = at == std::string::npos ? at : exported.rfind('\n', at) + 1;
  return at == std::string::npos ? "" : exported.substr(begin, exported.find('\n', at) - begin);
}

}  // namespace

TEST_CASE("alias back: nothing was written since, and the old collection serves as before") {
  AliasStory story;
  story.Begin(OldDocuments(30));
  const std::string before = story.Exported("docs_v1");
  const Json schema = story.Schema("docs_v1");
  story.Migrate();
  const Json plan = story.Expect(0, {"rollback", "--dry-run"});
  CHECK(story.Served() != "docs_v1");
  CHECK(story.Run({"rollback"}).exit_code == 2);
  story.Expect(0, kBack);
  CHECK(story.Served() == "docs_v1");
  CHECK(story.Exported("docs_v1") == before);
  CHECK(story.Schema("docs_v1") == schema);
  // Going there once more costs nothing.
  const std::size_t paid = story.Paid();
  story.Expect(0, {"retire", "--yes"});
  story.Migrate();
  story.CheckTakenOver();
  CHECK(story.Paid() == paid);
}

TEST_CASE("alias back: what was written since the switch is carried over") {
  AliasStory story;
  story.Begin(OldDocuments(30));
  const std::string before = story.Exported("docs_v1");
  story.Migrate();
  story.Edit("docs", R"({"id":"d1","title":"another text"}
{"id":"d2","note":"another note"}
{"id":"new","title":"inserted","n":5})");
  story.Delete("docs", "d3");
  story.Ask("POST", "/collections/docs/documents", R"({"id":"named","title":"created"})");
  story.Expect(0, kBack);
  REQUIRE(story.Served() == "docs_v1");
  const std::string after = story.Exported("docs_v1");
  const Documents documents = ParseExport(after);
  const Documents old = ParseExport(before);
  CHECK(documents.size() == 31);
  CHECK(documents.at("d1").at("title") == "another text");
  CHECK(documents.at("d1").at("vec").dump() == old.at("d1").at("vec").dump());
  CHECK(documents.at("d1").at("extra").dump() == old.at("d1").at("extra").dump());
  CHECK(documents.at("d2").at("note") == "another note");
  CHECK(documents.at("d2").at("vec").dump() == old.at("d2").at("vec").dump());
  CHECK(documents.at("new").at("n") == 5);
  CHECK_FALSE(documents.at("new").contains("vec"));  // of the new length it had none to bring
  CHECK(documents.contains("named"));
  CHECK_FALSE(documents.contains("d3"));
  for (const auto& [id, document] : old) {
    if (id == "d1" || id == "d2" || id == "d3") continue;
    CAPTURE(id);
    CHECK(LineOf(after, id) == LineOf(before, id));
  }
}

TEST_CASE("alias back: kill -9 around the switch, and the same command ends the same") {
  const auto before_effect = GENERATE(true, false);
  const auto* const target = GENERATE("/aliases/docs", "/collections/docs_v1/documents/import",
                                      "/collections/docs_v1/documents/d3");
  CAPTURE(before_effect, target);
  AliasStory story;
  story.Begin(OldDocuments(30));
  story.Migrate();
  story.Edit("docs", R"({"id":"d1","title":"another text"}
{"id":"new","title":"inserted","n":5})");
  story.Delete("docs", "d3");
  auto& hooks = story.typesense().controls().hooks();
  Victim victim;
  const auto test = [target](const std::string& method, const std::string& asked) {
    return method != "GET" && asked.starts_with(target);
  };
  if (before_effect) hooks.LoseRequest(test);
  hooks.On(test, before_effect ? Moment::kArrived : Moment::kAnswered, [&](int nth) {
    if (nth == 1) victim.Signal(9);
  });
  const auto process = story.Start(kBack);
  victim.Is(*process);
  CHECK(process->Wait().exit_code == 128 + 9);
  hooks.Clear();
  story.Expect(0, kBack);
  CHECK(story.Served() == "docs_v1");
  const Documents documents = story.Export("docs_v1");
  CHECK(documents.size() == 30);
  CHECK(documents.at("d1").at("title") == "another text");
  CHECK(documents.contains("new"));
  CHECK_FALSE(documents.contains("d3"));
}

TEST_CASE("alias back: what both have changed since stays as it is there, and is listed") {
  AliasStory story;
  story.Begin(OldDocuments(10));
  story.Migrate();
  story.Edit("docs", R"({"id":"d1","note":"on the clone"})");
  story.Edit("docs_v1", R"({"id":"d1","note":"on the old one"})");
  const Json report = story.Expect(3, kBack);
  CHECK(story.Served() == "docs_v1");
  CHECK_THAT(report.dump(), ContainsSubstring("\"d1\""));
  CHECK(story.Export("docs_v1").at("d1").at("note") == "on the old one");
}
