// Runs the program itself.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

/// The program with its stdin closed and its stdout and stderr in a pipe; killed if it outlives
/// the test.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    output_ = ends[0];
    Spawn(std::move(arguments), ends[1]);
    close(ends[1]);
  }
  ~Program() {
    if (pid_ > 0) Signal(SIGKILL), WaitForExit();
    close(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Reads until `end` has come or the output has ended.
  std::string ReadUntil(const std::string& end) {
    std::string text;
    for (char c = 0; text.find(end) == std::string::npos && read(output_, &c, 1) == 1;) {
      text.push_back(c);
    }
    return text;
  }

  void Signal(int number) const { kill(pid_, number); }

  /// The exit code, or -1 when a signal ended it.
  int WaitForExit() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  void Spawn(std::vector<std::string> arguments, int output) {
    std::vector<std::string> environment = {"SANDBOX_PROVIDER_KEY=" + std::string(kTestKey)};
    arguments.insert(arguments.begin(), REEMBED_SANDBOX);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    REQUIRE(posix_spawn(&pid_, REEMBED_SANDBOX, &actions, nullptr, Pointers(arguments).data(),
                        Pointers(environment).data()) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  pid_t pid_ = 0;
  int output_ = -1;
};

std::string ValueOf(const std::string& lines, const std::string& name) {
  const std::size_t start = lines.find("\n" + name + "=") + name.size() + 2;
  return lines.substr(start, lines.find('\n', start) - start);
}

const std::string kLastLine = "GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:";

}  // namespace

TEST_CASE("reembed-sandbox: prints its settings, serves, and ends on SIGTERM") {
  Program program({"--dimensions", "4"});
  std::string lines = program.ReadUntil(kLastLine);
  lines += program.ReadUntil("\n");
  CHECK_THAT(lines, ContainsSubstring("TYPESENSE_HOST=127.0.0.1\n"));
  CHECK_THAT(lines, ContainsSubstring("EMBEDDING_DIMENSIONS=4\n"));
  CHECK(ValueOf(lines, "OPENAI_API_KEY") == kTestKey);
  CHECK_THAT(ValueOf(lines, "TYPESENSE_API_KEY"), ContainsSubstring("sandbox-"));
  const int port = std::stoi(lines.substr(lines.find(kLastLine) + kLastLine.size()));
  const Seen seen =
      Send(port, OpenAiPost(R"({"input":"a","model":"text-embedding-3-small","dimensions":4})"));
  CHECK(seen.status == 200);
  program.Signal(SIGTERM);
  CHECK(program.WaitForExit() == 0);
}

TEST_CASE("reembed-sandbox: SIGINT ends it, too") {
  Program program({"--empty"});
  program.ReadUntil(kLastLine);
  program.Signal(SIGINT);
  CHECK(program.WaitForExit() == 0);
}

TEST_CASE("reembed-sandbox: a wrong option is exit 2 with a message") {
  Program program({"--faults", "boom=1"});
  CHECK_THAT(program.ReadUntil("--help"),
             ContainsSubstring("reembed-sandbox: unknown fault \"boom=1\""));
  CHECK(program.WaitForExit() == 2);
}

TEST_CASE("reembed-sandbox: help") {
  Program program({"--help"});
  CHECK_THAT(program.ReadUntil("--mode"), ContainsSubstring("--provider-port"));
  program.ReadUntil("(until the end)");
  CHECK(program.WaitForExit() == 0);
}

}  // namespace reembed::sandbox
