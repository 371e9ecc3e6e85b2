// A server that goes away and comes back: the provider, and the store in every phase of a run.

#include "reembed/base/clock.h"
#include "reembed/core/vectors.h"
#include "resume_support.h"
#include "tests/sandbox/provider_embedder.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr std::size_t kDocuments = 400;
constexpr const char* kHurried =
    R"("typesense": {"num_retries": 1, "retry_interval_seconds": 0.1},
       "update": {"patience_seconds": 1})";
constexpr const char* kPatient = R"("update": {"patience_seconds": 60})";

enum class Death { kNotReady, kUnreachable };

std::string RepeatingDocuments(std::size_t count, std::size_t texts) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string title = "orders of region " + std::to_string(i % texts);
    lines += Json{{"id", std::to_string(i)}, {"title", title}}.dump() + "\n";
  }
  return lines;
}

std::size_t RightGeminiVectors(const Documents& documents) {
  std::size_t right = 0;
  for (const auto& [id, document] : documents) {
    Embedding expected =
        sandbox::SandboxVector({"gemini-embedding-001", "RETRIEVAL_QUERY", kSmall, false},
                               document.at("title").get<std::string>());
    Normalize(expected);
    right += StoredVector(document, "vec") == expected ? 1U : 0U;
  }
  return right;
}

/// A run that takes about a second.
struct SlowStory : LongStory {
  explicit SlowStory(const std::string& sections) {
    options.typesense.write_delay = std::chrono::milliseconds(1);
    options.provider.latency = std::chrono::milliseconds(10);
    AddDocs(kDocuments);
    Configure(sections);
  }

  void Die(Death death) {
    if (death == Death::kNotReady) {
      typesense().controls().SetReadiness(false);
    } else {
      typesense().SetReachable(false);
    }
  }

  void Revive() {
    typesense().controls().SetReadiness(true);
    typesense().SetReachable(true);
  }

  /// Exit 5 with a message that says what happened and what to do; then a rerun ends the work.
  void CheckOutageThenRerun(const Ended& ended, std::size_t expected_success_before) {
    const Json report = ReportOf(ended, 5);
    const std::string message = report.at("message");
    CHECK_THAT(message, ContainsSubstring("Typesense"));
    CHECK_THAT(message, ContainsSubstring("A rerun goes on from here"));
    CHECK(report.at("collections").at("docs").at("status") == "error");
    CHECK(report.at("collections").at("docs").at("success") >= expected_success_before);
    Revive();
    Finish();
  }

  void Finish() {
    const Json docs = Expect(0).at("collections").at("docs");
    CHECK(docs.at("count") == kDocuments);
    CHECK(docs.at("failed") == 0);
    CheckAllRightAndPaidOnce(kDocuments);
    CheckNothingLeft();
  }
};

}  // namespace

TEST_CASE("outage: the provider dies in mid-run, and a rerun pays only for what is left") {
  LongStory story;
  story.options.provider.modes.dead_after = 6;
  story.AddDocs(kDocuments);
  story.Configure(R"("embedding": {"outage_patience_seconds": 1})");
  const Json first = story.Expect(5, {"--concurrency", "4"});
  const std::size_t answered = story.sandbox().provider().texts_billed().size();
  const std::string message = first.at("message");
  CHECK_THAT(message, ContainsSubstring("Run again when it works"));
  CHECK(first.at("collections").at("docs").at("status") == "error");
  CHECK(first.at("collections").at("docs").at("success") == answered);
  CHECK(first.at("collections").at("docs").at("embedded") == answered);
  CHECK(RightVectors(story.Export("docs"), kSmall) == answered);

  story.sandbox().provider().Revive();
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") == first.at("run_id"));
  const Json& docs = second.at("collections").at("docs");
  CHECK(docs.at("up_to_date") == answered);
  CHECK(docs.at("success") == kDocuments - answered);
  CHECK(docs.at("embedded") == kDocuments - answered);
  story.CheckAllRightAndPaidOnce(kDocuments);
  story.CheckNothingLeft();
}

TEST_CASE("outage: a provider that is dead from the start is paid nothing and changes nothing") {
  LongStory story;
  story.options.provider.modes.dead_after = 0;
  story.AddDocs(40);
  story.Configure(R"("embedding": {"outage_patience_seconds": 1})");
  const std::string before = story.typesense().ExportAll("docs");
  const Json docs = story.Expect(5).at("collections").at("docs");
  CHECK(docs.at("success") == 0);
  CHECK(docs.at("failed") == 0);
  CHECK(story.typesense().ExportAll("docs") == before);
  story.sandbox().provider().Revive();
  CHECK(story.Expect(0).at("collections").at("docs").at("success") == 40);
  story.CheckAllRightAndPaidOnce(40);
}

TEST_CASE("outage: the store dies while it is written to, longer than the patience") {
  const Death death = GENERATE(Death::kNotReady, Death::kUnreachable);
  SlowStory story(kHurried);
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Imports() >= 3; });
  story.Die(death);
  story.CheckOutageThenRerun(process->Wait(), 1);
}

TEST_CASE("outage: the store is not ready for a while below the patience: nothing fails") {
  SlowStory story(kPatient);
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Imports() >= 3; });
  story.Die(Death::kNotReady);
  SystemClock().SleepFor(Millis(700), {});
  CHECK_FALSE(process->HasEnded());
  story.Revive();
  const Json docs = ReportOf(process->Wait(), 0).at("collections").at("docs");
  CHECK(docs.at("success") == kDocuments);
  CHECK(docs.at("failed") == 0);
  story.CheckAllRightAndPaidOnce(kDocuments);
  story.CheckNothingLeft();
}

TEST_CASE("outage: the store dies during the first scan") {
  SlowStory story(kHurried);
  const std::string before = story.typesense().ExportAll("docs");
  story.typesense().controls().StallNextExport(100);
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Exports() >= 1; });
  story.Die(Death::kUnreachable);
  const Ended ended = process->Wait();
  CHECK(story.ProviderRequests() == 0);
  CHECK(story.typesense().ExportAll("docs") == before);
  story.CheckOutageThenRerun(ended, 0);
}

TEST_CASE("outage: the store dies during the scan after the pass") {
  SlowStory story(kHurried);
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Imports() >= 1; });
  story.typesense().controls().StallNextExport(100);
  WaitFor(*process, [&] { return story.Exports() >= 2; });
  story.Die(Death::kUnreachable);
  story.CheckOutageThenRerun(process->Wait(), kDocuments);
}

TEST_CASE("outage: the store is down while the run is planned, also between two runs") {
  const Death death = GENERATE(Death::kNotReady, Death::kUnreachable);
  SlowStory story(kHurried);
  CHECK(story.Expect(0, {"--limit", "100"}).at("collections").at("docs").at("success") == 100);
  const std::size_t asked = story.ProviderRequests();
  story.Die(death);
  const Json report = story.Expect(5);
  const std::string message = report.at("message");
  CHECK_THAT(message, ContainsSubstring("127.0.0.1:" + std::to_string(story.typesense().port())));
  CHECK_THAT(message, ContainsSubstring("Is Typesense running there?"));
  CHECK(story.ProviderRequests() == asked);
  story.Revive();
  story.Finish();
}

TEST_CASE("outage: exports that are cut or spoilt once are read again") {
  LongStory story;
  story.AddDocs(500);
  story.Configure();
  auto& controls = story.typesense().controls();
  SECTION("between two documents") {
    controls.CutNextExport(300);
  }
  SECTION("within a line") {
    controls.CutNextExportInLine(300);
  }
  SECTION("a line that is no document") {
    controls.BreakNextExport(300, "Not Ready or Lagging");
  }
  SECTION("a proper end that comes too early") {
    controls.ShortenNextExport(300);
  }
  const Json docs = story.Expect(0).at("collections").at("docs");
  CHECK(docs.at("count") == 500);
  CHECK(docs.at("success") == 500);
  CHECK(story.Exports() == 3);  // the faulty one, its repetition, the round after the pass
  story.CheckAllRightAndPaidOnce(500);
}

TEST_CASE("outage: a scan after the pass that ends too early makes no document gone") {
  LongStory story;
  story.options.provider.latency = std::chrono::milliseconds(50);
  story.AddDocs(500);
  story.Configure();
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Exports() >= 1; });
  story.typesense().controls().ShortenNextExport(300);
  const Json docs = ReportOf(process->Wait(), 0).at("collections").at("docs");
  CHECK(docs.at("success") == 500);
  CHECK(docs.at("deleted") == 0);
  story.CheckAllRightAndPaidOnce(500);
}

TEST_CASE("outage: exports that always end too early are exit 5, and nothing is called done") {
  LongStory story;
  story.AddDocs(500);
  story.Configure();
  story.typesense().controls().ShortenNextExport(300, 1'000'000);
  const Json report = story.Expect(5);
  const std::string message = report.at("message");
  CHECK_THAT(message, ContainsSubstring("300 of 500 documents"));
  CHECK(report.at("collections").at("docs").at("status") == "error");
  CHECK(story.Exports() == 5);
  CHECK(story.ProviderRequests() == 0);
  CHECK(story.Imports() == 0);
  story.typesense().controls().ShortenNextExport(0, 0);
  CHECK(story.Expect(0).at("collections").at("docs").at("success") == 500);
  story.CheckAllRightAndPaidOnce(500);
}

TEST_CASE("outage: a slow provider does not make the server cut the export") {
  LongStory story;
  constexpr auto kReaderPatience = std::chrono::milliseconds(400);
  constexpr std::size_t kMany = 20'000;
  constexpr std::size_t kTexts = 4'000;
  story.environment = {{"EMBEDDING_FAMILY", "google"}, {"EMBEDDING_MODEL", "gemini-embedding-001"}};
  story.options.provider.latency = 5 * kReaderPatience;
  story.AddDocs(0);
  story.typesense().Import("docs", RepeatingDocuments(kMany, kTexts), "create");
  story.Configure();
  story.typesense().controls().DropSlowExportReaders(kReaderPatience);
  const Json docs = story.Expect(0, {"--concurrency", "40"}).at("collections").at("docs");
  CHECK(docs.at("success") == kMany);
  CHECK(docs.at("embedded") == kTexts);
  // Two are needed; a reader at the provider's pace would be cut every time. A disk that stops for
  // a while may cost one more.
  CHECK(story.Exports() <= 3);
  CHECK(story.sandbox().provider().history().texts_answered() == kTexts);
  CHECK(RightGeminiVectors(story.Export("docs")) == kMany);
}
