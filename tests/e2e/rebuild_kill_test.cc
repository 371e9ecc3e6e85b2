// A rebuild that is killed at any of its steps is gone on with by the next run.

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rebuild_support.h"
#include "resume_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;

namespace {

// Three imports: the first document, the rest of its page, another page.
constexpr std::size_t kDocuments = 260;
constexpr std::size_t kTextsInRequest = 32;
constexpr const char* kHurried = R"(,"typesense":{"retry_interval_seconds":0.05})";
const std::vector<std::string> kOneByOne = {"--concurrency", "1"};

enum class Kill { kBeforeEffect, kAfterEffect };
/// What all must come to.
struct Final {
  std::string schema, exported;
};

/// A collection; the program asks the provider one request after the other.
struct KillStory : RebuildStory {
  explicit KillStory(const std::string& field, std::chrono::milliseconds latency = {})
      : RebuildStory(field) {
    options.provider.latency = latency;
    Add(kDocuments);
    Configure("", kHurried);
  }

  /// An application that edits a document as soon as the field is back, which is what the catch-up
  /// is for.
  void EditWhenBack() {
    typesense().controls().hooks().On(Alterations(), Moment::kAnswered, [this](int) {
      if (Length() == kNewLength && !edited_.exchange(true)) {
        typesense().Import("docs", R"({"id":"d7","title":"edited when the field was back"})",
                           "update");
      }
    });
  }

  /// Of the program; not those of this test.
  static bool IsRequest(const std::string&, const std::string& target) {
    return target.find("by=test") == std::string::npos;
  }

  int Length() {
    const Json schema = Json::parse(Ask("GET", "/collections/docs?by=test").body);
    for (const Json& each : schema.at("fields")) {
      if (each.at("name") == field()) return each.value("num_dim", 0);
    }
    return 0;
  }

  Final State() { return {Schema().dump(), Exported()}; }

 private:
  std::atomic<bool> edited_{false};
};

struct Undisturbed {
  Final final;
  std::vector<std::string> requests;  ///< `METHOD target`, in the order of their arrival
  std::size_t first_scan = 0;         ///< 1 for the first request
  std::size_t drop = 0;

  bool Writes(std::size_t nth) const {
    const std::string& request = requests.at(nth - 1);
    return !request.starts_with("GET") && !request.starts_with("POST /multi_search");
  }
  std::size_t LastWrite() const {
    std::size_t last = requests.size();
    while (!Writes(last)) --last;
    return last;
  }
};

std::size_t Place(const std::vector<std::string>& requests, const std::string& part) {
  const auto found = std::find_if(requests.begin(), requests.end(), [&](const auto& request) {
    return request.find(part) != std::string::npos;
  });
  REQUIRE(found != requests.end());
  return static_cast<std::size_t>(found - requests.begin()) + 1;
}

Undisturbed RunUndisturbed(const std::string& field) {
  KillStory story(field);
  story.EditWhenBack();
  Undisturbed run;
  const Json schema = story.Schema();
  story.typesense().controls().hooks().On(
      [&run](const std::string& method, const std::string& target) {
        if (KillStory::IsRequest(method, target)) run.requests.push_back(method + " " + target);
        return false;
      },
      Moment::kArrived, [](int) {});
  const Ended ended = story.Migrate(kOneByOne);
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  story.typesense().controls().hooks().Clear();
  run.final = story.State();
  CHECK(story.Schema() == WithLength(schema, field, kNewLength));
  CHECK(story.Wrong().empty());
  CHECK(story.NotFound().empty());
  CHECK(story.Export("docs").at("d7").at("title") == "edited when the field was back");
  CHECK(story.PaidTwice() == 0);
  run.first_scan = Place(run.requests, "/documents/export");
  run.drop = Place(run.requests, "PATCH /collections/docs");
  return run;
}

/// The nth request of the program, counted from now.
void KillAt(KillStory& story, const Victim& victim, std::size_t nth, Kill kill) {
  const int number = static_cast<int>(nth);
  auto& hooks = story.typesense().controls().hooks();
  const auto shoot = [&victim, number](int now) {
    if (now == number) victim.Signal(SIGKILL);
  };
  const bool before = kill == Kill::kBeforeEffect;
  hooks.On(KillStory::IsRequest, before ? Moment::kArrived : Moment::kAnswered, shoot);
  if (before) hooks.LoseRequest(KillStory::IsRequest, number);
}

void CheckWayForward(KillStory& story) {
  if (story.Length() != 0) return;
  CHECK(std::filesystem::exists(story.RecoveryFile()));
  const Ended plan = story.Migrate({"--dry-run", "--no-probe"});
  INFO(plan.out << plan.err);
  CHECK(plan.exit_code == 0);
}

void CheckFinal(KillStory& story, const Final& final) {
  const Final state = story.State();
  CHECK(state.schema == final.schema);
  CHECK(state.exported == final.exported);
  CHECK_FALSE(std::filesystem::exists(story.RecoveryFile()));
}

void KillAndRerun(const Undisturbed& undisturbed, const std::string& field, std::size_t nth,
                  Kill kill) {
  CAPTURE(nth, undisturbed.requests.at(nth - 1), kill == Kill::kBeforeEffect);
  KillStory story(field);
  story.EditWhenBack();
  Victim victim;
  KillAt(story, victim, nth, kill);
  const Ended killed = story.MigrateAs(victim, kOneByOne);
  INFO(killed.out << killed.err);
  REQUIRE(killed.exit_code == 128 + SIGKILL);
  CheckWayForward(story);
  const Ended rerun = story.Migrate(kOneByOne);
  INFO(rerun.out << rerun.err);
  REQUIRE(rerun.exit_code == 0);
  story.typesense().controls().hooks().Clear();
  CheckFinal(story, undisturbed.final);
  // What was under way when the run was killed; from the drop on nothing is.
  CHECK(story.PaidTwice() <= (nth < undisturbed.drop ? kTextsInRequest : 0));
}

}  // namespace

TEST_CASE("rebuild: killed at each request to the store, a rerun ends in the same state") {
  const Undisturbed undisturbed = RunUndisturbed("vec");
  for (std::size_t nth = undisturbed.first_scan; nth <= undisturbed.requests.size(); ++nth) {
    KillAndRerun(undisturbed, "vec", nth, Kill::kBeforeEffect);
    if (undisturbed.Writes(nth)) KillAndRerun(undisturbed, "vec", nth, Kill::kAfterEffect);
  }
}

TEST_CASE("rebuild: killed while it embeds, what was answered is not paid for again") {
  const Undisturbed undisturbed = RunUndisturbed("vec");
  KillStory story("vec", std::chrono::milliseconds(20));
  story.EditWhenBack();
  const auto process = story.StartRun(kOneByOne);
  WaitFor(*process, [&] { return story.sandbox().provider().history().request_count() >= 3; });
  process->Signal(SIGKILL);
  REQUIRE(process->Wait().exit_code == 128 + SIGKILL);
  CHECK(story.Length() == kOldLength);
  CHECK(story.Migrate(kOneByOne).exit_code == 0);
  story.typesense().controls().hooks().Clear();
  CheckFinal(story, undisturbed.final);
  CHECK(story.PaidTwice() <= kTextsInRequest);
}

TEST_CASE("rebuild: of a nested field, killed at each write, a rerun ends in the same state") {
  const std::string field = "meta.vec";
  const Undisturbed undisturbed = RunUndisturbed(field);
  for (std::size_t nth = undisturbed.drop; nth <= undisturbed.requests.size(); ++nth) {
    if (!undisturbed.Writes(nth)) continue;
    KillAndRerun(undisturbed, field, nth, Kill::kBeforeEffect);
    KillAndRerun(undisturbed, field, nth, Kill::kAfterEffect);
  }
}

TEST_CASE("rebuild: killed again and again, each time at its third write") {
  const Undisturbed undisturbed = RunUndisturbed("vec");
  KillStory story("vec");
  story.EditWhenBack();
  int kills = 0;
  for (;; ++kills) {
    REQUIRE(kills < 20);
    Victim victim;
    const auto stopped = std::make_shared<std::atomic<bool>>(false);
    story.typesense().controls().hooks().On(
        [stopped](const std::string& method, const std::string& target) {
          return !*stopped && (Imports()(method, target) || Alterations()(method, target));
        },
        Moment::kAnswered,
        [&](int nth) {
          if (nth == 3) victim.Signal(SIGKILL);
        });
    const Ended ended = story.MigrateAs(victim, kOneByOne);
    *stopped = true;
    if (ended.exit_code == 0) break;
    INFO(ended.out << ended.err);
    REQUIRE(ended.exit_code == 128 + SIGKILL);
    CheckWayForward(story);
  }
  CHECK(kills > 2);
  story.typesense().controls().hooks().Clear();
  CheckFinal(story, undisturbed.final);
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("rebuild: a write whose request or answer is lost is made once") {
  const Undisturbed undisturbed = RunUndisturbed("vec");
  const bool answer = GENERATE(false, true);
  for (std::size_t nth = undisturbed.drop; nth <= undisturbed.requests.size(); ++nth) {
    if (!undisturbed.Writes(nth)) continue;
    CAPTURE(nth, undisturbed.requests.at(nth - 1), answer);
    KillStory story("vec");
    story.EditWhenBack();
    auto& hooks = story.typesense().controls().hooks();
    const auto number = static_cast<int>(nth);
    if (answer) {
      hooks.LoseAnswer(KillStory::IsRequest, number);
    } else {
      hooks.LoseRequest(KillStory::IsRequest, number);
    }
    const Ended ended = story.Migrate(kOneByOne);
    INFO(ended.out << ended.err);
    REQUIRE(ended.exit_code == 0);
    hooks.Clear();
    CheckFinal(story, undisturbed.final);
    CHECK(story.PaidTwice() == 0);
  }
}

TEST_CASE("rebuild: killed at each write of the window, rollback brings everything back") {
  const std::string field = GENERATE("vec", "meta.vec");
  const Undisturbed undisturbed = RunUndisturbed(field);
  for (std::size_t nth = undisturbed.drop; nth <= undisturbed.requests.size(); ++nth) {
    if (!undisturbed.Writes(nth)) continue;
    CAPTURE(nth, undisturbed.requests.at(nth - 1));
    KillStory story(field);
    const Final before = story.State();
    Victim victim;
    KillAt(story, victim, nth, Kill::kAfterEffect);
    const Ended killed = story.MigrateAs(victim, kOneByOne);
    story.typesense().controls().hooks().Clear();
    const Ended back = story.Run({"rollback", "--yes"});
    INFO(killed.err << back.out << back.err);
    // The last write is the catch-up's, of an edit that nobody makes here: this run is at its end.
    const bool last = nth == undisturbed.LastWrite();
    CHECK(killed.exit_code == (last ? 0 : 128 + SIGKILL));
    CHECK(back.exit_code == 0);
    CheckFinal(story, before);
  }
}
