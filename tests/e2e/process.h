#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// How a program ended, and what it said.
struct Ended {
  int exit_code = -1;  ///< 128 + signal when a signal ended it
  std::string out;
  std::string err;
  double seconds = 0;
  long peak_kilobytes = 0;  ///< greatest resident size
};

/// A program under test: started with exactly the given environment, its output read as it comes.
class Process {
 public:
  Process(std::vector<std::string> command, std::map<std::string, std::string> environment,
          std::string directory);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  bool HasEnded() const;            ///< does not wait
  std::string CommandLine() const;  ///< as /proc shows it
  Ended Wait();

 private:
  static std::thread Drain(int fd, std::string& into);
  void WatchMemory(const std::stop_token& stop);

  pid_t pid_ = -1;
  std::string out_;
  std::string err_;
  std::thread out_reader_;
  std::thread err_reader_;
  long peak_kilobytes_ = 0;  // written by memory_watcher_, read after it has ended
  std::jthread memory_watcher_;
  std::chrono::steady_clock::time_point started_;
  std::optional<Ended> ended_;
};

}  // namespace reembed::testing
