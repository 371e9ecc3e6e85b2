// An application that goes on working while its alias is switched, and its users who search.

#include <signal.h>

#include <atomic>
#include <optional>
#include <set>

#include "alias_client.h"
#include "alias_support.h"
#include "search_prober.h"
#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;
using sandbox::Requests;

namespace {

/// Store and provider take their time, so that a run lasts a while.
struct LiveStory : AliasStory {
  explicit LiveStory(std::size_t documents, std::chrono::microseconds per_insert,
                     std::optional<std::size_t> provider_dead_after = {}) {
    options.provider.modes.dead_after = provider_dead_after;
    options.typesense.insert_delay = per_insert;
    options.typesense.write_delay = std::chrono::milliseconds(1);
    options.provider.latency = std::chrono::milliseconds(10);
    Begin(OldDocuments(documents));
  }
  const std::string& key() const { return options.typesense.api_key; }

  Documents WithoutVectors(const std::string& collection) {
    Documents documents = Export(collection);
    for (auto& [id, document] : documents) document.erase("vec");
    return documents;
  }
};

/// The client's numbers at the switch: what has a smaller one went to the old collection, what has
/// a greater one than `after` to the clone.
struct SwitchTime {
  std::atomic<std::size_t> before = 0;
  std::atomic<std::size_t> after = 0;
};

// Documents that the program lists as not carried over.
std::set<std::string> NotCarried(const Json& report) {
  std::set<std::string> ids;
  for (const Json& failure : DocsOf(report).at("failures")) {
    CHECK(failure.at("stage") == "catch_up");
    CHECK(failure.at("kind") == "changing");
    const std::string message = failure.at("message");
    if (message.find("changed again in each") == std::string::npos) ids.insert(failure.at("id"));
  }
  return ids;
}

// What was not carried over was edited on both sides, and the later side's edits stand.
void CheckNotCarried(const std::string& id, const AliasClient::Result& client,
                     const SwitchTime& time, const Documents& after) {
  CAPTURE(id);
  const auto& requests = client.requests.at(id);
  CHECK(requests.front() <= time.after);
  CHECK(requests.back() >= time.before);
  REQUIRE(after.contains(id));
  for (const auto& [field, value] : client.model.at(id).items()) {
    CAPTURE(field);
    REQUIRE(after.at(id).contains(field));
    const auto written = client.last.at(id).find(field);
    const bool late = written != client.last.at(id).end() && written->second > time.after;
    if (late) CHECK(after.at(id).at(field) == value);
  }
}

// Every document is as the client left it but for those that are listed.
void CheckAsLeft(const AliasClient::Result& client, const SwitchTime& time,
                 const std::set<std::string>& listed, const Documents& after) {
  CHECK(client.problems == std::vector<std::string>{});
  for (const std::size_t number : client.refused) CHECK(number >= time.before);
  for (const auto& [id, document] : client.model) {
    if (listed.contains(id)) {
      CheckNotCarried(id, client, time, after);
      continue;
    }
    const auto found = client.requests.find(id);
    CAPTURE(id, time.before.load(), time.after.load());
    CAPTURE(found == client.requests.end() ? std::vector<std::size_t>{} : found->second);
    REQUIRE(after.contains(id));
    CHECK(after.at(id) == document);
  }
  for (const auto& [id, document] : after) {
    CAPTURE(id);
    CHECK(client.model.contains(id));  // nothing deleted is back
  }
}

}  // namespace

TEST_CASE("alias: whoever searches through it notices nothing, back and forth") {
  LiveStory story(400, std::chrono::milliseconds(3));
  SearchProber words(story.typesense().port(), story.key(), "docs");
  SearchProber vectors(story.typesense().port(), story.key(), "docs", VectorSearch("vec", "d7"));
  words.WaitForMore(3);
  story.Migrate();
  REQUIRE(story.Served() != "docs_v1");
  words.WaitForMore(3);
  vectors.WaitForMore(3);
  story.Expect(0, {"rollback", "--yes"});
  REQUIRE(story.Served() == "docs_v1");
  words.WaitForMore(3);
  vectors.WaitForMore(3);
  for (SearchProber* const prober : {&words, &vectors}) {
    const auto probes = prober->Finish();
    const auto outcomes = Outcomes(probes);
    CHECK(probes.size() > 20);
    CHECK(outcomes == std::map<std::string, int>{{"ok", static_cast<int>(probes.size())}});
  }
}

TEST_CASE("alias: an application at work loses no edit and gets nothing back that it deleted") {
  const auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  LiveStory story(300, std::chrono::milliseconds(1));
  SwitchTime time;
  AliasClient client(story.typesense().port(), story.key(), story.WithoutVectors("docs_v1"), seed);
  // Much comes too late for the last round, and much is written before the first of it is carried
  // over.
  auto& hooks = story.typesense().controls().hooks();
  hooks.On(Requests("PUT", "/aliases/docs"), Moment::kArrived, [&](int) {
    client.WaitForMore(40);
    time.before = client.answered();
  });
  hooks.On(Requests("PUT", "/aliases/docs"), Moment::kAnswered, [&](int) {
    time.after = client.answered() + 1;
    client.WaitForMore(20);
  });
  client.WaitForMore(20);
  const Ended ended = story.StartMigration()->Wait();
  const std::size_t over = client.answered() + 1;
  client.WaitForMore(20);
  const auto done = client.Stop();
  INFO(ended.out << ended.err);
  REQUIRE((ended.exit_code == 0 || ended.exit_code == 3));
  REQUIRE(story.Served() != "docs_v1");
  const auto listed = NotCarried(Json::parse(ended.out));
  CAPTURE(listed, done.text_edits, done.other_edits, done.inserts, done.unnamed_inserts,
          done.deletions, done.refused);
  CHECK(listed.size() <= 12);
  for (const std::size_t number : done.refused) CHECK(number <= over);
  CheckAsLeft(done, time, listed, story.WithoutVectors(story.Served()));

  // What was edited last gets its vector.
  story.Migrate();
  CheckAsLeft(done, time, listed, story.WithoutVectors(story.Served()));
  CHECK(RightNew(story.Exported(story.Served())) == done.model.size());
  story.CheckNothingLeft();
}

TEST_CASE("alias: what is edited in the instant in which it is carried over stays") {
  LiveStory story(20, std::chrono::milliseconds(0));
  auto& hooks = story.typesense().controls().hooks();
  hooks.On(Requests("PUT", "/aliases/docs"), Moment::kArrived, [&](int) {
    story.Edit("docs", R"({"id":"d1","title":"edited"}
{"id":"d2","title":"edited"}
{"id":"d5","title":"edited"})");
    story.Delete("docs", "d3");
  });
  const auto at = [&](const std::string& method, const std::string& id, const auto& act) {
    // The application names the alias, the program the collection.
    const auto test = [method, id](const std::string& sent, const std::string& target) {
      return sent == method && target.rfind("/collections/docs/", 0) == std::string::npos &&
             target.find(id) != std::string::npos;
    };
    hooks.On(test, Moment::kArrived, [act](int nth) {
      if (nth == 1) act();
    });
  };
  at("PATCH", "%60d1%60", [&] { story.Edit("docs", R"({"id":"d1","note":"theirs"})"); });
  at("PATCH", "%60d2%60", [&] { story.Edit("docs", R"({"id":"d2","title":"theirs"})"); });
  at("PATCH", "%60d5%60", [&] { story.Delete("docs", "d5"); });
  at("DELETE", "/documents/d3", [&] { story.Edit("docs", R"({"id":"d3","note":"theirs"})"); });
  const Json report = story.Migrate(3);
  const Documents after = story.WithoutVectors(story.Served());
  CHECK(after.at("d1").at("title") == "edited");
  CHECK(after.at("d1").at("note") == "theirs");
  CHECK(after.at("d2").at("title") == "theirs");
  CHECK(after.at("d3").at("note") == "theirs");
  CHECK_FALSE(after.contains("d5"));
  CHECK(NotCarried(report) == std::set<std::string>{"d2", "d3"});
  hooks.Clear();
  story.Migrate();
  CHECK(RightNew(story.Exported(story.Served())) == 19);
  story.CheckNothingLeft();
}

TEST_CASE("alias: edits are carried over across the switch though the provider is gone") {
  std::size_t asked = 0;
  {
    LiveStory measured(20, std::chrono::milliseconds(0));
    measured.Migrate(0, {"--concurrency", "1"});
    asked = measured.sandbox().provider().history().request_count();
  }
  LiveStory story(20, std::chrono::milliseconds(0), asked);
  story.typesense().controls().hooks().On(Requests("PUT", "/aliases/docs"), Moment::kArrived,
                                          [&](int) {
                                            story.Edit("docs", R"({"id":"d1","title":"edited"}
{"id":"d2","note":"noted"}
{"id":"new","title":"inserted"})");
                                            story.Delete("docs", "d3");
                                          });
  const auto process = story.StartMigration({"--concurrency", "1"});
  CHECK(WaitUntil([&] {
    const std::string served = story.Served();
    return served != "docs_v1" &&
           ContentsOf(story.Exported(served)) == ContentsOf(story.Exported("docs_v1"));
  }));
  CHECK(story.Export(story.Served()).at("d1").at("title") == "edited");
  // It would wait for the provider.
  CHECK_FALSE(process->HasEnded());
  process->Signal(SIGKILL);
  process->Wait();
  story.sandbox().provider().Revive();
  story.Migrate();
  story.CheckTakenOver();
  story.CheckNothingLeft();
}
