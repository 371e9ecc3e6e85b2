#include <signal.h>

#include "fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// A run that would take long: 100 requests of 200 ms, one at a time.
struct SlowStage : Stage {
  explicit SlowStage(std::chrono::milliseconds latency) {
    options.empty = true;
    options.provider.latency = latency;
    AddCollection("docs", 8, PlainDocuments(3200, 8));
    Configure(R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})");
  }

  std::unique_ptr<Process> StartSlow() {
    auto process = Start({"--dimensions", "8", "--concurrency", "1", "--output", "json"});
    while (sandbox().provider().history().request_count() < 3) std::this_thread::yield();
    return process;
  }
};

}  // namespace

TEST_CASE("interrupt: the first signal finishes and writes what is in flight") {
  SlowStage stage(std::chrono::milliseconds(200));
  const auto process = stage.StartSlow();
  process->Signal(SIGINT);
  const Ended ended = process->Wait();
  CHECK(ended.exit_code == 130);
  const Json docs = Json::parse(ended.out).at("collections").at("docs");
  CHECK(docs.at("status") == "interrupted");
  CHECK(docs.at("success") == docs.at("embedded"));
  CHECK(docs.at("success") == RightVectors(stage.Export("docs"), 8));
  CHECK(docs.at("success") > 0);
  CHECK(docs.at("success") < 3200);
}

TEST_CASE("interrupt: the second signal ends at once") {
  SlowStage stage(std::chrono::seconds(30));
  const auto process = stage.Start({"--dimensions", "8"});
  while (stage.typesense().requests().size() < 3) std::this_thread::yield();
  process->Signal(SIGTERM);
  process->Signal(SIGINT);
  const Ended ended = process->Wait();
  CHECK(ended.exit_code == 130);
  CHECK(ended.seconds < 10);
}
