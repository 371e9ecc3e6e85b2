// The time between the drop of the embedding field and its return.

#include <signal.h>

#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "rebuild_support.h"
#include "search_prober.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;

namespace {

using Ids = std::vector<std::string>;

constexpr const char* kNoIndex = "Field `vec` does not have a vector query index.";

/// The figure in `… is away from now on, for about 1.8 s (the drop took …`.
double Announced(const std::string& log) {
  const std::string lead = "is away from now on, for about ";
  const auto at = log.find(lead);
  REQUIRE(at != std::string::npos);
  return std::strtod(log.c_str() + at + lead.size(), nullptr);
}

/// At the nth change of the schema, before anything of it is done: 1 is the drop, 2 the add.
void AtAlteration(RebuildStory& story, int nth, std::function<void()> act) {
  story.typesense().controls().hooks().On(Alterations(), Moment::kArrived,
                                          [nth, act = std::move(act)](int now) {
                                            if (now == nth) act();
                                          });
}

std::vector<std::unique_ptr<SearchProber>> Probers(RebuildStory& story) {
  std::vector<std::unique_ptr<SearchProber>> probers;
  for (const std::string& search : {VectorSearch("vec", "d0"), KeywordSearch()}) {
    probers.push_back(std::make_unique<SearchProber>(
        story.typesense().port(), story.options.typesense.api_key, "docs", search));
  }
  return probers;
}

/// Provider requests that a rebuild of `documents` takes until the drop.
std::size_t RequestsToEmbed(std::size_t documents) {
  RebuildStory story;
  story.Add(documents);
  story.Configure();
  REQUIRE(story.Migrate({"--concurrency", "1"}).exit_code == 0);
  return story.sandbox().provider().history().request_count();
}

}  // namespace

TEST_CASE("rebuild window: search by vector is away while the server works, as long as announced") {
  constexpr std::size_t kDocuments = 50;
  constexpr std::chrono::milliseconds kCheck(10);
  RebuildStory story;
  story.options.typesense.alter_delay = kCheck;
  story.options.provider.latency = std::chrono::milliseconds(300);
  story.Add(kDocuments);
  story.Configure();
  // As the double spends it: writing 2.0 of the drop, adding 1.6.
  const double server = 3.6 * kDocuments * std::chrono::duration<double>(kCheck).count();
  std::size_t asked_at_drop = 0, asked_at_add = 0;
  const auto asked = [&] { return story.sandbox().provider().history().request_count(); };
  AtAlteration(story, 1, [&] { asked_at_drop = asked(); });
  AtAlteration(story, 2, [&] { asked_at_add = asked(); });
  auto probers = Probers(story);
  const Ended ended = story.Migrate({"--concurrency", "1"});
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto by_vector = probers[0]->Finish();
  const auto by_word = Outcomes(probers[1]->Finish());
  // One that has just the right vectors is not away when the index lacks some of them.
  const double away = LongestAway(by_vector);
  CAPTURE(away, Announced(ended.err), server, Outcomes(by_vector), by_word);
  CHECK(away < 1.5 * server);
  CHECK(away > 0.5 * server);
  CHECK(Announced(ended.err) < 2 * away);
  CHECK(Announced(ended.err) > away / 2);
  // Nothing else ever went wrong, and before and after all was well.
  CHECK(by_word.size() == 1);
  CHECK(by_word.contains("ok"));
  for (const auto& [outcome, times] : Outcomes(by_vector)) {
    CHECK((outcome == "ok" || outcome == "empty" || outcome == kNoIndex));
  }
  CHECK(by_vector.front().result == Probe::Result::kOk);
  // Every vector was there before the drop.
  CHECK(asked_at_drop > 1);
  CHECK(asked_at_add == asked_at_drop);
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
}

TEST_CASE("rebuild window: what the application writes meanwhile gets right vectors too") {
  RebuildStory story(GENERATE("vec", "meta.vec"));
  story.Add(30, kOldLength, /*optional=*/GENERATE(true, false));
  story.Configure();
  const Json schema = story.Schema();
  AtAlteration(story, 2, [&] {
    const std::string& field = story.field();
    story.Insert(Inserted("late", "inserted with an old vector", field, kOldLength));
    story.Insert(Inserted("new", "inserted with a foreign one", field, kNewLength));
    story.Insert(Inserted("d3", "edited with an old vector", field, kOldLength));
    story.Insert(Inserted("d4", "orders d of region 4 by month", field, kOldLength));
    story.Insert(R"({"id":"d5","n":5,"title":"edited without a vector"})");
    story.Ask("DELETE", "/collections/docs/documents/d6");
  });
  const Ended ended = story.Migrate();
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK(story.Schema() == [&] {
    Json expected = WithLength(schema, story.field(), kNewLength);
    expected["num_documents"] = 31;
    return expected;
  }());
  CHECK(story.Export("docs").size() == 31);
  CHECK_FALSE(story.Export("docs").contains("d6"));
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
  // The vector of the one whose text is as before was in the journal.
  CHECK(story.Paid() == 30 + 4);
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("rebuild window: an application that hinders the return five times") {
  RebuildStory story;
  story.Add(20, kOldLength, /*optional=*/false);
  story.Configure();
  const Json schema = story.Schema();
  for (int nth = 2; nth <= 6; ++nth) {
    AtAlteration(story, nth, [&story, nth] {
      const std::string number = std::to_string(nth);
      story.Insert(Inserted("late" + number, "text " + number, "vec", kOldLength));
    });
  }
  const Ended ended = story.Migrate();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
  Json expected = WithLength(schema, "vec", kNewLength);
  expected["num_documents"] = 25;
  CHECK(story.Schema() == expected);
}

TEST_CASE("rebuild window: the provider dies in it: search is back, and a rerun does the rest") {
  constexpr std::size_t kDocuments = 20;
  RebuildStory story;
  story.options.provider.modes.dead_after = RequestsToEmbed(kDocuments);
  story.Add(kDocuments, kOldLength, /*optional=*/false);
  story.Configure("", R"(,"embedding":{"outage_patience_seconds":1})");
  // The second one comes when the first has been given up.
  for (const int nth : {2, 3}) {
    AtAlteration(story, nth, [&story, nth] {
      const std::string id = "late" + std::to_string(nth);
      story.Insert(Inserted(id, "no provider for " + id, "vec", kOldLength));
    });
  }
  auto probers = Probers(story);
  const Ended ended = story.Migrate({"--concurrency", "1"});
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.seconds < 60);
  CHECK_THAT(ended.out, ContainsSubstring("2 documents that changed while the field was away"));
  CHECK(story.FieldIsThere());
  CHECK(story.Wrong() == Ids{"late2", "late3"});
  for (const char* const id : {"late2", "late3"}) {
    CHECK_FALSE(story.Export("docs").at(id).value("vec", Json()).is_array());
  }
  const std::string search = "/collections/docs/documents/search?";
  CHECK(story.Ask("GET", search + VectorSearch("vec", "d0")).status == 200);
  CHECK(LongestAway(probers[0]->Finish()) < ended.seconds);
  CHECK(LongestAway(probers[1]->Finish()) == 0);

  story.sandbox().provider().Revive();
  const Ended rerun = story.Migrate();
  INFO(rerun.out << rerun.err);
  CHECK(rerun.exit_code == 0);
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
  CHECK(story.Paid() == kDocuments + 2);
}

TEST_CASE("rebuild window: the first signal in it lets it end") {
  RebuildStory story;
  story.options.typesense.alter_delay = std::chrono::milliseconds(5);
  story.Add(30);
  story.Configure();
  const Json schema = story.Schema();
  Victim victim;
  AtAlteration(story, 1, [&] { victim.Signal(SIGINT); });
  const Ended ended = story.MigrateAs(victim);
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 130);
  CHECK(story.Schema() == WithLength(schema, "vec", kNewLength));
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
  CHECK(story.Migrate().exit_code == 0);
  CHECK(story.Paid() == 30);
}

TEST_CASE("rebuild window: the second signal in it ends at once, and names both ways on") {
  RebuildStory story(GENERATE("vec", "meta.vec"));
  story.Add(30);
  story.Configure();
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  Victim victim;
  std::promise<void> over;
  story.typesense().controls().hooks().On(Imports(), Moment::kArrived, [&](int nth) {
    if (nth != 2) return;
    victim.Signal(SIGTERM);
    victim.Signal(SIGINT);
    over.get_future().wait();
  });
  const Ended ended = story.MigrateAs(victim);
  over.set_value();
  story.typesense().controls().hooks().Clear();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 130);
  CHECK_THAT(ended.out, ContainsSubstring("until you run `reembed`, or `reembed rollback`"));
  CHECK_THAT(ended.out, ContainsSubstring("recovery/docs.json"));
  CHECK_FALSE(story.FieldIsThere());

  SECTION("a rerun") {
    CHECK(story.Migrate().exit_code == 0);
    CHECK(story.Schema() == WithLength(schema, story.field(), kNewLength));
    CHECK(story.Wrong() == Ids());
    CHECK(story.Paid() == 30);
  }
  SECTION("the rollback") {
    const Ended back = story.Run({"rollback", "--yes"});
    INFO(back.out << back.err);
    CHECK(back.exit_code == 0);
    CHECK(story.Schema() == schema);
    CHECK(story.Exported() == before);
  }
}
