#include "kill_harness.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "fixture.h"
#include "reembed/base/clock.h"

namespace reembed::testing {
namespace {

constexpr int kDimensions = 16;
constexpr std::size_t kConcurrency = 4;
constexpr Millis kPoll{1};
const std::vector<std::string> kRun = {"--dimensions", "16",  "--concurrency", "4",
                                       "--progress",   "none"};

using Random = std::mt19937;

std::size_t UpTo(Random& random, std::size_t most) {
  return random() % (most + 1);
}

/// The spellings in which vectors are found in the wild; empty for a document without one.
std::string OldVector(Random& random, std::size_t kind) {
  std::string json;
  for (int i = 0; i < kDimensions; ++i) {
    const double value = static_cast<double>(random()) / 4294967296.0 - 0.5;
    json += json.empty() ? "[" : ",";
    if (kind == 0) json += fmt::format("{}", static_cast<float>(value));
    if (kind == 1) json += fmt::format("{:.17g}", value);
    if (kind == 2) json += i % 3 == 0 ? std::to_string(i - 7) : fmt::format("{:.17g}", value);
    if (kind == 3) json += fmt::format("{:.1f}", std::round(value * 20));
  }
  return kind == 4 ? "" : json + "]";
}

std::string OldDocuments(Random& random, std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    // Some texts are those of other documents.
    const std::size_t text = i % 10 == 0 ? i / 2 : i;
    const std::string vector = OldVector(random, UpTo(random, 4));
    lines +=
        fmt::format(R"({{"id":"d{}","title":"sales of region {} by week","note":"ü {}","n":{}.0)",
                    i, text, i * 7, i);
    lines += vector.empty() ? "}\n" : ",\"vec\":" + vector + "}\n";
  }
  return lines;
}

Documents WithoutVectors(const std::string& exported) {
  Documents documents = ParseExport(exported);
  for (auto& [id, document] : documents) document.erase("vec");
  return documents;
}

/// One collection, its program runs, and the point of each kill.
class Story {
 public:
  Story(const KillOptions& options, std::uint32_t seed, KillResult& result)
      : result_(result), random_(seed) {
    stage_.options.empty = true;
    stage_.options.typesense.write_delay = std::chrono::microseconds(200);
    stage_.options.provider.latency = std::chrono::milliseconds(20);
    stage_.options.provider.faults = *sandbox::ParseFaults("429=4,500=4");
    stage_.AddCollection("docs", kDimensions, OldDocuments(random_, options.documents));
    stage_.Configure(R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})");
    before_ = stage_.typesense().ExportAll("docs");
  }

  void Play(std::size_t kills) {
    const std::size_t in_rollback = kills / 4;
    for (std::size_t i = in_rollback; i < kills; ++i) Kill(kRun);
    Through(kRun, "the run");
    CheckMigrated();
    CheckNothingToDo();
    for (std::size_t i = 0; i < in_rollback; ++i) Kill({"rollback", "--yes"});
    result_.kills_in_rollback += in_rollback;
    Through({"rollback", "--yes"}, "the rollback");
    if (stage_.typesense().ExportAll("docs") != before_) Problem("rollback: the export differs");
  }

  std::size_t paid_twice() const { return paid_twice_; }
  std::size_t may_be_paid_twice() const { return may_be_paid_twice_; }

 private:
  void Problem(const std::string& what) { result_.problems += what + "\n"; }

  void Kill(const std::vector<std::string>& arguments) {
    // A run that ended before its point leaves nothing to kill: the next point comes earlier.
    for (std::size_t most = 400;; most = most / 2 + 1) {
      const std::size_t kind = UpTo(random_, 2);
      const std::size_t point = UpTo(random_, most);
      DrawStoreFault();
      stage_.typesense().ClearRequests();
      const std::size_t asked = stage_.sandbox().provider().history().request_count();
      const auto process = stage_.Start(arguments);
      const SteadyTime started = clock_.Now();
      const auto reached = [&] {
        if (kind == 0) return stage_.typesense().requests().size() >= point / 3;
        if (kind == 1) {
          return stage_.sandbox().provider().history().request_count() >= asked + point / 10;
        }
        return clock_.Now() - started >= Millis(point * 2);
      };
      while (!process->HasEnded() && !reached()) clock_.SleepFor(kPoll, {});
      process->Signal(SIGKILL);
      const Ended ended = process->Wait();
      if (ended.exit_code != 128 + SIGKILL && most > 1 && !NothingLeft(ended)) continue;
      ++result_.kills;
      CountInFlight(asked);
      return;
    }
  }

  // A run with nothing left to do may be over before it can be hit; that is no fault.
  static bool NothingLeft(const Ended& ended) { return ended.exit_code == 0; }

  // Each worker may hold one answer that it has not saved.
  void CountInFlight(std::size_t asked_before) {
    const auto requests = stage_.sandbox().provider().requests();
    std::size_t largest = 0;
    for (std::size_t i = std::min(asked_before, requests.size()); i < requests.size(); ++i) {
      largest = std::max(largest, requests[i].text_count);
    }
    may_be_paid_twice_ += kConcurrency * largest;
  }

  void DrawStoreFault() {
    auto& controls = stage_.typesense().controls();
    switch (UpTo(random_, 5)) {
      case 0:
        controls.AnswerNotReady(1);
        break;
      case 1:
        controls.DropConnectionAfterNextImport();
        break;
      case 2:
        controls.CutNextExport(UpTo(random_, 1000));
        break;
      default:
        break;
    }
  }

  void Through(const std::vector<std::string>& arguments, const std::string& name) {
    const Ended ended = stage_.Run(arguments);
    if (ended.exit_code != 0) {
      Problem(fmt::format("{}: exit {}: {}{}", name, ended.exit_code, ended.out, ended.err));
    }
  }

  void CheckMigrated() {
    const std::string after = stage_.typesense().ExportAll("docs");
    const Documents documents = ParseExport(after);
    std::size_t right = 0;
    for (const auto& [id, document] : documents) {
      const std::string title = document.value("title", "");
      const bool same = document.contains("vec") &&
                        StoredVector(document, "vec") == OpenAiVector(title, kDimensions);
      right += same ? 1U : 0U;
    }
    if (right != documents.size()) {
      Problem(fmt::format("{} of {} vectors are right", right, documents.size()));
    }
    if (WithoutVectors(after) != WithoutVectors(before_)) Problem("another field has changed");
    for (const auto& [text, times] : stage_.sandbox().provider().texts_billed()) {
      paid_twice_ += times - 1;
    }
    if (paid_twice_ > may_be_paid_twice_) {
      Problem(fmt::format("{} texts were paid again, {} were in flight", paid_twice_,
                          may_be_paid_twice_));
    }
  }

  void CheckNothingToDo() {
    const std::size_t asked = stage_.sandbox().provider().history().request_count();
    stage_.typesense().ClearRequests();
    Through(kRun, "a further run");
    if (stage_.sandbox().provider().history().request_count() != asked) {
      Problem("a further run asked the provider");
    }
    for (const auto& request : stage_.typesense().requests()) {
      if (request.target.find("/import") != std::string::npos) Problem("a further run wrote");
    }
  }

  KillResult& result_;
  Random random_;
  Stage stage_;
  SystemClock clock_;
  std::string before_;
  std::size_t paid_twice_ = 0;
  std::size_t may_be_paid_twice_ = 0;
};

}  // namespace

KillResult RunKillHarness(const KillOptions& options, std::ostream& table) {
  KillResult result;
  table << fmt::format("{:>6} {:>6} {:>12} {:>12} {:>16}  {}\n", "story", "seed", "kills so far",
                       "paid again", "in flight, most", "verdict");
  while (result.kills < options.kills) {
    const auto seed = static_cast<std::uint32_t>(options.seed + result.stories);
    const std::size_t problems = result.problems.size();
    Story story(options, seed, result);
    story.Play(std::min(options.kills_per_story, options.kills - result.kills));
    ++result.stories;
    result.paid_twice += story.paid_twice();
    result.may_be_paid_twice += story.may_be_paid_twice();
    table << fmt::format("{:>6} {:>6} {:>12} {:>12} {:>16}  {}\n", result.stories, seed,
                         result.kills, story.paid_twice(), story.may_be_paid_twice(),
                         result.problems.size() == problems ? "all right" : "WRONG");
  }
  return result;
}

}  // namespace reembed::testing
