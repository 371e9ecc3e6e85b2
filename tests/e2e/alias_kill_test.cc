// kill -9, and lost answers, at every step of an alias switch: a rerun ends in the same state.

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "alias_support.h"
#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;
using sandbox::Requests;
using sandbox::RequestTest;

namespace {

// The late edits are the application's.
const RequestTest kAny = [](const std::string& method, const std::string& target) {
  return method != "DELETE" || !target.starts_with("/collections/docs_v1/");
};

bool IsWrite(const std::string& method, const std::string& target) {
  return kAny(method, target) && sandbox::Writes()(method, target);
}

const RequestTest kCopies = [](const std::string& method, const std::string& target) {
  return method == "POST" && target.find("action=upsert") != std::string::npos;
};

const RequestTest kCreates = [](const std::string& method, const std::string& target) {
  return method == "POST" && target.find("action=create") != std::string::npos;
};

/// What happens at a request.
enum class Fate { kKilledBefore, kKilledAfter, kAnswerLost };
std::string NameOf(Fate fate) {
  switch (fate) {
    case Fate::kKilledBefore:
      return "killed before the effect of";
    case Fate::kKilledAfter:
      return "killed after the effect of";
    case Fate::kAnswerLost:
      break;
  }
  return "lost the answer of";
}

constexpr auto kFates = {Fate::kKilledBefore, Fate::kKilledAfter, Fate::kAnswerLost};

/// A migration across whose switch the application writes: before the alias leads elsewhere, and
/// too late for the last round.
class KilledStory : public AliasStory {
 public:
  explicit KilledStory(const std::string& documents, bool edited = true) : edited_(!edited) {
    Hasten();  // waits before a request is sent again
    Begin(documents);
    typesense().ClearRequests();
  }

  /// Runs to the end, undisturbed. All requests to the store that the test is about, in order.
  std::vector<sandbox::RecordedRequest> Undisturbed(const RequestTest& test = kAny) {
    EditAtSwitch();
    Migrate();
    auto requests = typesense().requests();
    std::erase_if(requests,
                  [&](const auto& request) { return !test(request.method, request.target); });
    return requests;
  }

  /// Does that to the n-th request which the test is about, then runs through.
  void Disturb(Fate fate, const RequestTest& test, int nth) {
    Victim victim;
    EditAtSwitch();
    auto& hooks = typesense().controls().hooks();
    if (fate == Fate::kAnswerLost) {
      hooks.LoseAnswer(test, nth);
    } else {
      if (fate == Fate::kKilledBefore) hooks.LoseRequest(test, nth);
      const Moment moment = fate == Fate::kKilledBefore ? Moment::kArrived : Moment::kAnswered;
      hooks.On(test, moment, [&victim, nth](int seen) {
        if (seen == nth) victim.Signal(SIGKILL);
      });
    }
    const auto process = StartMigration();
    victim.Is(*process);
    const Ended ended = process->Wait();
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code == (fate == Fate::kAnswerLost ? 0 : 128 + SIGKILL));
    hooks.Clear();
    if (fate != Fate::kAnswerLost) {
      // Edits of the switch, if it was not reached.
      EditAtSwitch();
      Migrate();
    }
    hooks.Clear();
  }

  void CheckEnd() {
    CheckTakenOver();
    const Contents contents = ContentsOf(Exported(Served()));
    CHECK(contents.at("d5").find("edited at the switch") != std::string::npos);
    CHECK(contents.at("d6").find("noted at the switch") != std::string::npos);
    CHECK(contents.contains("late"));
    CHECK_FALSE(contents.contains("d7"));
    CheckNothingLeft();
  }

 private:
  void EditAtSwitch() {
    if (edited_) return;
    typesense().controls().hooks().On(
        Requests("PUT", "/aliases/docs"), Moment::kArrived, [this](int) {
          if (edited_) return;
          edited_ = true;
          const std::string lines = R"({"id":"d5","title":"edited at the switch"}
{"id":"d6","note":"noted at the switch"}
{"id":"late","title":"inserted at the switch"})";
          typesense().Import("docs_v1", lines, "emplace");
          // Through another server than the one of this request, as it is at work.
          AskStore(typesense().port(), options.typesense.api_key, "DELETE",
                   "/collections/docs_v1/documents/d7");
        });
  }

  std::atomic<bool> edited_;
};

std::string NumericDocuments(int count) {
  std::string lines;
  for (int i = 0; i < count; i += 2) {
    lines += fmt::format(R"({{"id":"{0}","title":"number {0}","vec":[{0},1,0,0,0,0,0,1]}})", i);
    lines += '\n';
  }
  return lines;
}

}  // namespace

TEST_CASE("alias kill -9: at every step, before and after its effect") {
  const auto requests = KilledStory(OldDocuments(20)).Undisturbed();
  std::size_t writes = 0;
  bool after_write = true;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& request = requests[i];
    const bool is_write = IsWrite(request.method, request.target);
    writes += is_write ? 1 : 0;
    // What follows a write comes when its outcome is in the journal.
    const bool follows_write = std::exchange(after_write, is_write);
    if (!is_write && !follows_write) continue;
    for (const Fate fate : kFates) {
      if (!is_write && fate != Fate::kKilledBefore) continue;
      CAPTURE(i, request.method, request.target, NameOf(fate));
      KilledStory story(OldDocuments(20));
      story.Disturb(fate, kAny, static_cast<int>(i) + 1);
      story.CheckEnd();
      CHECK(story.PaidTwice() == 0);
    }
  }
  // Clone, field, metadata, two imports, alias, and what is carried over: an edit and an insert, a
  // text that is embedded first, a deletion.
  CHECK(writes >= 9);
}

TEST_CASE("alias kill -9: at the first, the middle and the last page of copies") {
  constexpr std::size_t kDocuments = 255;  // imports of 1, of 249 and of 5
  const auto pages =
      static_cast<int>(KilledStory(OldDocuments(kDocuments), false).Undisturbed(kCopies).size());
  REQUIRE(pages == 3);
  for (int nth = 1; nth <= pages; ++nth) {
    for (const Fate fate : kFates) {
      CAPTURE(nth, NameOf(fate));
      KilledStory story(OldDocuments(kDocuments), false);
      story.Disturb(fate, kCopies, nth);
      story.CheckTakenOver();
      story.CheckNothingLeft();
      CHECK(story.PaidTwice() == 0);
    }
  }
}

TEST_CASE("alias kill -9: while the counter of automatic ids is moved on") {
  // One line alone, then thousands at once.
  const auto [nth, fate] = GENERATE(table<int, Fate>({{1, Fate::kKilledAfter},
                                                      {2, Fate::kKilledBefore},
                                                      {2, Fate::kKilledAfter},
                                                      {2, Fate::kAnswerLost},
                                                      {3, Fate::kKilledAfter}}));
  CAPTURE(nth, NameOf(fate));
  KilledStory story(NumericDocuments(20), false);
  story.Disturb(fate, kCreates, nth);
  story.CheckTakenOver();
  const Json made = Json::parse(
      story.Ask("POST", "/collections/docs/documents", R"({"title":"without id"})").body);
  CHECK(std::stoi(made.at("id").get<std::string>()) > 10'000);
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("alias kill -9: while the provider works, at most what was in flight is paid again") {
  constexpr std::size_t kDocuments = 200;
  KilledStory whole(OldDocuments(kDocuments), false);
  whole.Migrate(0, {"--concurrency", "1"});
  const std::size_t asked = whole.sandbox().provider().history().request_count();
  REQUIRE(asked >= 3);
  for (std::size_t nth = 1; nth <= asked; ++nth) {
    CAPTURE(nth);
    KilledStory story(OldDocuments(kDocuments), false);
    const auto& history = story.sandbox().provider().history();
    const auto process = story.StartMigration({"--concurrency", "1"});
    WaitUntil([&] { return history.request_count() >= nth || process->HasEnded(); });
    process->Signal(SIGKILL);
    process->Wait();
    std::size_t largest = 0;
    for (const auto& request : story.sandbox().provider().requests()) {
      largest = std::max(largest, request.text_count);
    }
    story.Migrate();
    story.CheckTakenOver();
    story.CheckNothingLeft();
    CHECK(story.PaidTwice() <= largest);
  }
}
