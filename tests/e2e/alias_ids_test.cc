// Ids that the server gives: a clone counts from 0, where the collection had got further.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "alias_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;
using sandbox::Requests;

namespace {

/// A collection whose ids 0 … 999 were given automatically; only some are left.
struct NumberedStory : AliasStory {
  template <typename Keep>
  void BeginNumbered(Keep keep) {
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += fmt::format("{{\"title\":\"number {}\"}}\n", i);
    Begin(lines);
    REQUIRE(Export("docs_v1").contains("999"));
    std::string gone;
    for (int i = 0; i < 1000; ++i) {
      if (!keep(i)) gone += (gone.empty() ? "" : ",") + std::to_string(i);
    }
    for (std::size_t at = 0; at < gone.size();) {
      std::size_t end = gone.find(',', at + 800);
      end = std::min(end, gone.size());
      const std::string filter = "id:[" + gone.substr(at, end - at) + "]";
      const StoreAnswer answer =
          Ask("DELETE", "/collections/docs_v1/documents?filter_by=" + Encoded(filter));
      REQUIRE(answer.status == 200);
      at = end + 1;
    }
    REQUIRE(Export("docs_v1").size() == 500);
  }

  static std::string Encoded(const std::string& text) {
    std::string encoded;
    for (const char c : text) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
      encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
  }

  /// The id that a document gets which has none, through the alias.
  std::string Create(const std::string& title) {
    const StoreAnswer answer =
        Ask("POST", "/collections/docs/documents", Json{{"title", title}}.dump());
    REQUIRE(answer.status == 201);
    return Json::parse(answer.body).at("id");
  }
};

std::size_t Creates(AliasStory& story) {
  std::size_t creates = 0;
  for (const auto& request : story.typesense().requests()) {
    creates += request.target.find("action=create") == std::string::npos ? 0U : 1U;
  }
  return creates;
}

bool IsEven(int i) {
  return i % 2 == 0;
}
bool IsLow(int i) {
  return i < 500;
}
bool IsHigh(int i) {
  return i >= 500;
}

}  // namespace

TEST_CASE("alias: documents created without an id afterwards replace none") {
  NumberedStory story;
  SECTION("every second one is left") {
    story.BeginNumbered(IsEven);
  }
  SECTION("the upper half was deleted") {
    story.BeginNumbered(IsLow);
  }
  SECTION("the lower half was deleted") {
    story.BeginNumbered(IsHigh);
  }
  const Contents before = ContentsOf(story.Exported("docs_v1"));
  // Some are created when the counter has been moved on and the alias not been switched yet.
  std::set<std::string> late;
  story.typesense().controls().hooks().On(Requests("PUT", "/aliases/docs"), Moment::kArrived,
                                          [&](int) {
                                            for (int i = 0; i < 20; ++i) {
                                              late.insert(story.Create("late"));
                                            }
                                          });
  story.Migrate();
  REQUIRE(story.Served() != "docs_v1");
  REQUIRE(late.size() == 20);
  std::set<std::string> given;
  for (int i = 0; i < 100; ++i) given.insert(story.Create("afterwards"));
  CHECK(given.size() == 100);
  const Contents after = ContentsOf(story.Exported(story.Served()));
  CHECK(after.size() == 620);
  for (const auto& [id, content] : before) CHECK(after.at(id) == content);
  for (const std::string& id : late) CHECK(after.at(id).find("late") != std::string::npos);
  for (const std::string& id : given) CHECK(after.at(id).find("afterwards") != std::string::npos);
  CHECK(Creates(story) > 0);
}

TEST_CASE("alias: with automatic_ids: false the counter is left alone") {
  NumberedStory story;
  story.settings["automatic_ids"] = false;
  story.BeginNumbered(IsEven);
  story.Migrate();
  REQUIRE(story.Served() != "docs_v1");
  CHECK(Creates(story) == 0);
  // What that is worth: the number of the clone's documents is an id already.
  CHECK(story.Create("replaces another") == "500");
}
