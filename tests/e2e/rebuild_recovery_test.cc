// The way back by hand, when the journal of a rebuild is gone while the field is away.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "rebuild_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;
using sandbox::Moment;

namespace {

using Ids = std::vector<std::string>;

// More than one page of writes.
constexpr std::size_t kDocuments = 260;

enum class Written { kNothing, kSome, kAll };

struct Call {
  std::string method, target, body;
};

/// A run that was killed in its window.
struct CutOff : RebuildStory {
  CutOff(const std::string& field, Written written) : RebuildStory(field) {
    Add(kDocuments);
    Configure();
    schema = Schema();
    before = Exported();
    Victim victim;
    auto& hooks = typesense().controls().hooks();
    const auto shoot = [&](int at) {
      return [&victim, at](int nth) {
        if (nth == at) victim.Signal(SIGKILL);
      };
    };
    if (written == Written::kNothing) hooks.On(Alterations(), Moment::kAnswered, shoot(1));
    if (written == Written::kSome) hooks.On(Imports(), Moment::kAnswered, shoot(2));
    if (written == Written::kAll) {
      hooks.On(Alterations(), Moment::kArrived, shoot(2));
      hooks.LoseRequest(Alterations(), 2);
    }
    killed = MigrateAs(victim);
    hooks.Clear();
    INFO(killed.out << killed.err);
    REQUIRE(killed.exit_code == 128 + SIGKILL);
    REQUIRE_FALSE(FieldIsThere());
  }

  Json schema;
  std::string before;
  Ended killed;
};

/// Sends the calls as they stand; the statuses of their answers.
std::vector<int> Send(RebuildStory& story, const std::vector<Call>& calls) {
  std::vector<int> statuses;
  for (const Call& call : calls) {
    statuses.push_back(story.Ask(call.method, call.target, call.body).status);
  }
  return statuses;
}

std::vector<Call> CallsInFile(const RebuildStory& story, std::size_t way) {
  const Json file = Json::parse(story.folder().Read(".reembed/recovery/docs.json"));
  std::vector<Call> calls;
  for (const Json& call : file.at("ways").at(way - 1).at("calls")) {
    calls.push_back({call.at("method"), call.at("path"), call.at("body").dump()});
  }
  return calls;
}

/// The words of a command line, as a shell takes them apart.
std::vector<std::string> ShellWords(const std::string& line) {
  std::vector<std::string> words;
  char quote = 0;
  bool within = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool ends_quote = quote != 0 && c == quote;
    const bool begins_quote = quote == 0 && (c == '\'' || c == '"');
    if (quote == 0 && c == ' ') {
      within = false;
      continue;
    }
    if (!within) words.emplace_back();
    within = true;
    if (ends_quote) {
      quote = 0;
    } else if (begins_quote) {
      quote = c;
    } else if (quote == 0 && c == '\\') {
      words.back() += line.at(++i);
    } else {
      words.back() += c;
    }
  }
  return words;
}

/// What follows the option where it stands first.
std::string After(const std::vector<std::string>& words, const std::string& option) {
  const auto at = std::find(words.begin(), words.end(), option);
  REQUIRE(at != words.end());
  REQUIRE(at + 1 != words.end());
  return *(at + 1);
}

/// The commands that a run has printed for this way.
std::vector<Call> CallsInLog(RebuildStory& story, const std::string& log, std::size_t way) {
  std::vector<Call> calls;
  std::istringstream lines(log);
  const std::string lead = "way " + std::to_string(way) + " of 3 to bring field";
  for (std::string line; std::getline(lines, line);) {
    const auto command = line.find("curl -sS ");
    if (line.find(lead) == std::string::npos || command == std::string::npos) continue;
    const auto words = ShellWords(line.substr(command));
    CHECK(After(words, "-H") == "X-TYPESENSE-API-KEY: $TYPESENSE_API_KEY");
    std::string url = After(words, "PATCH");
    const std::string node = story.typesense().url();
    REQUIRE(url.starts_with(node));
    calls.push_back({After(words, "-X"), url.substr(node.size()), After(words, "--data")});
  }
  return calls;
}

/// The way that suits the state, and the one for those who do not know.
void CheckWay(CutOff& story, const std::vector<Call>& calls, std::size_t way) {
  CAPTURE(way, story.field());
  const auto statuses = Send(story, calls);
  CAPTURE(statuses);
  const bool nested = story.field() != "vec";
  const std::size_t accepted = way == 3 ? 2 : 1;
  CHECK(statuses.size() == accepted + (nested ? 1 : 0));
  CHECK(std::count(statuses.begin(), statuses.end(), 200) == static_cast<long>(accepted));
  REQUIRE(story.FieldIsThere());
  const int length = way == 1 ? kOldLength : kNewLength;
  CHECK(story.Schema() == WithLength(story.schema, story.field(), length));
  if (way == 1) CHECK(story.Exported() == story.before);
  if (way == 2) CHECK(story.Wrong() == Ids());
  if (way == 3) CHECK(story.Wrong().size() == kDocuments);
}

void CheckRunAfterwards(CutOff& story) {
  const Ended run = story.Migrate();
  INFO(run.out << run.err);
  CHECK(run.exit_code == 0);
  CHECK(story.Schema() == WithLength(story.schema, story.field(), kNewLength));
  CHECK(story.Wrong() == Ids());
  CHECK(WithoutVectors(story.Exported(), story.field()) ==
        WithoutVectors(story.before, story.field()));
}

void RemoveJournal(const RebuildStory& story) {
  for (const char* const name : {"journal.db", "journal.db-wal", "journal.db-shm"}) {
    std::filesystem::remove(story.StateFile(name));
  }
}

}  // namespace

TEST_CASE("rebuild recovery: without the journal, the calls of the recovery file") {
  using Case = std::pair<Written, std::size_t>;
  const auto [written, way] =
      GENERATE(Case(Written::kNothing, 1), Case(Written::kAll, 2), Case(Written::kSome, 3),
               Case(Written::kNothing, 3), Case(Written::kAll, 3));
  CutOff story(GENERATE("vec", "meta.vec"), written);
  RemoveJournal(story);
  CheckWay(story, CallsInFile(story, way), way);
  CheckRunAfterwards(story);
}

TEST_CASE("rebuild recovery: without the state directory, the calls of the log") {
  using Case = std::pair<Written, std::size_t>;
  const auto [written, way] =
      GENERATE(Case(Written::kNothing, 1), Case(Written::kAll, 2), Case(Written::kSome, 3));
  CutOff story(GENERATE("vec", "meta.vec"), written);
  std::filesystem::remove_all(story.StateFile(""));
  CheckWay(story, CallsInLog(story, story.killed.err, way), way);
  CheckRunAfterwards(story);
}

TEST_CASE("rebuild recovery: a run without the journal is refused and names the recovery file") {
  // The server has the nested field in its schema again, but as an array of any length.
  CutOff story(GENERATE("vec", "meta.vec"), Written::kSome);
  RemoveJournal(story);
  const std::string cut_off = story.Exported();
  const Ended refused = story.Migrate();
  INFO(refused.out << refused.err);
  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.out, ContainsSubstring("recovery/docs.json"));
  CHECK(story.Exported() == cut_off);
}

TEST_CASE("rebuild recovery: the file goes with the next run that finds the field in its place") {
  CutOff story("vec", Written::kAll);
  RemoveJournal(story);
  Send(story, CallsInFile(story, 2));
  REQUIRE(std::filesystem::exists(story.RecoveryFile()));
  CHECK(story.Migrate().exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(story.RecoveryFile()));
}
