#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;

ConfigSources Birch() {
  ConfigSources sources = GoodSources();
  sources.environment = {
      {"EMBEDDING_FAMILY", "birch"}, {"EMBEDDING_MODEL", "b-1"}, {"TYPESENSE_API_KEY", "t"}};
  return sources;
}

ProviderSettings Settings(const ConfigSources& sources) {
  INFO(ProblemsOf(sources));
  const ConfigOutcome outcome = LoadConfig(sources);
  REQUIRE(outcome.config.has_value());
  return outcome.config.value_or(Config{}).embedding.provider;
}

TEST_CASE("provider: its variables arrive by their first name, secrets apart") {
  ConfigSources sources = Birch();
  sources.environment["BIRCH_API_KEY"] = "birch-secret";
  sources.environment["BIRCH_ORG_ID"] = "org 7";
  const ProviderSettings settings = Settings(sources);
  CHECK(settings.secrets.at("BIRCH_API_KEY").Reveal() == "birch-secret");
  CHECK(settings.variables.at("BIRCH_ORG_ID") == "org 7");
  CHECK(settings.base_url == "https://birch.example/v1");
}

TEST_CASE("provider: the first synonym that is set wins, and the environment over .env") {
  ConfigSources sources = GoodSources();
  sources.environment["OAK_API_KEY"] = "second";
  CHECK(Settings(sources).secrets.at("ACORN_API_KEY").Reveal() == "acorn-secret-1");
  sources.environment.erase("ACORN_API_KEY");
  sources.env_file = NamedText{".env", "ACORN_API_KEY=from-dotenv"};
  CHECK(Settings(sources).secrets.at("ACORN_API_KEY").Reveal() == "second");
}

TEST_CASE("provider: a missing key names its variables") {
  ConfigSources sources = GoodSources();
  sources.environment.erase("ACORN_API_KEY");
  CHECK(ProblemsOf(sources) ==
        "ACORN_API_KEY or OAK_API_KEY is missing: set it in the environment or in .env\n");
}

TEST_CASE("provider: a configured base URL excuses a key declared so") {
  ConfigSources sources = Birch();
  CHECK(ProblemsOf(sources) == "BIRCH_API_KEY is missing: set it in the environment or in .env\n");
  sources.environment["BIRCH_BASE_URL"] = "http://localhost:11434/v1/";
  CHECK(Settings(sources).base_url == "http://localhost:11434/v1");
}

TEST_CASE("provider: variables of other families are not read") {
  ConfigSources sources = GoodSources();
  sources.environment["BIRCH_BASE_URL"] = "nonsense";
  CHECK(ProblemsOf(sources).empty());
}

TEST_CASE("provider: bad variables are named and not shown") {
  ConfigSources sources = Birch();
  sources.environment["BIRCH_API_KEY"] = "hunter 2";
  sources.environment["BIRCH_BASE_URL"] = "http://me:hunter2@host";
  sources.environment["BIRCH_ORG_ID"] = "a\nb";
  CHECK(ProblemsOf(sources) ==
        "environment: BIRCH_BASE_URL: a URL with a user name or password is not accepted\n"
        "environment: BIRCH_API_KEY: must consist of printable ASCII characters without blanks\n"
        "environment: BIRCH_ORG_ID: must consist of printable ASCII characters\n");
}

TEST_CASE("provider: missing family and model name every place to put them") {
  ConfigSources sources = GoodSources();
  sources.environment.erase("EMBEDDING_FAMILY");
  sources.environment.erase("EMBEDDING_MODEL");
  CHECK(ProblemsOf(sources) ==
        "EMBEDDING_FAMILY is missing: set it in the environment or in .env, or embedding.family in "
        "reembed.json, or --family; known: acorn, birch\n"
        "EMBEDDING_MODEL is missing: set it in the environment or in .env, or embedding.model in "
        "reembed.json, or --model\n");
}

TEST_CASE("provider: an unknown family is named with its source and the nearest one") {
  ConfigSources sources = GoodSources();
  sources.environment["EMBEDDING_FAMILY"] = "acron";
  CHECK(ProblemsOf(sources) ==
        "environment: EMBEDDING_FAMILY: unknown family \"acron\"; did you mean \"acorn\"? known: "
        "acorn, birch\n");
  sources.flags.family = "zzz";
  CHECK(ProblemsOf(sources) == "--family: unknown family \"zzz\"; known: acorn, birch\n");
}

TEST_CASE("provider: a key put into the wrong variable is not shown") {
  ConfigSources sources = GoodSources();
  sources.environment["EMBEDDING_FAMILY"] = "sk-abcdefgh12345678";
  CHECK(ProblemsOf(sources) ==
        "environment: EMBEDDING_FAMILY: unknown family ***; known: acorn, birch\n");
}

TEST_CASE("provider: options come from the section, else from the declaration") {
  CHECK(Settings(GoodSources()).options.at("task_type") == "DOCUMENT");
  ConfigSources sources = GoodSources(R"({"embedding": {"acorn": {"task_type": "QUERY"},
                                                        "birch": {"prefix": "x"}}})");
  CHECK(Settings(sources).options.at("task_type") == "QUERY");
  CHECK(Settings(sources).options.at("prefix").empty());
}

TEST_CASE("provider: dimensions are checked in each source") {
  ConfigSources sources = GoodSources();
  sources.environment["EMBEDDING_DIMENSIONS"] = "0";
  CHECK(ProblemsOf(sources) ==
        "environment: EMBEDDING_DIMENSIONS: expected an integer from 1 to 65536, found \"0\"\n");
  sources.environment["EMBEDDING_DIMENSIONS"] = "7.5";
  CHECK_THAT(ProblemsOf(sources), ContainsSubstring("found \"7.5\""));
  sources.flags.dimensions = -1;
  CHECK(ProblemsOf(sources) == "--dimensions: expected an integer from 1 to 65536, found \"-1\"\n");
}

}  // namespace
}  // namespace reembed
