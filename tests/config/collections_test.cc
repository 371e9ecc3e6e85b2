#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;
using testing::WithNotes;

const char* const kThree = R"({"collections": {
  "zeta":  {"embedding_field": "v", "text_fields": ["a", "b.c"], "filter_by": "x:=1"},
  "alpha": {"embedding_field": "v", "skip": "made elsewhere"},
  "mid":   {"embedding_field": "w.x", "template": "{a}: {b}, {a}", "collection": "mid_v2",
            "separator": "; ", "on_empty_text": "skip", "on_long_text": "average",
            "strategy": "alias", "automatic_ids": false, "task_type": "QUERY", "prefix": "p "}}})";

std::string Selected(const std::vector<std::string>& names) {
  ConfigSources sources = GoodSources(kThree);
  sources.flags.collections = names;
  const ConfigOutcome outcome = LoadConfig(sources);
  if (!outcome.config) return ProblemsOf(sources);
  std::string joined;
  for (const CollectionConfig& collection : outcome.config->collections) {
    joined += collection.name + " ";
  }
  return joined;
}

std::vector<CollectionConfig> Loaded(const ConfigSources& sources) {
  INFO(ProblemsOf(sources));
  const ConfigOutcome outcome = LoadConfig(sources);
  REQUIRE(outcome.config.has_value());
  return outcome.config.value_or(Config{}).collections;
}

TEST_CASE("collections: the order of the file, or of the flag") {
  CHECK(Selected({}) == "zeta alpha mid ");
  CHECK(Selected({"all"}) == "zeta alpha mid ");
  CHECK(Selected({"mid", "zeta", "mid"}) == "mid zeta ");
  CHECK(Selected({"mid", "all"}) == "mid zeta alpha ");
}

TEST_CASE("collections: an unknown name lists the known ones") {
  CHECK(Selected({"zetta", "mid", "nothing"}) ==
        "--collections: unknown collection \"zetta\"; did you mean \"zeta\"? known: zeta, alpha, "
        "mid\n"
        "--collections: unknown collection \"nothing\"; known: zeta, alpha, mid\n");
}

TEST_CASE("collections: what is left out has its default") {
  const CollectionConfig zeta = Loaded(GoodSources(kThree)).at(0);
  CHECK(zeta.collection == "zeta");
  CHECK(zeta.embedding_field == "v");
  CHECK(zeta.text.fields == std::vector<std::string>{"a", "b.c"});
  CHECK(zeta.text.separator == ", ");
  CHECK_FALSE(zeta.text.text_template.has_value());
  CHECK(zeta.filter_by == "x:=1");
  CHECK_FALSE(zeta.skip_reason.has_value());
  CHECK(zeta.on_empty_text == EmptyTextRule::kFail);
  CHECK(zeta.on_long_text == LongTextRule::kTruncate);
  CHECK(zeta.strategy == StrategyChoice::kAuto);
  CHECK(zeta.automatic_ids);
  CHECK(zeta.task_type == "DOCUMENT");
  CHECK(zeta.prefix.empty());
}

TEST_CASE("collections: every key is read") {
  const CollectionConfig mid = Loaded(GoodSources(kThree)).at(2);
  CHECK(mid.name == "mid");
  CHECK(mid.collection == "mid_v2");
  CHECK(mid.embedding_field == "w.x");
  CHECK(mid.text.text_template == "{a}: {b}, {a}");
  CHECK(mid.text.fields == std::vector<std::string>{"a", "b"});
  CHECK(mid.text.separator == "; ");
  CHECK(mid.on_empty_text == EmptyTextRule::kSkip);
  CHECK(mid.on_long_text == LongTextRule::kAverage);
  CHECK(mid.strategy == StrategyChoice::kAlias);
  CHECK_FALSE(mid.automatic_ids);
  CHECK(mid.task_type == "QUERY");
  CHECK(mid.prefix == "p ");
}

TEST_CASE("collections: a skipped one stays in the list with its reason") {
  const CollectionConfig alpha = Loaded(GoodSources(kThree)).at(1);
  CHECK(alpha.skip_reason == "made elsewhere");
  CHECK(Loaded(WithNotes(R"("skip": "not today")")).at(0).embedding_field.empty());
}

TEST_CASE("collections: task type and prefix fall back to the section of the provider") {
  ConfigSources sources = GoodSources(R"({"embedding": {"acorn": {"task_type": "QUERY",
                                                                   "prefix": "section "}},
      "collections": {"a": {"embedding_field": "v", "text_fields": ["t"]},
                      "b": {"embedding_field": "v", "text_fields": ["t"], "prefix": "",
                            "task_type": "DOCUMENT"}}})");
  const auto collections = Loaded(sources);
  CHECK(collections.at(0).task_type == "QUERY");
  CHECK(collections.at(0).prefix == "section ");
  CHECK(collections.at(1).task_type == "DOCUMENT");
  CHECK(collections.at(1).prefix.empty());
}

TEST_CASE("collections: a task type must be one of the chosen provider's") {
  const std::string members =
      R"("embedding_field": "v", "text_fields": ["t"], "task_type": "QUERRY")";
  CHECK(ProblemsOf(WithNotes(members)) ==
        "reembed.json: /collections/notes/task_type: found \"QUERRY\"; did you mean \"QUERY\"? "
        "allowed: QUERY, DOCUMENT\n");
}

TEST_CASE("collections: a provider without task types refuses one") {
  ConfigSources sources =
      WithNotes(R"("embedding_field": "v", "text_fields": ["t"], "task_type": "QUERY")");
  sources.environment["EMBEDDING_FAMILY"] = "birch";
  sources.environment["BIRCH_API_KEY"] = "b";
  CHECK(ProblemsOf(sources) ==
        "reembed.json: /collections/notes/task_type: the family birch knows no task type; remove "
        "the key\n");
}

TEST_CASE("collections: two names for one field of one collection are refused, both named") {
  const std::string problems = ProblemsOf(GoodSources(R"({"collections": {
      "first":  {"collection": "docs", "embedding_field": "v", "text_fields": ["t"]},
      "docs":   {"embedding_field": "v", "text_fields": ["u"], "filter_by": "x:=1"},
      "other":  {"collection": "docs", "embedding_field": "w", "text_fields": ["t"]},
      "absent": {"collection": "docs", "embedding_field": "v", "skip": "not today"}}})"));
  CHECK(problems ==
        "reembed.json: /collections/docs: \"first\" and \"docs\" both write the field \"v\" of "
        "the collection \"docs\"; keep one of them, or give one a \"skip\"\n");
}

TEST_CASE("collections: two names for one field are refused whichever is selected") {
  ConfigSources sources = GoodSources(R"({"collections": {
      "a": {"collection": "docs", "embedding_field": "v", "text_fields": ["t"]},
      "b": {"collection": "docs", "embedding_field": "v", "text_fields": ["t"]}}})");
  sources.flags.collections = {"a"};
  CHECK_FALSE(LoadConfig(sources).config.has_value());
}

TEST_CASE("collections: skipped ones share nothing") {
  CHECK(Loaded(GoodSources(R"({"collections": {
      "a": {"collection": "docs", "embedding_field": "v", "skip": "x"},
      "b": {"collection": "docs", "embedding_field": "v", "text_fields": ["t"]},
      "c": {"collection": "docs", "skip": "x"}}})"))
            .size() == 3);
}

TEST_CASE("collections: the prefix of another family's declaration is a default") {
  ConfigSources sources = GoodSources();
  sources.environment["EMBEDDING_FAMILY"] = "birch";
  sources.environment["BIRCH_API_KEY"] = "b";
  CHECK(Loaded(sources).at(0).prefix == "passage: ");
  CHECK(Loaded(sources).at(0).task_type.empty());
}

}  // namespace
}  // namespace reembed
