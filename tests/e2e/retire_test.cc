// Old collections of alias switches, and how they go.

#include "alias_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kRetire = {"retire", "--yes"};
const std::vector<std::string> kBack = {"rollback", "--yes"};

const Json& OldOf(const Json& report) {
  return DocsOf(report).at("old");
}

}  // namespace

TEST_CASE("retire: the old collection goes, what serves stays") {
  AliasStory story;
  story.Begin(OldDocuments(20));
  story.Migrate();
  const std::string clone = story.Served();
  const std::string serving = story.Exported(clone);

  const Json plan = story.Expect(0, {"retire", "--dry-run"});
  REQUIRE(OldOf(plan).size() == 1);
  CHECK(OldOf(plan)[0].at("collection") == "docs_v1");
  CHECK(OldOf(plan)[0].at("documents") == 20);
  CHECK(OldOf(plan)[0].at("kind") == "served");
  const Ended text = story.Run({"retire", "--dry-run"});
  CHECK_THAT(text.out, ContainsSubstring("docs_v1"));
  CHECK(story.Collections().size() == 2);

  const Ended unasked = story.Run({"retire"});
  CHECK(unasked.exit_code == 2);
  CHECK_THAT(unasked.err, ContainsSubstring("--yes"));
  CHECK(story.Collections().size() == 2);

  const Json report = story.Expect(0, kRetire);
  REQUIRE(OldOf(report).size() == 1);
  CHECK(OldOf(report)[0].at("state") == "deleted");
  CHECK(story.Collections() == std::vector<std::string>{clone});
  CHECK(story.Exported(clone) == serving);
  CHECK(story.Served() == clone);
  CHECK(OldOf(story.Expect(0, kRetire)).empty());
  story.CheckNothingLeft();

  const Ended back = story.Run(kBack);
  CHECK(back.exit_code == 4);
  CHECK_THAT(back.out + back.err, ContainsSubstring("docs_v1"));
  CHECK(story.Served() == clone);
}

TEST_CASE("retire: nothing goes while an alias leads there") {
  AliasStory story;
  story.Begin(OldDocuments(10));
  story.Ask("PUT", "/aliases/other", R"({"collection_name":"docs_v1"})");
  story.Migrate();
  const Json refused = story.Expect(4, kRetire);
  CHECK(OldOf(refused)[0].at("state") == "kept");
  CHECK_THAT(refused.dump(), ContainsSubstring("'other'"));
  CHECK(story.Collections().size() == 2);
  CHECK(story.Exported("docs_v1").size() > 0);
  story.Ask("DELETE", "/aliases/other");
  story.Expect(0, kRetire);
  CHECK(story.Collections() == std::vector<std::string>{story.Served()});
}

TEST_CASE("retire: after a rollback the copy goes, and another switch makes a new one") {
  AliasStory story;
  story.Begin(OldDocuments(10));
  const std::string before = story.Exported("docs_v1");
  story.Migrate();
  story.Expect(0, kBack);
  REQUIRE(story.Collections().size() == 2);
  const Json report = story.Expect(0, kRetire);
  CHECK(OldOf(report)[0].at("kind") == "abandoned");
  CHECK(OldOf(report)[0].at("state") == "deleted");
  CHECK(story.Collections() == std::vector<std::string>{"docs_v1"});
  CHECK(story.Exported("docs_v1") == before);
  story.Migrate();
  story.CheckTakenOver();
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("retire: before the switch, or while one is not finished, nothing goes") {
  AliasStory story;
  story.options.provider.modes.refuse_text = "POISON";
  story.Begin(OldDocuments(10) + R"({"id":"bad","title":"POISON"})");
  CHECK(OldOf(story.Expect(0, kRetire)).empty());
  story.Migrate(3);
  const auto collections = story.Collections();
  REQUIRE(collections.size() == 2);
  const Json report = story.Expect(4, kRetire);
  CHECK_THAT(report.dump(), ContainsSubstring("not finished"));
  CHECK(story.Collections() == collections);
}

TEST_CASE("retire: a chain of two switches leaves one collection") {
  AliasStory story;
  story.Begin(OldDocuments(10));
  story.Migrate();
  story.Expect(0, {"--dimensions", "16"});
  CHECK(story.Collections().size() == 3);
  CHECK(OldOf(story.Expect(0, kRetire)).size() == 2);
  CHECK(story.Collections() == std::vector<std::string>{story.Served()});
  CHECK(RightVectors(story.Export(story.Served()), 16) == 10);
}
