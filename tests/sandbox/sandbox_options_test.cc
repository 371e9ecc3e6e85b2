#include "tests/sandbox/sandbox_options.h"

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

Result<SandboxCommand> Read(std::vector<std::string> arguments) {
  return ReadSandboxCommand(
      std::move(arguments), [](const char*) { return ""; }, [] { return "random"; });
}

std::string ErrorOf(std::vector<std::string> arguments) {
  return Read(std::move(arguments)).error().message;
}

}  // namespace

TEST_CASE("sandbox options: nothing given") {
  const SandboxOptions options = Read({}).value().options;
  CHECK_FALSE(options.empty);
  CHECK(options.dimensions == 256);
  CHECK(options.typesense.port == 0);
  CHECK(options.typesense.api_key == "random");
  CHECK(options.provider.api_key == "random");
  CHECK_FALSE(options.typesense.insert_delay);
  CHECK(options.typesense.alter_delay.count() == 0);
}

TEST_CASE("sandbox options: every one") {
  SandboxOptions options = Read({"--empty",
                                 "--typesense-port",
                                 "8108",
                                 "--provider-port",
                                 "8109",
                                 "--latency-ms",
                                 "20",
                                 "--write-ms",
                                 "2.5",
                                 "--insert-ms",
                                 "0.5",
                                 "--alter-ms",
                                 "0.25",
                                 "--rpm",
                                 "600",
                                 "--tpm",
                                 "100000",
                                 "--faults",
                                 "429=10,shuffle=50",
                                 "--mode",
                                 "no-credit",
                                 "--mode",
                                 "poison=x,y",
                                 "--dimensions",
                                 "8",
                                 "--sink"})
                               .value()
                               .options;
  CHECK(options.empty);
  CHECK(options.dimensions == 8);
  CHECK(options.typesense.port == 8108);
  CHECK(options.typesense.write_delay == std::chrono::microseconds(2500));
  CHECK(options.typesense.insert_delay == std::chrono::microseconds(500));
  CHECK(options.typesense.alter_delay == std::chrono::microseconds(250));
  CHECK(options.typesense.sink);
  CHECK(options.provider.port == 8109);
  CHECK(options.provider.latency == std::chrono::milliseconds(20));
  CHECK(options.provider.quota.requests == 600);
  CHECK(options.provider.quota.tokens == 100000);
  CHECK(options.provider.faults[Fault::kRateLimit] == 10);
  CHECK(options.provider.modes.no_credit);
  CHECK(options.provider.modes.poison == "x,y");
}

TEST_CASE("sandbox options: quotas of any kind, told or not, that change") {
  const ProviderOptions provider = Read({"--quota-kind", "sliding", "--quota-says", "nothing",
                                         "--quota-change", "20:0.5", "--quota-change", "40.5:1"})
                                       .value()
                                       .options.provider;
  CHECK(provider.quota_kind == QuotaKind::kSliding);
  CHECK(provider.quota_says == QuotaSays::kNothing);
  REQUIRE(provider.quota_changes.size() == 2);
  CHECK(provider.quota_changes[0].after == std::chrono::seconds(20));
  CHECK(provider.quota_changes[0].factor == 0.5);
  CHECK(provider.quota_changes[1].after == std::chrono::milliseconds(40'500));
  for (const char* wrong : {"", "20", "20:", ":1", "20:0", "-1:1", "20:1x"}) {
    CHECK_THAT(ErrorOf({"--quota-change", wrong}), ContainsSubstring("--quota-change"));
  }
  CHECK_THAT(ErrorOf({"--quota-kind", "odd"}), ContainsSubstring("--quota-kind"));
}

TEST_CASE("sandbox options: keys come from the environment") {
  const auto environment = [](const char* name) { return "value of " + std::string(name); };
  const auto command = ReadSandboxCommand({}, environment, [] { return "random"; }).value();
  CHECK(command.options.typesense.api_key == "value of SANDBOX_TYPESENSE_KEY");
  CHECK(command.options.provider.api_key == "value of SANDBOX_PROVIDER_KEY");
}

TEST_CASE("sandbox options: help") {
  const auto command = Read({"--help"});
  REQUIRE(command.ok());
  CHECK_THAT(command->help.value_or(""), ContainsSubstring("--latency-ms"));
}

TEST_CASE("sandbox options: what is wrong is named") {
  CHECK_THAT(ErrorOf({"--nonsense"}), ContainsSubstring("--nonsense"));
  CHECK_THAT(ErrorOf({"--dimensions", "0"}), ContainsSubstring("--dimensions"));
  CHECK_THAT(ErrorOf({"--latency-ms", "-1"}), ContainsSubstring("--latency-ms"));
  CHECK_THAT(ErrorOf({"--typesense-port", "70000"}), ContainsSubstring("--typesense-port"));
  CHECK_THAT(ErrorOf({"--rpm", "many"}), ContainsSubstring("--rpm"));
  CHECK_THAT(ErrorOf({"--faults", "boom=1"}), ContainsSubstring("unknown fault"));
  CHECK_THAT(ErrorOf({"--mode", "boom"}), ContainsSubstring("mode \"boom\""));
}

}  // namespace reembed::sandbox
