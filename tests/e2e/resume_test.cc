// A run after a run: what is done stays done, what is paid for is not paid for again.

#include <signal.h>

#include <filesystem>

#include "resume_support.h"
#include "tests/sandbox/provider_embedder.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

std::size_t RightVectorsOf(const std::string& model, const Documents& documents) {
  std::size_t right = 0;
  for (const auto& [id, document] : documents) {
    const auto expected =
        sandbox::SandboxVector({model, "", kSmall, true}, document.value("title", ""));
    right += StoredVector(document, "vec") == expected ? 1U : 0U;
  }
  return right;
}

/// Texts that the provider was asked for since `from`, and the task type of each request.
struct Asked {
  std::size_t texts = 0;
  std::string task_type;
};

Asked AskedSince(LongStory& story, std::size_t from) {
  const auto requests = story.sandbox().provider().requests();
  Asked asked;
  for (std::size_t i = from; i < requests.size(); ++i) {
    asked.texts += requests[i].text_count;
    asked.task_type = requests[i].task_type;
  }
  return asked;
}

/// The state directory without the index that readers of an unfinished journal share: it holds no
/// data, and is made anew from the rest.
std::map<std::string, std::string> DurableFiles(const LongStory& story) {
  auto files = FilesBelow(story.folder().path() + "/.reembed");
  std::erase_if(files, [](const auto& file) { return file.first.ends_with("-shm"); });
  return files;
}

void ConfigureTaskTypes(const LongStory& story, const std::string& of_b) {
  story.folder().Write("config/reembed.json", R"({"collections": {
    "a": {"embedding_field": "vec", "text_fields": ["title"]},
    "b": {"embedding_field": "vec", "text_fields": ["title"], "task_type": ")" +
                                                  of_b + "\"}}}");
}

}  // namespace

TEST_CASE("resume: a run after one with --limit goes on in the same run") {
  LongStory story;
  story.AddDocs(500);
  story.Configure();
  const Json first = story.Expect(0, {"--limit", "120"});
  CHECK(first.at("collections").at("docs").at("success") == 120);
  CHECK(RightVectors(story.Export("docs"), kSmall) == 120);
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") == first.at("run_id"));
  const Json& docs = second.at("collections").at("docs");
  CHECK(docs.at("count") == 500);
  CHECK(docs.at("up_to_date") == 120);
  CHECK(docs.at("success") == 380);
  CHECK(docs.at("embedded") == 380);
  story.CheckAllRightAndPaidOnce(500);
  story.CheckNothingLeft();
}

TEST_CASE("resume: a run with nothing to do says so") {
  LongStory story;
  story.AddDocs(30);
  story.Configure();
  const Json first = story.Expect(0);
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") == first.at("run_id"));
  CHECK(second.at("totals").at("up_to_date") == 30);
  CHECK(second.at("totals").at("success") == 0);
  const Ended text = story.Run({"--dimensions", "8"});
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, ContainsSubstring("Nothing to do: every document has its vector already."));
}

TEST_CASE("resume: after SIGINT") {
  LongStory story;
  story.options.provider.latency = std::chrono::milliseconds(30);
  story.AddDocs(1'500);
  story.Configure();
  const auto process = story.StartReporting({"--concurrency", "2"});
  WaitFor(*process, [&] { return story.ProviderRequests() >= 4; });
  process->Signal(SIGINT);
  const Json first = ReportOf(process->Wait(), 130);
  const std::size_t done = first.at("collections").at("docs").at("success");
  CHECK(done > 0);
  CHECK(done < 1'500);
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") == first.at("run_id"));
  CHECK(second.at("collections").at("docs").at("up_to_date") == done);
  CHECK(second.at("collections").at("docs").at("success") == 1'500 - done);
  story.CheckAllRightAndPaidOnce(1'500);
  story.CheckNothingLeft();
}

TEST_CASE("resume: after two signals at once, at most the requests in flight are paid again") {
  LongStory story;
  story.options.provider.latency = std::chrono::milliseconds(200);
  story.AddDocs(500);
  story.Configure();
  const auto process = story.StartReporting({"--concurrency", "2"});
  WaitFor(*process, [&] { return story.ProviderRequests() >= 3; });
  process->Signal(SIGINT);
  process->Signal(SIGTERM);
  CHECK(process->Wait().exit_code == 130);
  story.Expect(0);
  CHECK(RightVectors(story.Export("docs"), kSmall) == 500);
  CHECK(story.PaidTwice() <= 2 * 128);
  story.CheckNothingLeft();
}

TEST_CASE("resume: one collection first, then all; equal texts are paid for once over both") {
  LongStory story;
  story.AddDocs(150, "a");
  story.AddDocs(200, "b");  // the first 150 texts are those of `a`
  story.Configure();
  const Json first = story.Expect(0, {"--collections", "a"});
  CHECK_FALSE(first.at("collections").contains("b"));
  CHECK(RightVectors(story.Export("b"), kSmall) == 0);
  const Json second = story.Expect(0).at("collections");
  CHECK(second.at("a").at("up_to_date") == 150);
  CHECK(second.at("b").at("success") == 200);
  CHECK(second.at("b").at("embedded") == 50);
  CHECK(RightVectors(story.Export("a"), kSmall) == 150);
  story.CheckAllRightAndPaidOnce(200, "b");
  story.CheckNothingLeft();
}

TEST_CASE("resume: --force pays again, says so, and is a run of its own") {
  LongStory story;
  story.AddDocs(60);
  story.Configure();
  const Json first = story.Expect(0);
  const Json forced = story.Expect(0, {"--force"});
  CHECK(forced.at("run_id") != first.at("run_id"));
  CHECK(forced.at("collections").at("docs").at("success") == 60);
  CHECK(forced.at("collections").at("docs").at("embedded") == 60);
  CHECK(story.PaidTwice() == 60);
  const Ended text = story.Run({"--dimensions", "8", "--force"});
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, ContainsSubstring("paid for, again"));
  const Json after = story.Expect(0);
  CHECK(after.at("collections").at("docs").at("up_to_date") == 60);
  CHECK(story.sandbox().provider().history().texts_answered() == 180);
}

TEST_CASE("resume: another model begins anew, and the first one's vectors are still paid for") {
  LongStory story;
  story.AddDocs(90);
  story.Configure();
  const Json first = story.Expect(0);
  story.environment = {{"EMBEDDING_MODEL", "text-embedding-3-large"}};
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") != first.at("run_id"));
  CHECK(second.at("collections").at("docs").at("success") == 90);
  CHECK(second.at("collections").at("docs").at("up_to_date") == 0);
  CHECK(second.at("collections").at("docs").at("embedded") == 90);
  CHECK(RightVectorsOf("text-embedding-3-large", story.Export("docs")) == 90);

  story.environment.clear();
  const Json third = story.Expect(0);
  CHECK(third.at("collections").at("docs").at("success") == 90);
  CHECK(third.at("collections").at("docs").at("embedded") == 0);
  CHECK(RightVectors(story.Export("docs"), kSmall) == 90);
  CHECK(story.sandbox().provider().history().texts_answered() == 180);
}

TEST_CASE("resume: another model in the middle of a run leaves no vector of the first behind") {
  LongStory story;
  story.AddDocs(300);
  story.Configure();
  const Json first = story.Expect(0, {"--limit", "100"});
  story.environment = {{"EMBEDDING_MODEL", "text-embedding-3-large"}};
  const Json second = story.Expect(0);
  CHECK(second.at("run_id") != first.at("run_id"));
  CHECK(second.at("collections").at("docs").at("embedded") == 300);
  CHECK(RightVectorsOf("text-embedding-3-large", story.Export("docs")) == 300);
}

TEST_CASE("resume: another task type begins anew for its collection alone") {
  LongStory story;
  story.environment = {{"EMBEDDING_FAMILY", "google"}, {"EMBEDDING_MODEL", "gemini-embedding-001"}};
  story.AddDocs(50, "a");
  story.AddDocs(50, "b");
  ConfigureTaskTypes(story, "RETRIEVAL_QUERY");
  const Json first = story.Expect(0).at("collections");
  CHECK(first.at("a").at("embedded") == 50);
  CHECK(first.at("b").at("embedded") == 0);  // the same texts, the same recipe
  const std::size_t requests = story.ProviderRequests();
  ConfigureTaskTypes(story, "RETRIEVAL_DOCUMENT");
  const Json second = story.Expect(0).at("collections");
  CHECK(second.at("a").at("up_to_date") == 50);
  CHECK(second.at("b").at("success") == 50);
  CHECK(second.at("b").at("embedded") == 50);
  const Asked asked = AskedSince(story, requests);
  CHECK(asked.texts == 50);
  CHECK(asked.task_type == "RETRIEVAL_DOCUMENT");
}

TEST_CASE("resume: what a restore of the store undid is written again without paying") {
  LongStory story;
  story.AddDocs(80);
  story.Configure();
  story.Expect(0);
  story.typesense().Import("docs", PlainDocuments(30, kSmall), "upsert");
  const Json docs = story.Expect(0).at("collections").at("docs");
  CHECK(docs.at("success") == 30);
  CHECK(docs.at("up_to_date") == 50);
  CHECK(docs.at("embedded") == 0);
  story.CheckAllRightAndPaidOnce(80);
}

TEST_CASE("dry run: after a partial run it tells what is left, and leaves the state as it is") {
  LongStory story;
  story.options.typesense.write_delay = std::chrono::milliseconds(3);
  story.AddDocs(400);
  story.Configure(R"("update": {"patience_seconds": 1})");
  // The store dies while the provider is ahead of it: some texts are paid for and not written.
  const auto process = story.StartReporting();
  WaitFor(*process, [&] { return story.Imports() >= 4; });
  story.typesense().controls().SetReadiness(false);
  const Json first = ReportOf(process->Wait(), 5).at("collections").at("docs");
  story.typesense().controls().SetReadiness(true);
  const std::size_t written = first.at("success");
  const std::size_t paid = story.sandbox().provider().texts_billed().size();
  REQUIRE(paid > written);

  const std::string state = story.folder().path() + "/.reembed";
  const auto files = FilesBelow(state);
  const std::string stored = story.typesense().ExportAll("docs");
  const std::size_t asked = story.ProviderRequests();
  const Json report = story.Expect(0, {"--dry-run"});
  CHECK(report.at("dry_run") == true);
  const Json& plan = report.at("collections").at("docs").at("plan");
  CHECK(plan.at("up_to_date") == written);
  CHECK(plan.at("paid") == paid - written);
  CHECK(plan.at("to_embed") == 400 - paid);
  CHECK(FilesBelow(state) == files);
  CHECK(story.typesense().ExportAll("docs") == stored);
  CHECK(story.ProviderRequests() == asked + (paid < 400 ? 1 : 0));
}

TEST_CASE("dry run: with nothing left to embed the provider is not asked") {
  LongStory story;
  story.AddDocs(50);
  story.Configure();
  story.Expect(0);
  // Paid for and to be written again; nothing to embed.
  story.typesense().Import("docs", PlainDocuments(20, kSmall), "upsert");
  const auto files = FilesBelow(story.folder().path() + "/.reembed");
  const std::size_t asked = story.ProviderRequests();
  const Json plan = story.Expect(0, {"--dry-run"}).at("collections").at("docs").at("plan");
  CHECK(plan.at("up_to_date") == 30);
  CHECK(plan.at("paid") == 20);
  CHECK(plan.at("to_embed") == 0);
  CHECK(story.ProviderRequests() == asked);
  CHECK(FilesBelow(story.folder().path() + "/.reembed") == files);
}

TEST_CASE("dry run: after kill -9 it reads what is not yet in the journal's main file") {
  LongStory story;
  story.options.provider.latency = std::chrono::milliseconds(20);
  story.options.typesense.write_delay = std::chrono::milliseconds(1);
  story.AddDocs(400);
  story.Configure();
  const auto process = story.StartReporting({"--concurrency", "1"});
  WaitFor(*process, [&] { return story.Imports() >= 4; });
  process->Signal(SIGKILL);
  process->Wait();
  const auto files = DurableFiles(story);
  const std::size_t billed = story.sandbox().provider().texts_billed().size();
  const Json plan = story.Expect(0, {"--dry-run"}).at("collections").at("docs").at("plan");
  CHECK(plan.at("up_to_date") > 0);
  // The one request in flight may have been lost.
  CHECK(plan.at("up_to_date").get<std::size_t>() + plan.at("paid").get<std::size_t>() + 128 >=
        billed);
  CHECK(DurableFiles(story) == files);
}

TEST_CASE("dry run: before any run it makes no state directory") {
  LongStory story;
  story.AddDocs(5);
  story.Configure();
  story.Expect(0, {"--dry-run"});
  CHECK_FALSE(std::filesystem::exists(story.folder().path() + "/.reembed"));
}
