#include "tests/sandbox/typesense_export.h"

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_import.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

std::shared_ptr<Collection> TwoDocuments() {
  const auto schema =
      nlohmann::json::parse(R"({"name":"c","fields":[{"name":"n","type":"int32"},)"
                            R"({"name":"vec","type":"float[]","num_dim":8,"optional":true}]})");
  auto collection = std::make_shared<Collection>(*ParseSchema(schema));
  Import(*collection, "{\"id\":\"1\",\"n\":1}\n{\"id\":\"2\",\"n\":2}", {}, WritePace());
  return collection;
}

void Update(Collection& collection, const std::string& lines) {
  ImportOptions options;
  options.action = WriteAction::kUpdate;
  Import(collection, lines, options, WritePace());
}

std::string Rest(ChunkSource& next) {
  std::string all;
  for (std::string chunk; next(chunk); chunk.clear()) all += chunk;
  return all;
}

}  // namespace

TEST_CASE("export: without a filter it shows the moment it began") {
  const auto collection = TwoDocuments();
  auto source = Export(collection, {}, 1);
  std::string first;
  REQUIRE((*source)(first));
  Update(*collection, "{\"id\":\"2\",\"n\":77}");
  collection->Remove({1});
  CHECK(first == "{\"id\":\"1\",\"n\":1}");
  CHECK(Rest(*source) == "\n{\"id\":\"2\",\"n\":2}");
}

TEST_CASE("export: with a filter documents are read when their turn comes") {
  const auto collection = TwoDocuments();
  auto source = Export(collection, {{"filter_by", "n:>0"}}, 1);
  std::string first;
  REQUIRE((*source)(first));
  Update(*collection, "{\"id\":\"2\",\"n\":77}");
  CHECK(Rest(*source) == "\n{\"id\":\"2\",\"n\":77}");
}

TEST_CASE("export: a removed document is skipped by a filtered export") {
  const auto collection = TwoDocuments();
  auto source = Export(collection, {{"filter_by", "n:>0"}}, 1);
  collection->Remove({0});
  CHECK(Rest(*source) == "{\"id\":\"2\",\"n\":2}");
}

TEST_CASE("export: the batch size falls back to 100") {
  CHECK(ExportBatchSize({}) == 100);
  CHECK(ExportBatchSize({{"batch_size", "x"}}) == 100);
  CHECK(ExportBatchSize({{"batch_size", "7"}}) == 7);
}

TEST_CASE("import: tells of each document whose vector changed") {
  const auto collection = TwoDocuments();
  int written = 0;
  ImportOptions options;
  options.action = WriteAction::kUpdate;
  const std::string line = "{\"id\":\"1\",\"vec\":[0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5]}";
  Import(*collection, line + "\n" + line + "\n{\"id\":\"2\",\"n\":5}", options,
         WritePace({std::chrono::microseconds(1), {}, {}}, [&written](auto) { ++written; }));
  CHECK(written == 1);
}

TEST_CASE("import: the stored vector and the indexed one are the same memory") {
  const auto collection = TwoDocuments();
  Update(*collection, "{\"id\":\"1\",\"vec\":[0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.25]}");
  const SharedFloats stored = collection->Find("1")->Moved("vec");
  REQUIRE(stored);
  CHECK(collection->Index("vec")->Find(0) == stored);
}

}  // namespace reembed::sandbox
