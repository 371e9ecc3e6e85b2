#include <cstdlib>
#include <map>
#include <sstream>

#include "tests/e2e/process.h"
#include "tests/sandbox/sink_server.h"
#include "tests/support/catch2.h"
#include "tests/support/temp_folder.h"

namespace reembed::sandbox {
namespace {

std::map<std::string, std::string> Variables(const SinkServer& sink) {
  std::map<std::string, std::string> variables;
  std::istringstream lines(sink.EnvLines());
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

constexpr const char* kConfig = R"({"collections": {"documents": {)"
                                R"("embedding_field": "vec", "text_fields": ["title", "text"]}}})";

testing::Ended Run(const SinkServer& sink, const testing::TempFolder& folder) {
  return testing::Process({REEMBED_PROGRAM, "--config", "reembed.json", "--progress", "none",
                           "--output", "json"},
                          Variables(sink), folder.path())
      .Wait();
}

// The sink refuses a vector that does not belong to its document.
void CheckWholeRun(const SinkOptions& options) {
  const auto sink = SinkServer::Start(options);
  REQUIRE(sink.ok());
  const testing::TempFolder folder;
  folder.Write("reembed.json", kConfig);
  const testing::Ended first = Run(**sink, folder);
  INFO(first.out << first.err);
  CHECK(first.exit_code == 0);
  CHECK(first.out.find(R"("success": 300)") != std::string::npos);
  const testing::Ended again = Run(**sink, folder);
  INFO(again.out << again.err);
  CHECK(again.exit_code == 0);
  CHECK(again.out.find(R"("up_to_date": 300)") != std::string::npos);
}

TEST_CASE("sink: a whole run writes every document, and a rerun has nothing to do") {
  SECTION("base64") {
    CheckWholeRun({.documents = 300, .dimensions = 16});
  }
  SECTION("float text, no old vectors, waiting for both services") {
    CheckWholeRun({.documents = 300,
                   .dimensions = 16,
                   .old_vectors = false,
                   .float_text = true,
                   .latency_ms = 2,
                   .write_ms = 0.1});
  }
}

}  // namespace
}  // namespace reembed::sandbox
