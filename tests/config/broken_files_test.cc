// The shipped config file, and a folder of broken ones that the JSON Schema refuses as well (see
// schema_check.py). The declarations look like those of the built-in providers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "reembed/core/config_sources.h"
#include "src/core/config/defaults.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> JsonFilesIn(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(REEMBED_TEST_DATA) / folder)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

ConfigSources Shipped(const NamedText& file) {
  ProviderSpec openai;
  openai.family = "openai";
  openai.variables = {{.names = {"OPENAI_API_KEY"}, .secret = true, .required = true}};
  openai.options = {{"prefix", {}, ""}};
  ProviderSpec google;
  google.family = "google";
  google.options = {{"task_type", {"RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT"}, "RETRIEVAL_QUERY"},
                    {"prefix", {}, ""}};
  ConfigSources sources;
  sources.environment = {{"EMBEDDING_FAMILY", "google"},
                         {"EMBEDDING_MODEL", "gemini-embedding-001"},
                         {"TYPESENSE_API_KEY", "t"}};
  sources.config_file = file;
  sources.default_file = {"built-in", std::string(DefaultConfigJson())};
  sources.providers = {openai, google};
  return sources;
}

TEST_CASE("shipped config: the built-in default is the file, and it is accepted") {
  const std::string text = TextOf(REEMBED_SOURCE_DIR "/config/reembed.json");
  CHECK(text == DefaultConfigJson());
  const ConfigOutcome outcome = LoadConfig(Shipped({"config/reembed.json", text}));
  REQUIRE(outcome.config.has_value());
  const auto& collections = outcome.config->collections;
  REQUIRE(collections.size() == 3);
  CHECK(collections[0].name == "context_stores");
  CHECK(collections[0].task_type == "RETRIEVAL_QUERY");
  CHECK(collections[1].text.fields == std::vector<std::string>{"condition", "rules"});
  CHECK(collections[1].filter_by == "is_default:=false");
  CHECK(collections[2].skip_reason == "computed dynamically by the application");
}

TEST_CASE("broken files: each is refused with its name, and nothing of a secret is shown") {
  std::vector<fs::path> paths = JsonFilesIn("config/broken");
  const std::vector<fs::path> more = JsonFilesIn("config/broken/parser_only");
  paths.insert(paths.end(), more.begin(), more.end());
  REQUIRE(paths.size() >= 24);
  for (const fs::path& path : paths) {
    const std::string name = path.filename().string();
    INFO(name);
    const ConfigOutcome outcome = LoadConfig(Shipped({name, TextOf(path)}));
    CHECK_FALSE(outcome.config.has_value());
    REQUIRE_FALSE(outcome.problems.empty());
    CHECK(outcome.problems.front().rfind(name + ":", 0) == 0);
    CHECK(outcome.problems.front().find("hunter2") == std::string::npos);
  }
}

TEST_CASE("complete file: one that uses every key is accepted") {
  for (const fs::path& path : JsonFilesIn("config/good")) {
    INFO(path.string());
    CHECK(LoadConfig(Shipped({"good.json", TextOf(path)})).problems.empty());
  }
}

}  // namespace
}  // namespace reembed
