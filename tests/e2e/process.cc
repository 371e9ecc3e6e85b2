#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "reembed/base/clock.h"

namespace reembed::testing {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {ends[0], ends[1]};
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Process::Process(std::vector<std::string> command, std::map<std::string, std::string> environment,
                 std::string directory)
    : started_(std::chrono::steady_clock::now()) {
  const Pipe out = MakePipe();
  const Pipe err = MakePipe();
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    std::string variable = name;
    variables.push_back(variable.append("=").append(value));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  auto argv = Pointers(command);
  auto envp = Pointers(variables);
  const int failed =
      posix_spawn(&pid_, command.front().c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(out.write_end);
  close(err.write_end);
  if (failed != 0) throw std::runtime_error("cannot start " + command.front());
  out_reader_ = Drain(out.read_end, out_);
  err_reader_ = Drain(err.read_end, err_);
  memory_watcher_ = std::jthread([this](const std::stop_token& stop) { WatchMemory(stop); });
}

Process::~Process() {
  if (!ended_) {
    Signal(SIGKILL);
    Wait();
  }
}

std::thread Process::Drain(int fd, std::string& into) {
  return std::thread([fd, &into] {
    std::array<char, 65536> buffer;
    for (ssize_t n = read(fd, buffer.data(), buffer.size()); n > 0;
         n = read(fd, buffer.data(), buffer.size())) {
      into.append(buffer.data(), static_cast<std::size_t>(n));
    }
    close(fd);
  });
}

// Not ru_maxrss: a child begins with the peak of the process that started it.
void Process::WatchMemory(const std::stop_token& stop) {
  constexpr Millis kPeriod{20};
  SystemClock clock;
  do {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) peak_kilobytes_ = std::atol(line.c_str() + 6);
    }
  } while (clock.SleepFor(kPeriod, stop));
}

void Process::Signal(int number) const {
  kill(pid_, number);
}

bool Process::HasEnded() const {
  if (ended_) return true;
  siginfo_t info{};
  const auto id = static_cast<id_t>(pid_);
  return waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

std::string Process::CommandLine() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/cmdline", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ended Process::Wait() {
  if (ended_) return *ended_;
  int status = 0;
  waitpid(pid_, &status, 0);
  memory_watcher_.request_stop();
  memory_watcher_.join();
  out_reader_.join();
  err_reader_.join();
  Ended ended;
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.out = std::move(out_);
  ended.err = std::move(err_);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
  ended.seconds = took.count();
  ended.peak_kilobytes = peak_kilobytes_;
  ended_ = ended;
  return ended;
}

}  // namespace reembed::testing
