// The question before a rollback, on a terminal.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kBack = {"rollback", "--yes"};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// `reembed` with a terminal for its input and its messages; results go to a file.
class OnTerminal {
 public:
  OnTerminal(Stage& stage, std::vector<std::string> arguments) : folder_(stage.folder()) {
    master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) {
      throw std::runtime_error("no terminal");
    }
    const char* const terminal = ptsname(master_);
    const std::string results = folder_.path() + "/results";
    arguments.insert(arguments.begin(), REEMBED_PROGRAM);
    std::vector<std::string> variables;
    std::istringstream lines(stage.sandbox().EnvLines());
    for (std::string line; std::getline(lines, line);) variables.push_back(line);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal, O_RDWR | O_NOCTTY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, results.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, folder_.path().c_str());
    auto argv = Pointers(arguments);
    auto envp = Pointers(variables);
    const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start the program");
  }
  ~OnTerminal() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(master_);
  }
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  /// Reads until the question stands there; false when the program ends without.
  bool IsAsked() {
    while (shown_.find("[yes/no]") == std::string::npos) {
      if (!Read()) return false;
    }
    return true;
  }
  void Type(const std::string& line) const {
    REQUIRE(write(master_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  }
  void Signal(int number) const { kill(pid_, number); }

  /// `out`: results; `err`: what stood on the terminal.
  Ended Wait() {
    while (Read()) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    Ended ended;
    ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ended.out = folder_.Read("results");
    ended.err = shown_;
    return ended;
  }

 private:
  // False once nobody holds the other end.
  bool Read() {
    std::array<char, 4096> part;
    const ssize_t count = read(master_, part.data(), part.size());
    if (count > 0) shown_.append(part.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  const TempFolder& folder_;
  int master_ = -1;
  pid_t pid_ = -1;
  std::string shown_;
};

struct MigratedStage : DocsStage {
  MigratedStage() {
    AddCollection("docs", 8, DistinctDocuments(20));
    before = Exported();
    REQUIRE(Migrate().exit_code == 0);
    migrated = Exported();
  }
  std::string before;
  std::string migrated;
};

}  // namespace

TEST_CASE("rollback: yes gives the vectors back, no changes nothing and says so") {
  MigratedStage stage;
  SECTION("yes") {
    OnTerminal program(stage, {"rollback"});
    REQUIRE(program.IsAsked());
    program.Type("yes\n");
    const Ended ended = program.Wait();
    CHECK(ended.exit_code == 0);
    CHECK_THAT(ended.err, ContainsSubstring("Give 20 documents of docs back"));
    CHECK_THAT(ended.out, ContainsSubstring("Restored: 20 of 20 documents"));
    CHECK((stage.Exported() == stage.before));
  }
  SECTION("no") {
    OnTerminal program(stage, {"rollback"});
    REQUIRE(program.IsAsked());
    program.Type("no\n");
    const Ended ended = program.Wait();
    CHECK(ended.exit_code == 0);
    CHECK(ended.err.ends_with("no\r\nNothing was changed.\r\n"));
    CHECK(ended.out.empty());
    CHECK((stage.Exported() == stage.migrated));
  }
  SECTION("the end of the input, with one JSON document all the same") {
    OnTerminal program(stage, {"rollback", "--output", "json"});
    REQUIRE(program.IsAsked());
    program.Type("\x04");
    const Ended ended = program.Wait();
    CHECK(ended.exit_code == 0);
    CHECK(Json::parse(ended.out).at("dry_run") == true);
    CHECK((stage.Exported() == stage.migrated));
  }
}

TEST_CASE("rollback: a signal while the question stands ends it") {
  MigratedStage stage;
  OnTerminal program(stage, {"rollback"});
  REQUIRE(program.IsAsked());
  program.Signal(SIGINT);
  const Ended ended = program.Wait();
  CHECK(ended.exit_code == 130);
  CHECK_THAT(ended.err, ContainsSubstring("nothing was changed"));
  CHECK((stage.Exported() == stage.migrated));
  CHECK(stage.Run(kBack).exit_code == 0);
  CHECK((stage.Exported() == stage.before));
}

TEST_CASE("rollback: with nothing to restore nothing is asked and the run ends") {
  MigratedStage stage;
  REQUIRE(stage.Migrate({"--model", "text-embedding-3-large"}).exit_code == 0);
  std::string foreign;
  for (int i = 0; i < 20; ++i) {
    foreign += R"({"id":"d)" + std::to_string(i) + R"(","vec":[3,3,3,3,3,3,3,3.5]})" + "\n";
  }
  stage.Edit(foreign);
  CHECK(stage.Run({"rollback", "--dry-run"}).exit_code == 0);
  {
    OnTerminal program(stage, {"rollback"});
    const Ended ended = program.Wait();
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.find("[yes/no]") == std::string::npos);
    CHECK_THAT(ended.out, ContainsSubstring("Left alone: 20"));
    CHECK_THAT(ended.out, ContainsSubstring("The runs above count as rolled back"));
    CHECK(ended.out.find("DRY RUN") == std::string::npos);
  }
  // The next one is about the run before.
  const Json report = Report(stage, {"rollback", "--dry-run"});
  CHECK(report.at("collections").at("docs").at("runs") == Json::array({RunIds(stage).at(1)}));
}
