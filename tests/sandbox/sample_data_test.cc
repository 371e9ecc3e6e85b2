#include "tests/sandbox/sample_data.h"

#include <set>

#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

std::vector<json> Documents(const SampleCollection& sample) {
  std::vector<json> documents;
  for (std::size_t at = 0; at < sample.documents.size();) {
    const std::size_t end = sample.documents.find('\n', at);
    documents.push_back(json::parse(sample.documents.substr(at, end - at)));
    at = end + 1;
  }
  return documents;
}

std::set<std::string> Ids(const std::vector<json>& documents) {
  std::set<std::string> ids;
  for (const json& document : documents) ids.insert(document.at("id").get<std::string>());
  return ids;
}

SandboxOptions SmallOptions() {
  SandboxOptions options;
  options.dimensions = 4;
  options.typesense.api_key = "ts";
  options.provider.api_key = "pk";
  return options;
}

}  // namespace

TEST_CASE("sample data: three collections with vectors of the length asked for") {
  const auto samples = MakeSampleData(4);
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].name == "context_stores");
  CHECK(samples[1].name == "instructions");
  CHECK(samples[2].name == "table_descriptions");
  CHECK(json::parse(samples[0].schema).at("fields").back() ==
        json{{"name", "prompt_embedding"}, {"type", "float[]"}, {"num_dim", 4}});
  CHECK(Documents(samples[0]).at(0).at("prompt_embedding").size() == 4);
  CHECK(Documents(samples[1]).at(0).at("instruction_embedding").size() == 4);
  CHECK(Documents(samples[2]).at(0).at("table_embedding").size() == 4);
}

TEST_CASE("sample data: twelve, five hundred and three documents with ids of their own") {
  const auto samples = MakeSampleData(1);
  CHECK(Ids(Documents(samples[0])).size() == 12);
  CHECK(Ids(Documents(samples[1])).size() == 500);
  CHECK(Ids(Documents(samples[2])).size() == 3);
}

TEST_CASE("sample data: every instruction is another one, 20 are defaults") {
  std::set<std::string> texts;
  int defaults = 0;
  for (const json& document : Documents(MakeSampleData(1)[1])) {
    texts.insert(document.at("condition").get<std::string>() + ", " +
                 document.at("rules").get<std::string>());
    defaults += document.at("is_default").get<bool>() ? 1 : 0;
  }
  CHECK(texts.size() == 500);
  CHECK(defaults == 20);
}

TEST_CASE("sample data: awkward ids and values are among it") {
  const auto samples = MakeSampleData(1);
  const auto ids = Ids(Documents(samples[0]));
  CHECK(ids.count("a/b c+d?e=f&g#10") == 1);
  CHECK(ids.count("ctx\"5\"") == 1);
  CHECK(ids.count("文脈-8") == 1);
  CHECK_THAT(samples[0].documents, ContainsSubstring("\"serial\":9007199254740993,"));
  CHECK_THAT(samples[0].documents, ContainsSubstring("\"weight\":1.0,\"tiny\":1e-07,"));
  CHECK_THAT(samples[0].documents, ContainsSubstring("\"previous\":null"));
}

TEST_CASE("sample data: the same every time") {
  CHECK(MakeSampleData(8)[1].documents == MakeSampleData(8)[1].documents);
}

TEST_CASE("sandbox: the store takes the sample data, unless told otherwise") {
  SandboxOptions options = SmallOptions();
  auto sandbox = Sandbox::Start(options);
  REQUIRE(sandbox.ok());
  CHECK_THAT((*sandbox)->typesense().ExportAll("context_stores"), ContainsSubstring("größe-7"));
  options.empty = true;
  auto empty = Sandbox::Start(options);
  REQUIRE(empty.ok());
  CHECK_THAT((*empty)->typesense().ExportAll("context_stores"), ContainsSubstring("not found"));
}

TEST_CASE("sandbox: a port that is taken is named") {
  SandboxOptions options = SmallOptions();
  auto first = Sandbox::Start(options);
  options.provider.port = (*first)->provider().port();
  const auto second = Sandbox::Start(options);
  REQUIRE_FALSE(second.ok());
  CHECK_THAT(second.error().message, ContainsSubstring("for the provider cannot be bound"));
}

TEST_CASE("sandbox: its settings as lines of a .env file") {
  SandboxOptions options = SmallOptions();
  options.empty = true;
  auto sandbox = Sandbox::Start(options);
  const std::string port = std::to_string((*sandbox)->provider().port());
  CHECK(
      (*sandbox)->EnvLines() ==
      "TYPESENSE_HOST=127.0.0.1\nTYPESENSE_PORT=" + std::to_string((*sandbox)->typesense().port()) +
          "\nTYPESENSE_PROTOCOL=http\nTYPESENSE_API_KEY=ts\nEMBEDDING_FAMILY=openai\n"
          "EMBEDDING_MODEL=text-embedding-3-small\nEMBEDDING_DIMENSIONS=4\n"
          "OPENAI_API_KEY=pk\nOPENAI_BASE_URL=http://127.0.0.1:" +
          port + "/v1\nGOOGLE_API_KEY=pk\nGOOGLE_GEMINI_BASE_URL=http://127.0.0.1:" + port + "\n");
}

}  // namespace reembed::sandbox
