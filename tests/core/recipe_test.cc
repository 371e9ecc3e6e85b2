#include "reembed/core/recipe.h"

#include <limits>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

Recipe Example() {
  return {.family = "acme",
          .base_url = "https://api.acme.test/v1",
          .model = "m-1",
          .dimensions = 256,
          .task_type = "DOC",
          .prefix = "passage: \"é\"\n",
          .normalize = NormalizeRule::kNever,
          .on_long_text = LongTextRule::kAverage,
          .max_text_tokens = 8191};
}

std::string UrlInRecipe(const std::string& url) {
  EmbeddingConfig embedding;
  embedding.provider.base_url = url;
  return RecipeOf(embedding, CollectionConfig{}, 3, 0).base_url;
}

}  // namespace

TEST_CASE("recipe: taken from the configuration") {
  EmbeddingConfig embedding;
  embedding.provider.family = "acme";
  embedding.provider.model = "m-1";
  embedding.provider.dimensions = 512;
  embedding.provider.base_url = "https://api.acme.test/v1";
  embedding.normalize = NormalizeRule::kNever;
  CollectionConfig collection;
  collection.task_type = "DOC";
  collection.prefix = "passage: \"é\"\n";
  collection.on_long_text = LongTextRule::kAverage;
  CHECK(RecipeOf(embedding, collection, 256, 8191) == Example());
}

TEST_CASE("recipe: as one line with sorted keys") {
  CHECK(ToText(Example()) ==
        R"({"base_url":"https://api.acme.test/v1","dimensions":256,"family":"acme",)"
        R"("max_text_tokens":8191,"model":"m-1","normalize":"never","on_long_text":"average",)"
        R"("prefix":"passage: \"é\"\n","task_type":"DOC"})");
}

TEST_CASE("recipe: comes back from its text") {
  CHECK(*ParseRecipe(ToText(Example())) == Example());
  CHECK(*ParseRecipe(ToText(Recipe{})) == Recipe{});
  Recipe large = Example();
  large.max_text_tokens = std::numeric_limits<std::uint64_t>::max();
  large.dimensions = std::numeric_limits<int>::max();
  CHECK(*ParseRecipe(ToText(large)) == large);
  for (const auto rule : {NormalizeRule::kAuto, NormalizeRule::kAlways, NormalizeRule::kNever}) {
    Recipe recipe;
    recipe.normalize = rule;
    CHECK(ParseRecipe(ToText(recipe))->normalize == rule);
  }
  for (const auto rule : {LongTextRule::kTruncate, LongTextRule::kFail, LongTextRule::kAverage}) {
    Recipe recipe;
    recipe.on_long_text = rule;
    CHECK(ParseRecipe(ToText(recipe))->on_long_text == rule);
  }
}

TEST_CASE("recipe: each member makes another text") {
  const std::string text = ToText(Example());
  const auto changed = [&](auto change) {
    Recipe recipe = Example();
    change(recipe);
    return ToText(recipe) != text;
  };
  CHECK(changed([](Recipe& r) { r.family = "other"; }));
  CHECK(changed([](Recipe& r) { r.base_url = "https://other"; }));
  CHECK(changed([](Recipe& r) { r.model = "m-2"; }));
  CHECK(changed([](Recipe& r) { r.dimensions = 255; }));
  CHECK(changed([](Recipe& r) { r.task_type = ""; }));
  CHECK(changed([](Recipe& r) { r.prefix = ""; }));
  CHECK(changed([](Recipe& r) { r.normalize = NormalizeRule::kAuto; }));
  CHECK(changed([](Recipe& r) { r.on_long_text = LongTextRule::kFail; }));
  CHECK(changed([](Recipe& r) { r.max_text_tokens = 0; }));
}

TEST_CASE("recipe: a text that ToText did not write is refused") {
  const std::string text = ToText(Example());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    return other.replace(other.find(from), from.size(), to);
  };
  for (const std::string& broken :
       {std::string(), std::string("[]"), std::string("{}"), text.substr(1), with("256", "-1"),
        with("256", "2147483648"), with("256", "2.5"), with("256", "\"256\""), with("8191", "-1"),
        with("never", "sometimes"), with("average", ""), with("\"m-1\"", "1"),
        with("\"model\"", "\"modell\""), with("{", "{\"more\":1,")}) {
    INFO(broken);
    const auto recipe = ParseRecipe(broken);
    REQUIRE_FALSE(recipe.ok());
    CHECK(recipe.error().kind == ErrorKind::kRefused);
  }
}

TEST_CASE("recipe: a base URL without user, final slash and capital host") {
  CHECK(UrlInRecipe("https://user:secret@api.acme.test/v1") == "https://api.acme.test/v1");
  CHECK(UrlInRecipe("https://a@b:c@api.acme.test:8080") == "https://api.acme.test:8080");
  CHECK(UrlInRecipe("https://api.acme.test/v1/@me") == "https://api.acme.test/v1/@me");
  CHECK(UrlInRecipe("HTTPS://Api.Acme.Test/V1//") == "https://api.acme.test/V1");
  CHECK(UrlInRecipe("").empty());
}

TEST_CASE("recipe: bytes that are no UTF-8 do not throw") {
  Recipe recipe;
  recipe.prefix = "\xff";
  CHECK(ToText(recipe).find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("recipe: label for people") {
  CHECK(Label(Example()) == "acme / m-1 / 256 dimensions");
}

TEST_CASE("cluster: the same when a node is shared") {
  CHECK(SameCluster({"http://a:8108", "http://b:8108"}, {"http://c:8108", "http://b:8108"}));
  CHECK(SameCluster({"HTTP://A:8108/"}, {"http://a:8108"}));
  CHECK(SameCluster({"http://a/Path//"}, {"http://A/Path"}));
  CHECK_FALSE(SameCluster({"http://a/Path"}, {"http://a/path"}));
  CHECK_FALSE(SameCluster({"http://a:8108"}, {"http://a:8109"}));
  CHECK_FALSE(SameCluster({"http://a"}, {"https://a"}));
  CHECK_FALSE(SameCluster({}, {"http://a"}));
  CHECK_FALSE(SameCluster({}, {}));
}
