#include "kill_story.h"

#include <fmt/format.h>

#include <utility>

#include "kill_story_data.h"

namespace reembed::testing {
namespace {

constexpr int kNewLength = 8;
constexpr std::size_t kConcurrency = 4;
constexpr std::size_t kChangesBetween = 6;  // at most, between two runs
constexpr const char* kReal = "docs_v1";    // behind the alias
constexpr const char* kConfiguration =
    R"({{"collections":{{"docs":{{"embedding_field":"vec","text_fields":["title"]{}}}}},)"
    R"("typesense":{{"retry_interval_seconds":0.05}}}})";

}  // namespace

KillStory::KillStory(StoryKind kind, std::size_t documents, std::uint32_t seed)
    : kind_(kind), random_(seed) {
  MakeStage(documents);
  const MarkedClient client(stage_.typesense().port(), stage_.options.typesense.api_key);
  if (IsAlias()) client.Ask("PUT", "/aliases/docs", R"({"collection_name":"docs_v1"})");
  before_ = stage_.typesense().ExportAll(Served());
  schema_before_ = Description();
  application_.emplace(client,
                       ApplicationOptions{.collection = "docs",
                                          .old_length = kKillOldLength,
                                          .whole_documents = IsAlias(),
                                          .spared = {kSpared}},
                       seed + 1, KeptOf(before_));
}

void KillStory::MakeStage(std::size_t documents) {
  stage_.options.empty = true;
  auto& store = stage_.options.typesense;
  store.write_delay = std::chrono::microseconds(200);
  store.insert_delay = std::chrono::microseconds(100);
  store.alter_delay = std::chrono::duration<double, std::milli>(0.15);
  stage_.options.provider.latency = std::chrono::milliseconds(20);
  stage_.options.provider.faults = *sandbox::ParseFaults("429=4,500=4");
  const std::string name = IsAlias() ? kReal : "docs";
  stage_.typesense().CreateCollection(KillSchema(name));
  stage_.typesense().Import(name, KillDocuments(random_, documents, !InPlace()), "create");
  stage_.folder().Write(
      "config/reembed.json",
      fmt::format(kConfiguration, InPlace() ? "" : R"(,"filter_by":"is_default:=false")"));
}

int KillStory::NewLength() const {
  return InPlace() ? kKillOldLength : kNewLength;
}

Undisturbed KillStory::Measure() {
  Undisturbed undisturbed;
  const auto measured = [this](Verb verb) {
    const Shot shot = Let(verb);
    if (shot.ended.exit_code != 0) Problem("undisturbed: " + shot.ended.out + shot.ended.err);
    return shot.spent;
  };
  undisturbed.run = measured(Verb::kRun);
  CheckMigrated();
  undisturbed.rollback = measured(Verb::kRollback);
  CheckRolledBack();
  return undisturbed;
}

void KillStory::Play(const Undisturbed& undisturbed, std::size_t kills) {
  const std::size_t in_rollback = kills / 3;
  KillAll(Verb::kRun, undisturbed.run, kills - in_rollback);
  Through(Verb::kRun, "the run");
  CheckMigrated();
  CheckPaid();
  CheckNothingToDo();
  const std::size_t so_far = kills_;
  if (KillAll(Verb::kRollback, undisturbed.rollback, in_rollback)) {
    Through(Verb::kRollback, "the rollback");
  }
  kills_in_rollback_ = kills_ - so_far;
  CheckRolledBack();
  for (const std::string& problem : application_->problems()) Problem("application: " + problem);
}

std::vector<std::string> KillStory::Arguments(Verb verb) {
  if (verb == Verb::kRun) {
    return {"--dimensions", std::to_string(NewLength()), "--concurrency", "4", "--progress",
            "none"};
  }
  std::vector<std::string> arguments = {"rollback", "--yes"};
  // What the application has written after a run was through is a run of its own.
  if (Edited()) arguments.insert(arguments.end(), {"--run", FirstRun()});
  return arguments;
}

std::string KillStory::FirstRun() {
  const Ended ended = stage_.Run({"status", "--output", "json"});
  const Json status = Json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  std::pair<std::string, std::string> first;
  if (!status.is_object()) return "";
  for (const Json& target : status.at("targets")) {
    for (const Json& run : target.at("runs")) {
      const std::pair<std::string, std::string> one(run.at("started_at"), run.at("id"));
      if (first.second.empty() || one < first) first = one;
    }
  }
  return first.second;
}

// False: the program was through with it before.
bool KillStory::KillAll(Verb verb, Effort left, std::size_t kills) {
  const auto arguments = Arguments(verb);
  for (std::size_t i = 0; i < kills; ++i) {
    if (kind_.changes == StoryChanges::kAlways) application_->Begin();
    const Shot shot = shooter_.Shoot(arguments, left);
    application_->Pause();
    // Each worker may hold one answer that it has not saved.
    may_be_paid_twice_ += kConcurrency * shot.largest_request;
    if (!shot.hit) {
      if (!IsGoodEnd(verb, shot.ended.exit_code)) {
        Problem(fmt::format("ended with {}: {}{}", shot.ended.exit_code, shot.ended.out,
                            shot.ended.err));
      }
      return false;
    }
    ++kills_;
    CheckWhileDead();
    if (Edited()) application_->Work(UpTo(random_, kChangesBetween));
    left = Shooter::After(left, shot.spent);
  }
  return true;
}

Shot KillStory::Let(Verb verb) {
  return shooter_.LetThrough(Arguments(verb));
}

// Exit 3: what was not carried over is listed; documents that a rollback leaves alone.
bool KillStory::IsGoodEnd(Verb verb, int exit_code) const {
  const bool always = kind_.changes == StoryChanges::kAlways;
  const bool may_be_left = always || (Edited() && verb == Verb::kRollback);
  return exit_code == 0 || (may_be_left && exit_code == 3);
}

void KillStory::Through(Verb verb, const std::string& name) {
  const Shot shot = Let(verb);
  if (IsGoodEnd(verb, shot.ended.exit_code)) return;
  Problem(
      fmt::format("{}: exit {}: {}{}", name, shot.ended.exit_code, shot.ended.out, shot.ended.err));
}

void KillStory::Problem(const std::string& what) {
  problems_ += what + "\n";
}

}  // namespace reembed::testing
