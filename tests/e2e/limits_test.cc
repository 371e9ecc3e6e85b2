#include <algorithm>
#include <atomic>
#include <vector>

#include "fixture.h"
#include "tests/e2e/search_prober.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr const char* kDocs = R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})";

}  // namespace

// A sanitizer's own memory and waits would drown the program's.
#if !defined(REEMBED_SANITIZED)
namespace {

Ended RunWith(std::size_t documents) {
  Stage stage;
  stage.options.empty = true;
  stage.options.provider.record_texts = false;
  stage.AddCollection("docs", 256, PlainDocuments(documents, 256));
  stage.Configure(kDocs);
  return stage.Run({"--dimensions", "256"});
}

}  // namespace

TEST_CASE("memory: ten times the documents, at most a quarter more, under 96 MB") {
  const Ended small = RunWith(2'000);
  const Ended large = RunWith(20'000);
  CHECK(small.exit_code == 0);
  CHECK(large.exit_code == 0);
  CAPTURE(small.peak_kilobytes, large.peak_kilobytes);
  CHECK(large.peak_kilobytes <= small.peak_kilobytes * 5 / 4);
  CHECK(large.peak_kilobytes < 96 * 1024);
}

TEST_CASE("search: while a run writes into a live index, 95 of 100 searches wait under 150 ms") {
  Stage stage;
  stage.options.empty = true;
  stage.options.typesense.write_delay = std::chrono::milliseconds(2);
  stage.AddCollection("docs", 256, PlainDocuments(2'000, 256));
  stage.Configure(kDocs);
  const auto process = stage.Start({"--dimensions", "256"});
  SearchProber prober(stage.typesense().port(), stage.options.typesense.api_key, "docs");
  const Ended ended = process->Wait();
  std::vector<double> waits = prober.Stop();
  CHECK(ended.exit_code == 0);
  REQUIRE(waits.size() > 20);
  std::sort(waits.begin(), waits.end());
  CHECK(waits[waits.size() * 95 / 100] < 0.150);
}
#endif

TEST_CASE("backlog: a store that falls behind is given time, and the run still ends") {
  Stage stage;
  stage.options.empty = true;
  stage.options.typesense.write_delay = std::chrono::milliseconds(3);
  stage.AddCollection("docs", 16, PlainDocuments(500, 16));
  stage.typesense().controls().SetPendingWriteBatches(60);
  stage.Configure(kDocs);
  const Ended ended = stage.Run({"--dimensions", "16"});
  const auto requests = stage.typesense().requests();
  const auto asked = std::count_if(requests.begin(), requests.end(), [](const auto& request) {
    return request.target == "/stats.json";
  });
  CHECK(ended.exit_code == 0);
  CHECK(asked >= 1);
  CHECK(ended.seconds > 2.5);
  CHECK(RightVectors(stage.Export("docs"), 16) == 500);
}
