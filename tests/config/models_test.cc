#include "reembed/core/models.h"

#include <string>

#include "src/core/config/defaults.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

std::string ErrorOf(const std::string& json) {
  const Result<ModelCatalogue> parsed = ModelCatalogue::Parse(json);
  return parsed.ok() ? "accepted" : parsed.error().message;
}

struct ShippedModel {
  std::string_view family, model;
  int native, min;
  std::uint64_t tokens;
  bool accepts, normalized, task_type;
  double price;
};

TEST_CASE("models: the shipped facts") {
  const Result<ModelCatalogue> shipped = ModelCatalogue::Parse(ModelsJson());
  REQUIRE(shipped.ok());
  const std::vector<ShippedModel> models = {
      {"openai", "text-embedding-3-small", 1536, 1, 8192, true, true, false, 0.02},
      {"openai", "text-embedding-3-large", 3072, 1, 8192, true, true, false, 0.13},
      {"openai", "text-embedding-ada-002", 1536, 1536, 8192, false, true, false, 0.10},
      {"google", "gemini-embedding-001", 3072, 128, 2048, true, false, true, 0.15},
      {"google", "gemini-embedding-2", 3072, 128, 8192, true, true, false, 0.20},
  };
  for (const ShippedModel& expected : models) {
    INFO(expected.model);
    const ModelFacts* facts = shipped->Find(expected.family, expected.model);
    REQUIRE(facts != nullptr);
    CHECK(facts->native_dimensions == expected.native);
    CHECK(facts->min_dimensions == expected.min);
    CHECK(facts->max_tokens_per_text == expected.tokens);
    CHECK(facts->accepts_dimensions == expected.accepts);
    CHECK(facts->normalized_when_shortened == expected.normalized);
    CHECK(facts->uses_task_type == expected.task_type);
    REQUIRE(facts->price.has_value());
    CHECK(facts->price->usd_per_million_tokens == expected.price);
    CHECK(facts->price->as_of.size() == 10);
  }
}

TEST_CASE("models: a model that is not listed is null") {
  const Result<ModelCatalogue> catalogue =
      ModelCatalogue::Parse(R"({"acorn": {"oak": {"native_dimensions": 8}}})");
  REQUIRE(catalogue.ok());
  CHECK(catalogue->Find("acorn", "elm") == nullptr);
  CHECK(catalogue->Find("birch", "oak") == nullptr);
  const ModelFacts* oak = catalogue->Find("acorn", "oak");
  REQUIRE(oak != nullptr);
  CHECK(oak->min_dimensions == 8);
  CHECK_FALSE(oak->price.has_value());
}

TEST_CASE("models: errors name the pointer") {
  CHECK_THAT(ErrorOf("{"), ContainsSubstring("models.json:1:2: not valid JSON"));
  CHECK(ErrorOf(R"({"a": 1})") == "models.json: /a: expected an object, found the number 1");
  CHECK(ErrorOf(R"({"a": {"b": {}}})") == "models.json: /a/b: \"native_dimensions\" is missing");
  CHECK_THAT(ErrorOf(R"({"a": {"b": {"native_dimensions": 4, "x": 1}}})"),
             ContainsSubstring("models.json: /a/b/x: unknown key"));
  CHECK_THAT(ErrorOf(R"({"a": {"b": {"native_dimensions": 4, "min_dimensions": 5}}})"),
             ContainsSubstring("/a/b/min_dimensions: is above \"native_dimensions\""));
  CHECK_THAT(ErrorOf(R"({"a": {"b": {"native_dimensions": 4, "price": {}}}})"),
             ContainsSubstring("/a/b/price: \"as_of\" is missing"));
}

}  // namespace
}  // namespace reembed
