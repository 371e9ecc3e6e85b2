#include "src/io/typesense/schema_json.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

// The answer of the recorded step of that name.
std::string Recorded(const std::string& scenario, const std::string& step) {
  std::ifstream file(std::string(REEMBED_TEST_DATA) + "/transcripts/" + scenario + ".json");
  const auto recording = nlohmann::json::parse(file);
  for (const auto& entry : recording.at("steps")) {
    if (entry.at("name") == step) return entry.at("response").at("body");
  }
  return {};
}

TEST_CASE("schema: a recorded schema with every attribute") {
  const auto schema = ParseSchema(Recorded("02-collections", "create with every attribute"));
  REQUIRE(schema.ok());
  CHECK(schema->name == "f02");
  CHECK(schema->enable_nested_fields);
  CHECK(schema->default_sorting_field == "rank");
  CHECK(schema->num_documents == 0);
  CHECK(schema->created_at > 1'700'000'000);
  const FieldSchema* vector = schema->Find("vec");
  REQUIRE(vector != nullptr);
  CHECK(vector->type == "float[]");
  CHECK(vector->num_dim == 4);
  CHECK(vector->optional);
  CHECK(vector->vec_dist == "ip");
  CHECK_FALSE(vector->embed);
  CHECK_THAT(vector->definition, ContainsSubstring(R"("hnsw_params":{"M":8)"));
  CHECK_FALSE(schema->Find("vec_raw")->index);
  CHECK_FALSE(schema->Find("vec_mem")->store);
  CHECK_FALSE(schema->Find("title")->num_dim.has_value());
}

TEST_CASE("schema: keys that old versions leave out have the server's defaults") {
  const auto schema = ParseSchema(
      R"({"name":"c","num_documents":7,"fields":[{"name":"v","type":"float[]","num_dim":2,)"
      R"("embed":{"from":["t"]}}]})");
  REQUIRE(schema.ok());
  CHECK(schema->fields[0].store);
  CHECK(schema->fields[0].index);
  CHECK(schema->fields[0].embed);
  CHECK(schema->num_documents == 7);
}

TEST_CASE("schema: metadata as JSON, references by name") {
  const auto schema = ParseSchema(
      R"({"name":"c","num_documents":0,"metadata":{"k":[1,{"d":2.5}]},"fields":[)"
      R"({"name":"r","type":"string","reference":"others.id","async_reference":false}]})");
  REQUIRE(schema.ok());
  CHECK(schema->metadata == R"({"k":[1,{"d":2.5}]})");
  CHECK(schema->fields[0].reference == "others.id");
  const auto without = ParseSchema(R"({"name":"c","num_documents":0,"fields":null})");
  CHECK(without->metadata.empty());
}

TEST_CASE("schema: a list of collections leaves out what is none") {
  const auto schemas =
      ParseCollections(R"([{"name":"a","num_documents":1,"fields":[]},{"name":7},null,"x",)"
                       R"({"name":"b","num_documents":2,"fields":[{"name":"t","type":{}}]},)"
                       R"({"name":"c","num_documents":3,"fields":null}])");
  REQUIRE(schemas.ok());
  REQUIRE(schemas->size() == 2);
  CHECK((*schemas)[0].name == "a");
  CHECK((*schemas)[1].name == "c");
  CHECK(ParseCollections("[]")->empty());
  CHECK_THAT(ParseCollections("{}").error().message, ContainsSubstring("a list of collections"));
}

TEST_CASE("schema: a collection without fields") {
  const auto schema = ParseSchema(R"({"name":"c","num_documents":0,"fields":null})");
  REQUIRE(schema.ok());
  CHECK(schema->fields.empty());
}

TEST_CASE("schema: what is no schema says what was expected") {
  for (const char* body : {"", "<html>", "[]", R"({"name":1})", R"({"name":"c"})"}) {
    CAPTURE(body);
    const auto schema = ParseSchema(body);
    REQUIRE_FALSE(schema.ok());
    CHECK(schema.error().kind == ErrorKind::kTransient);
    CHECK_THAT(schema.error().message, ContainsSubstring("collection's schema"));
  }
}

TEST_CASE("schema: aliases") {
  const auto aliases = ParseAliases(R"({"aliases":[{"collection_name":"c1","name":"a"}]})");
  REQUIRE(aliases.ok());
  REQUIRE(aliases->size() == 1);
  CHECK((*aliases)[0].name == "a");
  CHECK((*aliases)[0].collection == "c1");
  CHECK_FALSE(ParseAliases("{}").ok());
}

TEST_CASE("schema: pending writes, and statistics without them") {
  CHECK(*ParsePendingWrites(R"({"import_latency_ms":0.0,"pending_write_batches":7})") == 7);
  for (const char* body : {"{}", R"({"pending_write_batches":"7"})", "[]", "<html>", ""}) {
    CAPTURE(body);
    CHECK(ParsePendingWrites(body).error().kind == ErrorKind::kNotFound);
  }
}

TEST_CASE("schema: a vector is read as float32") {
  CHECK(*ParseVector(R"({"v":[0.1,1,-2.5]})", "v", false) == Embedding{0.1F, 1.0F, -2.5F});
  CHECK(*ParseVector(R"({"v":[0.1,1,-2.5]})", "v", true) == Embedding{0.1F, 1.0F, -2.5F});
  CHECK(*ParseVector(R"({"m":{"v":[0.025443729000000002]}})", "m.v", true) ==
        Embedding{0.025443729F});
}

TEST_CASE("schema: a dotted name is a path or a key, never the other one") {
  constexpr const char* kBoth = R"({"m":{"v":[1]},"m.v":[2]})";
  CHECK(*ParseVector(kBoth, "m.v", true) == Embedding{1.0F});
  CHECK(*ParseVector(kBoth, "m.v", false) == Embedding{2.0F});
  CHECK(ParseVector(R"({"m.v":[2]})", "m.v", true)->empty());
  CHECK(ParseVector(R"({"m":{"v":[1]}})", "m.v", false)->empty());
}

TEST_CASE("schema: a document without the vector has an empty one") {
  CHECK(ParseVector("{}", "v", false)->empty());
  CHECK(ParseVector(R"({"v":null})", "v", false)->empty());
  CHECK(ParseVector(R"({"m":{}})", "m.v", true)->empty());
  CHECK(ParseVector(R"({"m":[{"v":[1]}]})", "m.v", true)->empty());
}

TEST_CASE("schema: a vector that is none is an error") {
  CHECK_FALSE(ParseVector(R"({"v":"text"})", "v", true).ok());
  CHECK_FALSE(ParseVector(R"({"v":[1,"x"]})", "v", false).ok());
  CHECK_FALSE(ParseVector("[", "v", false).ok());
  CHECK_FALSE(ParseVector("[]", "v", false).ok());
}

TEST_CASE("schema json: the count of an update by filter") {
  CHECK(*ParseUpdatedCount(R"({"num_updated":16})") == 16);
  CHECK(ParseUpdatedCount("{}").error().kind == ErrorKind::kTransient);
}

}  // namespace
}  // namespace reembed
