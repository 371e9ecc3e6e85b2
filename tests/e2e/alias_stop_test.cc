// What keeps the alias from being switched, and how a rerun gets on.

#include "alias_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;
using sandbox::Requests;

namespace {

constexpr const char* kBad =
    R"({"id":"bad","title":"POISON","note":"kept","vec":[1,0,0,0,0,0,0,1]})";
constexpr const char* kEmpty = R"({"id":"empty","title":"","note":"kept","vec":[1,0,0,0,0,0,0,1]})";

/// Twenty documents and one that the provider refuses.
struct BadStory : AliasStory {
  BadStory() { options.provider.modes.refuse_text = "POISON"; }
  void BeginBad() { Begin(OldDocuments(20) + kBad); }
};

// The clone that stands while the alias has not been switched.
std::string WaitingClone(AliasStory& story) {
  const auto collections = story.Collections();
  REQUIRE(collections.size() == 2);
  CHECK(story.Served() == "docs_v1");
  return collections.at(1);
}

}  // namespace

TEST_CASE("alias: a document that cannot be embedded stops before the switch") {
  BadStory story;
  story.BeginBad();
  const std::string before = story.Exported("docs_v1");
  const Json report = story.Migrate(3);
  CHECK(FailedIds(report) == std::vector<std::string>{"bad"});
  const std::string clone = WaitingClone(story);
  CHECK(story.Exported("docs_v1") == before);
  const std::size_t paid = story.Paid();

  SECTION("mended, a rerun goes on in the same clone") {
    story.Edit("docs", R"({"id":"bad","title":"mended"})");
    story.Migrate();
    CHECK(story.Served() == clone);
    CHECK(story.Paid() == paid + 1);
    story.CheckTakenOver();
    story.CheckNothingLeft();
  }
  SECTION("deleted, as well") {
    story.Delete("docs", "bad");
    story.Migrate();
    CHECK(story.Served() == clone);
    CHECK(story.Paid() == paid);
    story.CheckTakenOver();
  }
  SECTION("left so, a rerun stops again and pays nothing again") {
    CHECK(FailedIds(story.Migrate(3)) == std::vector<std::string>{"bad"});
    CHECK(WaitingClone(story) == clone);
    CHECK(story.PaidTwice() == 0);
  }
  SECTION("with --allow-missing it goes without a vector") {
    CHECK(FailedIds(story.Migrate(3, {"--allow-missing"})) == std::vector<std::string>{"bad"});
    CHECK(story.Served() == clone);
    const Documents after = story.Export(clone);
    CHECK(after.size() == 21);
    CHECK_FALSE(after.at("bad").contains("vec"));
    CHECK(ContentsOf(story.Exported(clone)) == ContentsOf(before));
    CHECK(RightNew(story.Exported(clone)) == 20);
    CHECK(story.PaidTwice() == 0);
  }
}

TEST_CASE("alias: with --allow-missing a required field becomes optional in the clone") {
  BadStory story;
  story.vector_field["optional"] = false;
  story.BeginBad();
  CHECK(FailedIds(story.Migrate(3, {"--allow-missing"})) == std::vector<std::string>{"bad"});
  REQUIRE(story.Served() != "docs_v1");
  CHECK(story.Export(story.Served()).size() == 21);
  const auto optional = [&](const std::string& collection) {
    const Json schema = story.Schema(collection);
    for (const Json& field : schema.at("fields")) {
      if (field.at("name") == "vec") return field.at("optional").get<bool>();
    }
    return false;
  };
  CHECK(optional(story.Served()));
  CHECK_FALSE(optional("docs_v1"));
  CHECK(RightNew(story.Exported(story.Served())) == 20);
}

TEST_CASE("alias: documents without text go without a vector where the field allows it") {
  AliasStory story;
  story.settings["on_empty_text"] = "skip";
  SECTION("an optional field") {
    story.Begin(OldDocuments(20) + kEmpty);
    const Json report = story.Migrate();
    const Documents after = story.Export(story.Served());
    CHECK(after.size() == 21);
    CHECK_FALSE(after.at("empty").contains("vec"));
    CHECK(after.at("empty").at("note") == "kept");
    CHECK(RightNew(story.Exported(story.Served())) == 20);
    story.CheckNothingLeft();
  }
  SECTION("a required field keeps it from beginning, or becomes optional") {
    story.vector_field["optional"] = false;
    story.Begin(OldDocuments(20) + kEmpty);
    const std::string before = story.Exported("docs_v1");
    story.typesense().ClearRequests();
    const Ended ended = story.StartMigration()->Wait();
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code != 0);
    CHECK(story.Served() == "docs_v1");
    CHECK(story.Paid() == 0);
    CHECK(story.Exported("docs_v1") == before);
    story.Migrate(0, {"--allow-missing"});
    CHECK_FALSE(story.Export(story.Served()).at("empty").contains("vec"));
    CHECK(ContentsOf(story.Exported(story.Served())) == ContentsOf(before));
  }
}

TEST_CASE("alias: a copy that the clone refuses stops before the switch") {
  AliasStory story;
  story.Begin(OldDocuments(20) +
              R"({"id":"odd","title":"odd","unindexed":"text","vec":[1,0,0,0,0,0,0,1]})");
  // The clone gets stricter than its source was, as by somebody else's hand.
  auto& hooks = story.typesense().controls().hooks();
  hooks.On(Requests("POST", "/collections?src_name="), Moment::kAnswered, [&](int) {
    story.Ask("PATCH", "/collections/" + story.Collections().at(1),
              R"({"fields":[{"name":"unindexed","type":"int32","optional":true}]})");
  });
  const Json report = story.Migrate(3);
  CHECK(FailedIds(report) == std::vector<std::string>{"odd"});
  const std::string clone = WaitingClone(story);
  CHECK(story.Export(clone).size() == 20);

  // A rerun would not switch to another schema either.
  const StoreAnswer dropped = story.Ask("PATCH", "/collections/" + clone,
                                        R"({"fields":[{"name":"unindexed","drop":true}]})");
  REQUIRE(dropped.status == 200);
  story.Migrate();
  CHECK(story.Served() == clone);
  story.CheckTakenOver();
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("alias: a node that counts other documents stops before the switch") {
  AliasStory story;
  story.Begin(OldDocuments(20));
  sandbox::TypesenseServer follower({story.options.typesense.api_key}, story.typesense());
  story.environment["TYPESENSE_NODES"] = story.typesense().url() + "," + follower.url();
  story.Hasten();  // it waits half a minute for the node
  for (sandbox::TypesenseServer* const node : {&story.typesense(), &follower}) {
    node->controls().hooks().On(
        Requests("POST", "/collections?src_name="), Moment::kAnswered,
        [&](int) { follower.controls().ShowCount(story.Collections().at(1), 19); });
  }
  const Json report = story.Migrate(3);
  CHECK_THAT(report.dump(), ContainsSubstring(std::to_string(follower.port())));
  const std::string clone = WaitingClone(story);

  follower.controls().ShowCount(clone, std::nullopt);
  story.Migrate();
  CHECK(story.Served() == clone);
  story.CheckTakenOver();
  CHECK(story.PaidTwice() == 0);
}
