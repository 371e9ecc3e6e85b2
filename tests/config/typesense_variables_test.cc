#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::kOneCollection;
using testing::ProblemsOf;

const char* const kFileWithNodes =
    R"({"typesense": {"nodes": ["http://file-1:8108", "http://file-2:8108/"],
                      "nearest_node": "http://near:8108"}})";

std::string Nodes(const Variables& variables, const std::string& file = std::string(kOneCollection),
                  const std::string& env_file = "") {
  ConfigSources sources = GoodSources(file);
  sources.environment.insert(variables.begin(), variables.end());
  sources.env_file = NamedText{".env", env_file};
  const ConfigOutcome outcome = LoadConfig(sources);
  if (!outcome.config) return ProblemsOf(sources);
  std::string joined;
  for (const std::string& node : outcome.config->typesense.nodes) joined += node + " ";
  return joined;
}

TEST_CASE("typesense nodes: localhost when nothing is said") {
  CHECK(Nodes({}) == "http://localhost:8108 ");
}

TEST_CASE("typesense nodes: the file's list") {
  CHECK(Nodes({}, kFileWithNodes) == "http://file-1:8108 http://file-2:8108 ");
  ConfigSources sources = GoodSources(kFileWithNodes);
  CHECK(LoadConfig(sources).config.value_or(Config{}).typesense.nearest_node == "http://near:8108");
}

TEST_CASE("typesense nodes: any of host, port and protocol make a single node over the file") {
  CHECK(Nodes({{"TYPESENSE_HOST", "search"}}, kFileWithNodes) == "http://search:8108 ");
  CHECK(Nodes({{"TYPESENSE_PORT", "443"}, {"TYPESENSE_PROTOCOL", "HTTPS"}}, kFileWithNodes) ==
        "https://localhost:443 ");
  CHECK(Nodes({{"TYPESENSE_HOST", "[fe80::1]"}}) == "http://[fe80::1]:8108 ");
}

TEST_CASE("typesense nodes: the list of a cluster wins over the single node") {
  CHECK(Nodes({{"TYPESENSE_HOST", "search"},
               {"TYPESENSE_NODES", "http://a:1, https://b:2/x/ ,http://c"}}) ==
        "http://a:1 https://b:2/x http://c ");
  CHECK(Nodes({{"TYPESENSE_HOST", "search"}}, kFileWithNodes, "TYPESENSE_NODES=http://a:1") ==
        "http://a:1 ");
}

TEST_CASE("typesense nodes: errors name the variable and its source") {
  CHECK(Nodes({{"TYPESENSE_HOST", "http://search"}}) ==
        "environment: TYPESENSE_HOST: must be a bare host without http:// or https://; set "
        "TYPESENSE_PROTOCOL and TYPESENSE_PORT, or TYPESENSE_NODES to whole URLs\n");
  CHECK(Nodes({{"TYPESENSE_HOST", "::1"}}) ==
        "environment: TYPESENSE_HOST: the host may hold letters, digits, '-', '.' and '_' only; a "
        "port goes to TYPESENSE_PORT, and an IPv6 address stands in brackets\n");
  CHECK(Nodes({{"TYPESENSE_PORT", "0"}}) ==
        "environment: TYPESENSE_PORT: expected a port from 1 to 65535, found \"0\"\n");
  CHECK(Nodes({}, std::string(kOneCollection), "TYPESENSE_PROTOCOL=ftp") ==
        ".env: TYPESENSE_PROTOCOL: found \"ftp\"; allowed: http, https\n");
  CHECK(Nodes({{"TYPESENSE_NODES", "http://a,,b:1,http://a/"}}) ==
        "environment: TYPESENSE_NODES: node 2: a URL must begin with http:// or https://, found "
        "nothing; expected URLs separated by commas\n"
        "environment: TYPESENSE_NODES: node 3: a URL must begin with http:// or https://, found "
        "\"b:1\"; expected URLs separated by commas\n"
        "environment: TYPESENSE_NODES: http://a is named twice\n");
}

TEST_CASE("typesense key: it is required, also when it is set but empty") {
  ConfigSources sources = GoodSources();
  sources.environment["TYPESENSE_API_KEY"] = "";
  CHECK(ProblemsOf(sources) ==
        "TYPESENSE_API_KEY is missing: set it in the environment or in .env\n");
}

TEST_CASE("typesense key: it can hold nothing that would break a header, and is not shown") {
  ConfigSources sources = GoodSources();
  sources.environment["TYPESENSE_API_KEY"] = "hunter2\r\nX-Evil: 1";
  CHECK(ProblemsOf(sources) ==
        "environment: TYPESENSE_API_KEY: must consist of printable ASCII characters without "
        "blanks\n");
  sources.environment["TYPESENSE_API_KEY"] = "hunter2\n";
  CHECK(ProblemsOf(sources) ==
        "environment: TYPESENSE_API_KEY: begins or ends with a blank or a line break; take it "
        "away\n");
}

TEST_CASE("typesense: the settings of the official clients, with parts of seconds") {
  const ConfigOutcome outcome = LoadConfig(GoodSources(
      R"({"typesense": {"connection_timeout_seconds": 0.5, "num_retries": 0,
                        "retry_interval_seconds": 0.25, "healthcheck_interval_seconds": 5}})"));
  REQUIRE(outcome.config.has_value());
  CHECK(outcome.config->typesense.connection_timeout == Millis(500));
  CHECK(outcome.config->typesense.num_retries == 0);
  CHECK(outcome.config->typesense.retry_interval == Millis(250));
  CHECK(outcome.config->typesense.healthcheck_interval == Seconds(5));
  CHECK(outcome.config->typesense.api_key.Reveal() == "typesense-secret-1");
}

}  // namespace
}  // namespace reembed
