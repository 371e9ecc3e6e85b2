#include "measure.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace reembed::bench {
namespace {

void Redirect(const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
}

double Read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Does not return: the parent's objects are the parent's to clean up.
[[noreturn]] void BeChild(const std::string& log, const std::function<int()>& work) {
  Redirect(log);
  int code = 1;
  try {
    code = work();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  std::cout.flush();
  _exit(code);
}

int RunHere(const std::string& folder, const Variables& variables,
            const std::vector<std::string>& arguments, const ProgramParts& parts) {
  if (chdir(folder.c_str()) != 0) return 1;
  clearenv();
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> words = {"reembed"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return RunProgram(static_cast<int>(words.size()), argv.data(), std::cout, std::cerr, parts);
}

}  // namespace

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double WallSeconds() {
  return Read(CLOCK_MONOTONIC);
}

double ProcessSeconds() {
  return Read(CLOCK_PROCESS_CPUTIME_ID);
}

double ThreadSeconds() {
  return Read(CLOCK_THREAD_CPUTIME_ID);
}

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

Cost InChild(const std::string& log, const std::function<int()>& work) {
  const double started = WallSeconds();
  const pid_t child = fork();
  if (child == 0) BeChild(log, work);
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) throw std::runtime_error("no child");
  const double wall = WallSeconds() - started;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::ifstream file(log);
    throw std::runtime_error((WIFSIGNALED(status)
                                  ? "a signal ended it: " + std::to_string(WTERMSIG(status)) + "\n"
                                  : std::string()) +
                             std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return {wall, Seconds(used.ru_utime) + Seconds(used.ru_stime), used.ru_maxrss};
}

Cost RunProgramIn(const Folder& folder, const Variables& variables,
                  const std::vector<std::string>& arguments, const ProgramParts& parts) {
  return InChild(folder.path() + "/log",
                 [&] { return RunHere(folder.path(), variables, arguments, parts); });
}

}  // namespace reembed::bench
