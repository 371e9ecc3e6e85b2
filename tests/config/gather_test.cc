#include "src/core/config/gather.h"

#include <map>
#include <string>
#include <vector>

#include "src/core/config/defaults.h"
#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::kOneCollection;

using Files = std::map<std::string, std::string>;

/// A disk of a few files that remembers what was asked for. A file with the text `!` cannot be
/// read.
class FakeDisk {
 public:
  explicit FakeDisk(Files files) : files_(std::move(files)) {}

  ReadFile reader() {
    return [this](const std::string& path) -> Result<std::string> {
      asked.push_back(path);
      const auto found = files_.find(path);
      if (found == files_.end()) return Error{.kind = ErrorKind::kNotFound, .message = "gone"};
      if (found->second == "!") {
        return Error{.kind = ErrorKind::kLocal, .message = "is a directory"};
      }
      return found->second;
    };
  }

  std::vector<std::string> asked;

 private:
  Files files_;
};

std::string Located(Files files, std::optional<std::string> flag,
                    std::optional<std::string> variable) {
  FakeDisk disk(std::move(files));
  const Result<NamedText> found = LocateConfig(flag, variable, disk.reader());
  return found.ok() ? found->name : found.error().message;
}

ConfigRequest Request() {
  ConfigRequest request;
  request.environment = {{"EMBEDDING_FAMILY", "acorn"}, {"EMBEDDING_MODEL", "m"}};
  request.providers = testing::TreeProviders();
  // The built-in file has a section of this family.
  ProviderSpec google;
  google.family = "google";
  google.options = {{"task_type", {}, ""}};
  request.providers.push_back(google);
  return request;
}

const char* const kKeys = "ACORN_API_KEY=a\nTYPESENSE_API_KEY=t\nHTTPS_PROXY=http://proxy:3128\n";

TEST_CASE("config file: flag, variable, the two usual places, then the built-in one") {
  const Files files = {
      {"f", "{}"}, {"v", "{}"}, {"config/reembed.json", "{}"}, {"reembed.json", "{}"}};
  CHECK(Located(files, "f", "v") == "f");
  CHECK(Located(files, {}, "v") == "v");
  CHECK(Located(files, {}, {}) == "config/reembed.json");
  CHECK(Located({{"reembed.json", "{}"}}, {}, {}) == "reembed.json");
  CHECK(Located({}, {}, {}) == "built-in");
}

TEST_CASE("config file: one that was named must be there and readable") {
  CHECK(Located({}, "f", {}) == "--config f: no such file");
  CHECK(Located({}, {}, "v") == "REEMBED_CONFIG v: no such file");
  CHECK(Located({{"f", "!"}}, "f", {}) == "--config f: is a directory");
}

TEST_CASE("config file: a usual one that cannot be read is an error, not passed over") {
  CHECK(Located({{"config/reembed.json", "!"}, {"reembed.json", "{}"}}, {}, {}) ==
        "config/reembed.json: is a directory");
}

TEST_CASE("gather: joins the file, .env and the environment") {
  FakeDisk disk(Files{{".env", kKeys}, {"reembed.json", std::string(kOneCollection)}});
  const SettingsOutcome outcome = GatherConfig(Request(), disk.reader());
  REQUIRE(outcome.settings.has_value());
  CHECK(outcome.settings->config.source == "reembed.json");
  CHECK(outcome.settings->config.collections.at(0).name == "notes");
  CHECK(outcome.settings->variables.at("HTTPS_PROXY") == "http://proxy:3128");
  CHECK(disk.asked == std::vector<std::string>{".env", "config/reembed.json", "reembed.json"});
}

TEST_CASE("gather: .env may name the config file, the flag wins over it") {
  const std::string env = std::string(kKeys) + "REEMBED_CONFIG=mine.json\n";
  FakeDisk disk(Files{{".env", env},
                      {"mine.json", std::string(kOneCollection)},
                      {"other.json", std::string(kOneCollection)}});
  ConfigRequest request = Request();
  CHECK(GatherConfig(request, disk.reader()).settings->config.source == "mine.json");
  request.config_path = "other.json";
  CHECK(GatherConfig(request, disk.reader()).settings->config.source == "other.json");
}

TEST_CASE("gather: a missing .env is fine unless it was named") {
  FakeDisk disk(Files{{"reembed.json", std::string(kOneCollection)}});
  ConfigRequest request = Request();
  request.environment.insert({{"ACORN_API_KEY", "a"}, {"TYPESENSE_API_KEY", "t"}});
  CHECK(GatherConfig(request, disk.reader()).settings.has_value());
  request.env_path = "prod.env";
  CHECK(GatherConfig(request, disk.reader()).problems ==
        std::vector<std::string>{"--env-file prod.env: no such file"});
}

TEST_CASE("gather: a .env that cannot be read is an error") {
  FakeDisk disk(Files{{".env", "!"}, {"reembed.json", std::string(kOneCollection)}});
  CHECK(GatherConfig(Request(), disk.reader()).problems ==
        std::vector<std::string>{".env: is a directory"});
}

TEST_CASE("gather: problems of both files come together") {
  FakeDisk disk(Files{{"prod.env", "oops"}});
  ConfigRequest request = Request();
  request.env_path = "prod.env";
  request.config_path = "gone.json";
  CHECK(GatherConfig(request, disk.reader()).problems ==
        std::vector<std::string>{"--config gone.json: no such file",
                                 "prod.env:1: expected KEY=value"});
}

}  // namespace
}  // namespace reembed
