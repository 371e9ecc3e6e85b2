#include "fixture.h"
#include "tests/sandbox/provider_faults.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr const char* kProviderKey = "provider-key-9876543210";
constexpr const char* kTypesenseKey = "store-key-0123456789";

void CheckNoKey(const std::string& text) {
  CHECK(text.find(kProviderKey) == std::string::npos);
  CHECK(text.find(kTypesenseKey) == std::string::npos);
}

}  // namespace

TEST_CASE("secrets: in no output, log, report or command line, also when a server echoes them") {
  Stage stage;
  const auto faults = sandbox::ParseFaults("echo-key=30,500=10");
  REQUIRE(faults.ok());
  stage.options.provider.faults = *faults;
  const auto process = stage.Start({"-v", "--log-file", "run.log", "--report", "report.json"});
  const std::string command_line = process->CommandLine();
  const Ended ended = process->Wait();
  CheckNoKey(command_line);
  CheckNoKey(ended.out);
  CheckNoKey(ended.err);
  CHECK_FALSE(stage.folder().Read("run.log").empty());
  CheckNoKey(stage.folder().Read("run.log"));
  CHECK_FALSE(stage.folder().Read("report.json").empty());
  CheckNoKey(stage.folder().Read("report.json"));
}

TEST_CASE("secrets: a refused key that the server repeats is not repeated by us") {
  Stage stage;
  stage.options.provider.modes.bad_key = true;
  const Ended ended = stage.Run({"--output", "json", "-v"});
  CHECK(ended.exit_code == 4);
  CheckNoKey(ended.out);
  CheckNoKey(ended.err);
}

TEST_CASE("secrets: a key in a configuration file is refused and not shown") {
  Stage stage;
  stage.folder().Write("config/reembed.json",
                       std::string(R"({"typesense": {"api_key": ")") + kTypesenseKey + "\"}}");
  const Ended ended = stage.Run({});
  CHECK(ended.exit_code == 2);
  CheckNoKey(ended.err);
}
