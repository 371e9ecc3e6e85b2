#include "fixture.h"
#include "reembed/core/vectors.h"
#include "tests/sandbox/provider_embedder.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// Everything but the vector field, as the server spells it.
std::string WithoutField(Json document, const std::string& field) {
  document.erase(field);
  return document.dump();
}

}  // namespace

TEST_CASE("migration: the three collections of the application, every vector right") {
  Stage stage;
  const Documents before = stage.Export("instructions");
  const Documents tables = stage.Export("table_descriptions");
  const Ended ended = stage.Run({"--progress", "none"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  CHECK_THAT(ended.out, ContainsSubstring("instructions: completed, count 480, success 480, "
                                          "failed 0\n"));
  const Documents after = stage.Export("instructions");
  std::size_t right = 0;
  std::size_t untouched = 0;
  for (const auto& [id, document] : after) {
    REQUIRE(WithoutField(document, "instruction_embedding") ==
            WithoutField(before.at(id), "instruction_embedding"));
    const std::string text = document.at("condition").get<std::string>() + ", " +
                             document.at("rules").get<std::string>();
    const bool is_default = document.at("is_default");
    untouched += is_default && document == before.at(id) ? 1U : 0U;
    right +=
        !is_default && StoredVector(document, "instruction_embedding") == OpenAiVector(text, 256)
            ? 1U
            : 0U;
  }
  CHECK(right == 480);
  CHECK(untouched == 20);
  CHECK(stage.Export("table_descriptions") == tables);
}

TEST_CASE("migration: awkward ids, keys outside the schema, numbers and nested objects survive") {
  Stage stage;
  stage.options.empty = true;
  stage.AddCollection("odd", 4, R"({"id":"a/b c+d","title":"one","vec":[1,0,0,0],"n":1,"f":1.0}
{"id":"quote\"'`\\","title":"two","vec":[1,0,0,0],"big":12345678901234567890,"e":1e-07}
{"id":"日本 ü%2F","title":"three","vec":[1,0,0,0],"deep":{"a":{"b":[1,2.5,"x"]}}}
{"id":"search","title":"four"}
{"id":"export","title":"five","vec":[0.5,0.25,0,1],"vec2":[1,2]})");
  stage.Configure(R"({"odd": {"embedding_field": "vec", "text_fields": ["title"]}})");
  const Documents before = stage.Export("odd");
  const Ended ended = stage.Run({"--dimensions", "4"});
  CHECK(ended.exit_code == 0);
  const Documents after = stage.Export("odd");
  REQUIRE(after.size() == 5);
  for (const auto& [id, document] : after) {
    CHECK(WithoutField(document, "vec") == WithoutField(before.at(id), "vec"));
  }
  CHECK(RightVectors(after, 4) == 5);
}

TEST_CASE("migration: a dotted field in nested objects keeps its siblings") {
  Stage stage;
  stage.options.empty = true;
  stage.typesense().CreateCollection(
      R"({"name":"nested","enable_nested_fields":true,"fields":[
          {"name":"title","type":"string"},{"name":"meta","type":"object"},
          {"name":"meta.vec","type":"float[]","num_dim":3}]})");
  stage.typesense().Import("nested", R"({"id":"1","title":"x","meta":{"kept":7,"vec":[1,0,0]}})",
                           "create");
  stage.Configure(R"({"nested": {"embedding_field": "meta.vec", "text_fields": ["title"]}})");
  CHECK(stage.Run({"--dimensions", "3"}).exit_code == 0);
  const Json document = stage.Export("nested").at("1");
  CHECK(document.at("meta").at("kept") == 7);
  CHECK(StoredVector(document.at("meta"), "vec") == OpenAiVector("x", 3));
}

TEST_CASE("migration: a dotted literal key is written as one key") {
  Stage stage;
  stage.options.empty = true;
  stage.typesense().CreateCollection(
      R"({"name":"flat","fields":[{"name":"title","type":"string"},
          {"name":"meta.vec","type":"float[]","num_dim":3}]})");
  stage.typesense().Import("flat", R"({"id":"1","title":"x","meta.vec":[1,0,0]})", "create");
  stage.Configure(R"({"flat": {"embedding_field": "meta.vec", "text_fields": ["title"]}})");
  CHECK(stage.Run({"--dimensions", "3"}).exit_code == 0);
  CHECK(StoredVector(stage.Export("flat").at("1"), "meta.vec") == OpenAiVector("x", 3));
}

TEST_CASE("migration: short Gemini vectors are normalised, the task type is the application's") {
  Stage stage;
  stage.environment = {{"EMBEDDING_FAMILY", "google"}, {"EMBEDDING_MODEL", "gemini-embedding-001"}};
  const Ended ended = stage.Run({"--collections", "context_stores"});
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("RETRIEVAL_QUERY (set RETRIEVAL_DOCUMENT if"));
  std::size_t right = 0;
  for (const auto& [id, document] : stage.Export("context_stores")) {
    Embedding expected =
        sandbox::SandboxVector({"gemini-embedding-001", "RETRIEVAL_QUERY", 256, false},
                               document.at("prompt_text").get<std::string>());
    Normalize(expected);
    right += StoredVector(document, "prompt_embedding") == expected ? 1U : 0U;
  }
  CHECK(right == 12);
}

TEST_CASE("migration: under another name on the server") {
  Stage stage;
  stage.options.empty = true;
  stage.AddCollection("real_1", 4, PlainDocuments(10, 4));
  stage.Configure(
      R"({"mine": {"collection": "real_1", "embedding_field": "vec", "text_fields": ["title"]}})");
  const Json report = stage.RunForReport({"--dimensions", "4"});
  CHECK(report.at("collections").at("mine").at("collection") == "real_1");
  CHECK(RightVectors(stage.Export("real_1"), 4) == 10);
}

TEST_CASE("migration: run again, it does everything again and ends the same") {
  Stage stage;
  CHECK(stage.Run({}).exit_code == 0);
  const Documents first = stage.Export("instructions");
  CHECK(stage.Run({}).exit_code == 0);
  CHECK(stage.Export("instructions") == first);
}

TEST_CASE("dry run: the export stays byte for byte, the provider sees one text") {
  Stage stage;
  const std::string before = stage.typesense().ExportAll("instructions");
  const Ended ended = stage.Run({"--dry-run"});
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("Nothing was changed."));
  CHECK(stage.typesense().ExportAll("instructions") == before);
  const auto asked = stage.sandbox().provider().requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().text_count == 1);
  for (const auto& request : stage.typesense().requests()) CHECK(request.method == "GET");
}

TEST_CASE("dry run: --no-probe asks the provider nothing") {
  Stage stage;
  CHECK(stage.Run({"--dry-run", "--no-probe"}).exit_code == 0);
  CHECK(stage.sandbox().provider().requests().empty());
}

TEST_CASE("documents: only the refused and the empty one fail, the long one is truncated") {
  Stage stage;
  stage.options.empty = true;
  stage.options.provider.modes.refuse_text = "forbidden";
  std::string long_text;
  while (long_text.size() < 60'000) long_text += "word ";
  std::string lines = PlainDocuments(497, 4);
  lines += Json{{"id", "refused"}, {"title", "this is forbidden"}}.dump() + "\n";
  lines += Json{{"id", "long"}, {"title", long_text}}.dump() + "\n";
  lines += Json{{"id", "empty"}, {"title", " "}}.dump();
  stage.AddCollection("docs", 4, lines);
  stage.Configure(R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})");
  const Json report = stage.RunForReport({"--dimensions", "4"});
  CHECK(report.at("exit_code") == 3);
  const Json& docs = report.at("collections").at("docs");
  CHECK(docs.at("status") == "partial");
  CHECK(docs.at("count") == 500);
  CHECK(docs.at("success") == 498);
  CHECK(docs.at("failed") == 2);
  CHECK(docs.at("truncated_ids") == Json::array({"long"}));
  Documents failures;
  for (const Json& failure : docs.at("failures")) failures[failure.at("id")] = failure;
  CHECK(failures.at("refused").at("stage") == "embed");
  CHECK(failures.at("refused").at("kind") == "bad_text");
  CHECK_FALSE(failures.at("refused").at("message").get<std::string>().empty());
  CHECK(failures.at("empty").at("stage") == "text");
  CHECK(failures.at("empty").at("kind") == "no_text");
}
