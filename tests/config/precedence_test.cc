#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;

const char* const kFileWithModel =
    R"({"embedding": {"family": "birch", "model": "from-file", "dimensions": 10,
                      "concurrency": 3, "requests_per_minute": 30, "tokens_per_minute": 300,
                      "max_wait_seconds": 33}})";

Config Loaded(const ConfigSources& sources) {
  const ConfigOutcome outcome = LoadConfig(sources);
  INFO(ProblemsOf(sources));
  REQUIRE(outcome.config.has_value());
  return outcome.config.value_or(Config{});
}

ConfigSources OnlyKeys(const std::string& json) {
  ConfigSources sources = GoodSources(json);
  sources.environment = {
      {"TYPESENSE_API_KEY", "t"}, {"ACORN_API_KEY", "a"}, {"BIRCH_API_KEY", "b"}};
  return sources;
}

TEST_CASE("precedence: the file alone") {
  const Config config = Loaded(OnlyKeys(kFileWithModel));
  CHECK(config.embedding.provider.family == "birch");
  CHECK(config.embedding.provider.model == "from-file");
  CHECK(config.embedding.provider.dimensions == 10);
  CHECK(config.embedding.concurrency == 3);
  CHECK(config.embedding.max_wait == Seconds(33));
  CHECK(config.source == "reembed.json");
}

TEST_CASE("precedence: .env over the file") {
  ConfigSources sources = OnlyKeys(kFileWithModel);
  sources.env_file = NamedText{
      ".env", "EMBEDDING_FAMILY=acorn\nEMBEDDING_MODEL=from-dotenv\nEMBEDDING_DIMENSIONS=20"};
  const Config config = Loaded(sources);
  CHECK(config.embedding.provider.family == "acorn");
  CHECK(config.embedding.provider.model == "from-dotenv");
  CHECK(config.embedding.provider.dimensions == 20);
}

TEST_CASE("precedence: the environment over .env") {
  ConfigSources sources = OnlyKeys(kFileWithModel);
  sources.env_file = NamedText{".env", "EMBEDDING_MODEL=from-dotenv\nEMBEDDING_DIMENSIONS=20"};
  sources.environment["EMBEDDING_MODEL"] = "from-environment";
  const Config config = Loaded(sources);
  CHECK(config.embedding.provider.model == "from-environment");
  CHECK(config.embedding.provider.dimensions == 20);
}

TEST_CASE("precedence: flags over everything") {
  ConfigSources sources = OnlyKeys(kFileWithModel);
  sources.environment["EMBEDDING_FAMILY"] = "birch";
  sources.environment["EMBEDDING_MODEL"] = "from-environment";
  sources.environment["EMBEDDING_DIMENSIONS"] = "30";
  sources.flags.family = "acorn";
  sources.flags.model = "from-flag";
  sources.flags.dimensions = 40;
  sources.flags.concurrency = 4;
  sources.flags.requests_per_minute = 40;
  sources.flags.tokens_per_minute = 400;
  sources.flags.max_wait = Seconds(44);
  sources.flags.strategy = StrategyChoice::kInPlace;
  sources.flags.state_dir = "/flag/state";
  sources.flags.backup = false;
  const Config config = Loaded(sources);
  CHECK(config.embedding.provider.family == "acorn");
  CHECK(config.embedding.provider.model == "from-flag");
  CHECK(config.embedding.provider.dimensions == 40);
  CHECK(config.embedding.concurrency == 4);
  CHECK(config.embedding.requests_per_minute == 40);
  CHECK(config.embedding.tokens_per_minute == 400);
  CHECK(config.embedding.max_wait == Seconds(44));
  CHECK(config.collections.at(0).strategy == StrategyChoice::kInPlace);
  CHECK(config.journal.dir == "/flag/state");
  CHECK_FALSE(config.journal.backup);
}

TEST_CASE("precedence: without a flag the journal is the file's") {
  const Config config = Loaded(OnlyKeys(R"({"embedding": {"family": "acorn", "model": "m"},
                          "journal": {"dir": "from-file", "backup": false}})"));
  CHECK(config.journal.dir == "from-file");
  CHECK_FALSE(config.journal.backup);
  CHECK(config.journal.keep_days == 30);
}

TEST_CASE("precedence: an empty variable counts as absent in each source") {
  ConfigSources sources = OnlyKeys(kFileWithModel);
  sources.environment["EMBEDDING_MODEL"] = "";
  sources.environment["EMBEDDING_DIMENSIONS"] = " ";
  sources.env_file = NamedText{".env", "EMBEDDING_MODEL=from-dotenv\nEMBEDDING_DIMENSIONS="};
  const Config config = Loaded(sources);
  CHECK(config.embedding.provider.model == "from-dotenv");
  CHECK(config.embedding.provider.dimensions == 10);
}

TEST_CASE("precedence: what a file leaves out comes from the default file, key by key") {
  ConfigSources sources = OnlyKeys(R"({"embedding": {"family": "acorn", "model": "m"},
                                       "update": {"target_ms": 7}})");
  sources.default_file.text = R"({"embedding": {"model": "other", "concurrency": 2,
                                                "acorn": {"task_type": "QUERY"}},
      "update": {"target_ms": 5, "patience_seconds": 6},
      "collections": {"b": {"skip": "why"}, "a": {"skip": "why"}}})";
  const Config config = Loaded(sources);
  CHECK(config.embedding.provider.model == "m");
  CHECK(config.embedding.concurrency == 2);
  CHECK(config.embedding.provider.options.at("task_type") == "QUERY");
  CHECK(config.update.target == Millis(7));
  CHECK(config.update.patience == Seconds(6));
  CHECK(config.collections.size() == 2);
  CHECK(config.collections.at(0).name == "b");
}

TEST_CASE("precedence: a file's collections replace the default list whole") {
  ConfigSources sources = OnlyKeys(R"({"embedding": {"family": "acorn", "model": "m"},
                                       "collections": {"mine": {"skip": "why"}}})");
  sources.default_file.text = R"({"collections": {"theirs": {"skip": "why"}}})";
  const Config config = Loaded(sources);
  REQUIRE(config.collections.size() == 1);
  CHECK(config.collections[0].name == "mine");
}

TEST_CASE("precedence: without any file the defaults hold") {
  ConfigSources sources = GoodSources();
  sources.config_file = sources.default_file;
  const Config config = Loaded(sources);
  CHECK(config.source == "built-in");
  CHECK(config.embedding.concurrency == 8);
  CHECK(config.embedding.max_wait == Seconds(900));
  CHECK(config.embedding.outage_patience == Seconds(300));
  CHECK(config.update.target == Millis(100));
  CHECK(config.update.patience == Seconds(1800));
  CHECK(config.journal.dir == ".reembed");
  CHECK(config.journal.backup);
  CHECK(config.journal.keep_days == 30);
  CHECK_FALSE(config.embedding.provider.dimensions.has_value());
  CHECK_FALSE(config.embedding.requests_per_minute.has_value());
}

}  // namespace
}  // namespace reembed
