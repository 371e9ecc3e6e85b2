#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;

Config Loaded(const std::string& json) {
  INFO(ProblemsOf(GoodSources(json)));
  const ConfigOutcome outcome = LoadConfig(GoodSources(json));
  REQUIRE(outcome.config.has_value());
  return outcome.config.value_or(Config{});
}

TEST_CASE("file sections: embedding") {
  const EmbeddingConfig embedding =
      Loaded(R"({"$schema": "x", "embedding": {"normalize": "never", "concurrency": 256,
        "requests_per_minute": 0.5, "tokens_per_minute": 1e6, "max_wait_seconds": 0,
        "outage_patience_seconds": 12.0, "usd_per_million_tokens": 0.065}})")
          .embedding;
  CHECK(embedding.normalize == NormalizeRule::kNever);
  CHECK(embedding.concurrency == 256);
  CHECK(embedding.requests_per_minute == 0.5);
  CHECK(embedding.tokens_per_minute == 1e6);
  CHECK(embedding.usd_per_million_tokens == 0.065);
  CHECK(embedding.vendor_server);
  CHECK(embedding.max_wait == Seconds(0));
  CHECK(embedding.outage_patience == Seconds(12));
  CHECK(embedding.task_type_advice == "set DOCUMENT for documents");
}

TEST_CASE("file sections: update and journal") {
  const Config config = Loaded(R"({"update": {"target_ms": 250, "patience_seconds": 60},
                                   "journal": {"dir": "/var/lib/x", "backup": false,
                                               "keep_days": 0}})");
  CHECK(config.update.target == Millis(250));
  CHECK(config.update.patience == Seconds(60));
  CHECK(config.journal.dir == "/var/lib/x");
  CHECK_FALSE(config.journal.backup);
  CHECK(config.journal.keep_days == 0);
}

TEST_CASE("file sections: the journal's folder may be relative, or the working directory") {
  CHECK(Loaded(R"({"journal": {"dir": "state/x"}})").journal.dir == "state/x");
  CHECK(Loaded(R"({"journal": {"dir": ""}})").journal.dir == ".");
}

TEST_CASE("file sections: the limits themselves are allowed") {
  CHECK(Loaded(R"({"embedding": {"dimensions": 1}})").embedding.provider.dimensions == 1);
  CHECK(Loaded(R"({"embedding": {"dimensions": 65536}})").embedding.provider.dimensions == 65536);
}

}  // namespace
}  // namespace reembed
