// What a story of the kill harness must have come to.

#include <fmt/format.h>

#include <filesystem>
#include <iterator>

#include "kill_story.h"
#include "kill_story_data.h"

namespace reembed::testing {
namespace {

std::size_t Files(const std::string& folder) {
  std::error_code none;
  const std::filesystem::directory_iterator files(folder, none);
  return none ? 0 : static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

Json SearchResult(const MarkedClient& client, const std::string& query) {
  const Answered answer = client.Ask("GET", "/collections/docs/documents/search?" + query);
  Json result = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  return answer.status == 200 && result.is_object() ? result : Json::object();
}

}  // namespace

/// The real collection.
std::string KillStory::Served() {
  return Json::parse(Description()).value("name", "");
}

std::string KillStory::Description() {
  const MarkedClient client(stage_.typesense().port(), stage_.options.typesense.api_key);
  return client.Ask("GET", "/collections/docs").body;
}

// Behind an alias searches are never worse off, whatever state the program has left.
void KillStory::CheckWhileDead() {
  if (!IsAlias()) return;
  const MarkedClient client(stage_.typesense().port(), stage_.options.typesense.api_key);
  const auto documents = application_->documents().size();
  const Json by_word = SearchResult(client, "q=*&query_by=title&per_page=1");
  // What was changed across a switch may not be carried over yet.
  const std::size_t least = Edited() ? documents * 9 / 10 : documents;
  const auto found = by_word.value("found", std::size_t{0});
  if (found < least) {
    Problem(fmt::format("a search through the alias finds {} of {} documents", found, documents));
  }
  const Json near = SearchResult(
      client,
      fmt::format("q=*&per_page=5&exclude_fields=vec&vector_query=vec:(%5B%5D,id:{})", kSpared));
  if (near.value("hits", Json::array()).size() != 5) {
    Problem("a vector search through the alias finds nothing: " + near.dump());
  }
}

void KillStory::CheckMigrated() {
  const std::string after = stage_.typesense().ExportAll(Served());
  const KeptDocuments& kept = application_->documents();
  const std::string problem = ContentProblem(after, before_, kept, application_->touched()) +
                              VectorProblem(after, kept, application_->touched(), NewLength());
  if (!problem.empty()) Problem("migrated: " + problem);
  if (ComparableSchema(Description(), 0) != ComparableSchema(schema_before_, NewLength())) {
    Problem("migrated: the schema is wrong: " + Description());
  }
  if (IsAlias() && !Served().starts_with("docs_v1_r20")) {
    Problem("migrated: the alias leads to " + Served());
  }
  CheckNothingOpen();
}

void KillStory::CheckPaid() {
  for (const auto& [text, times] : stage_.sandbox().provider().texts_billed()) {
    paid_twice_ += times - 1;
  }
  if (paid_twice_ > may_be_paid_twice_) {
    Problem(fmt::format("{} texts were paid again, {} were in flight", paid_twice_,
                        may_be_paid_twice_));
  }
}

void KillStory::CheckNothingToDo() {
  const std::size_t asked = stage_.sandbox().provider().history().request_count();
  Through(Verb::kRun, "a further run");
  if (stage_.sandbox().provider().history().request_count() != asked) {
    Problem("a further run asked the provider");
  }
  const auto writes = sandbox::Writes();
  for (const auto& request : stage_.typesense().requests()) {
    if (writes(request.method, request.target)) {
      Problem("a further run wrote: " + request.method + " " + request.target);
    }
  }
}

// Neither a recovery file, nor a cutover that a run would go on with.
void KillStory::CheckNothingOpen() {
  if (Files(stage_.folder().path() + "/.reembed/recovery") != 0) {
    Problem("the recovery folder is not empty");
  }
  auto arguments = Arguments(Verb::kRun);
  arguments.insert(arguments.end(), {"--dry-run", "--no-probe", "--output", "json"});
  const Ended ended = stage_.Run(arguments);
  const Json plan = Json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  const Json::json_pointer open("/collections/docs/plan/goes_on_with");
  const bool closed =
      ended.exit_code == 0 && plan.is_object() && plan.contains(open) && plan.at(open).is_null();
  if (!closed) Problem("something is open still: " + ended.out + ended.err);
}

void KillStory::CheckRolledBack() {
  const std::string after = stage_.typesense().ExportAll(Served());
  const auto& touched = application_->touched();
  const std::string problem = ContentProblem(after, before_, application_->documents(), touched) +
                              RestoredProblem(after, before_, touched);
  if (!problem.empty()) Problem("rolled back: " + problem);
  if (!Edited() && after != before_) Problem("rolled back: the export differs");
  if (ComparableSchema(Description(), 0) != ComparableSchema(schema_before_, 0)) {
    Problem("rolled back: the schema is wrong: " + Description());
  }
  if (IsAlias() && Served() != "docs_v1") {
    Problem("rolled back: the alias leads to " + Served());
  }
  CheckNothingOpen();
}

}  // namespace reembed::testing
