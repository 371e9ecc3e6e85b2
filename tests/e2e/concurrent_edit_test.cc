// An application that goes on working while its collection is migrated.

#include <signal.h>

#include <thread>

#include "concurrent_edit_client.h"
#include "resume_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr std::size_t kDocuments = 600;

std::string LivingDocuments() {
  const Json old_vector(std::vector<double>(kSmall, 0.25));
  std::string lines;
  for (std::size_t i = 0; i < kDocuments; ++i) {
    const Json document = {{"id", std::string("d").append(std::to_string(i))},
                           {"title", "orders of region " + std::to_string(i)},
                           {"note", "untouched"},
                           {"n", i},
                           {"vec", old_vector}};
    lines += document.dump() + "\n";
  }
  return lines;
}

Documents WithoutVectors(Documents documents) {
  for (auto& [id, document] : documents) document.erase("vec");
  return documents;
}

/// A run that takes a while, of documents with fields that it does not touch.
struct LivingStory : LongStory {
  explicit LivingStory(std::chrono::milliseconds latency, const std::string& faults = "500=0") {
    options.provider.faults = *sandbox::ParseFaults(faults);
    options.typesense.write_delay = std::chrono::milliseconds(1);
    options.provider.latency = latency;
    AddDocs(0);
    typesense().Import("docs", LivingDocuments(), "create");
    Configure();
  }

  const std::string& key() const { return options.typesense.api_key; }
};

/// Every document is the application's, and its vector that of its text.
void CheckAsTheClientLeftIt(LongStory& story, const EditingClient::Result& client) {
  const Documents after = story.Export("docs");
  CHECK(client.problems == std::vector<std::string>{});
  CHECK(WithoutVectors(after) == client.model);
  CHECK(RightVectors(after, kSmall) == client.model.size());
}

}  // namespace

TEST_CASE(
    "concurrent edits: nothing of the application's work is lost, and every vector is right") {
  LivingStory story(std::chrono::milliseconds(20));
  EditingClient client(story.typesense().port(), story.key(), WithoutVectors(story.Export("docs")),
                       20261121);
  const auto process = story.StartReporting({"--concurrency", "2"});
  // The second scan has begun: at least one round follows.
  WaitFor(*process, [&] { return story.Exports() >= 2; });
  const EditingClient::Result done = client.Stop();
  const Json docs = ReportOf(process->Wait(), 0).at("collections").at("docs");
  CAPTURE(done.edits, done.other_edits, done.old_vectors, done.inserts, done.deletions,
          docs.dump());
  CHECK(done.edits > 5);
  CHECK(done.other_edits > 5);
  CHECK(done.old_vectors > 0);
  CHECK(done.inserts > 5);
  CHECK(done.deletions > 0);
  CheckAsTheClientLeftIt(story, done);
  CHECK(docs.at("failed") == 0);
  CHECK(docs.at("skipped") == 0);
  // Whatever was met and lives has been written by this run; the rest was deleted.
  CHECK(docs.at("success") >= done.model.size());
  CHECK(docs.at("count") <= kDocuments + done.inserts);
  CHECK(story.PaidTwice() == 0);
  story.CheckNothingLeft();
}

TEST_CASE("concurrent edits: while both servers fail now and then") {
  LivingStory story(std::chrono::milliseconds(5), "429=5,500=5,reset=3,missing-item=3");
  auto& controls = story.typesense().controls();
  EditingClient client(story.typesense().port(), story.key(), WithoutVectors(story.Export("docs")),
                       99);
  controls.CutNextExport(250);
  const auto process = story.StartReporting({"--concurrency", "2"});
  WaitFor(*process, [&] { return story.Imports() >= 2; });
  controls.DropConnectionAfterNextImport();
  controls.CutNextExportInLine(400);
  // Both scans were cut once; the second one is being read again, so that a round follows.
  WaitFor(*process, [&] { return story.Exports() >= 4; });
  const EditingClient::Result done = client.Stop();
  const Json docs = ReportOf(process->Wait(), 0).at("collections").at("docs");
  CAPTURE(docs.dump());
  CheckAsTheClientLeftIt(story, done);
  CHECK(docs.at("failed") == 0);
  story.CheckNothingLeft();
}

TEST_CASE("concurrent edits: between an interrupted run and its rerun") {
  LivingStory story(std::chrono::milliseconds(20));
  const auto models = WithoutVectors(story.Export("docs"));
  const auto process = story.StartReporting({"--concurrency", "2"});
  WaitFor(*process, [&] { return story.Imports() >= 5; });
  EditingClient client(story.typesense().port(), story.key(), models, 7);
  process->Signal(SIGINT);
  process->Signal(SIGKILL);
  process->Wait();
  const std::size_t requests = story.typesense().requests().size();
  while (story.typesense().requests().size() < requests + 150) std::this_thread::yield();
  const EditingClient::Result done = client.Stop();
  const Json docs = story.Expect(0).at("collections").at("docs");
  CheckAsTheClientLeftIt(story, done);
  CHECK(docs.at("count") == done.model.size());
  CHECK(docs.at("deleted") == 0);
  story.CheckNothingLeft();
}

TEST_CASE("concurrent edits: a text that never rests fails as changing, all others are right") {
  LivingStory story(std::chrono::milliseconds(100));
  Json docs;
  {
    const RestlessEditor editor(story.typesense().port(), story.key(), "d42");
    docs = story.Expect(3).at("collections").at("docs");
  }
  CHECK(docs.at("status") == "partial");
  CHECK(docs.at("count") == kDocuments);
  CHECK(docs.at("failed") == 1);
  CHECK(docs.at("success") == kDocuments - 1);
  REQUIRE(docs.at("failures").size() == 1);
  CHECK(docs.at("failures").at(0).at("id") == "d42");
  CHECK(docs.at("failures").at(0).at("stage") == "catch_up");
  CHECK(docs.at("failures").at(0).at("kind") == "changing");
  Documents others = story.Export("docs");
  others.erase("d42");
  CHECK(RightVectors(others, kSmall) == kDocuments - 1);

  // It rests now: the next run does this one alone.
  const std::size_t asked = story.sandbox().provider().history().texts_answered();
  const Json second = story.Expect(0).at("collections").at("docs");
  CHECK(second.at("success") == 1);
  CHECK(second.at("up_to_date") == kDocuments - 1);
  CHECK(story.sandbox().provider().history().texts_answered() == asked + 1);
  CHECK(RightVectors(story.Export("docs"), kSmall) == kDocuments);
}
