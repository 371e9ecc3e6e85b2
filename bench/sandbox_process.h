#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace reembed::bench {

/// reembed-sandbox as a process of its own, so that its work is not counted as the program's.
class SandboxProcess {
 public:
  /// `command`: program and arguments. Throws std::runtime_error when it does not start.
  explicit SandboxProcess(std::vector<std::string> command);
  ~SandboxProcess();
  SandboxProcess(const SandboxProcess&) = delete;
  SandboxProcess& operator=(const SandboxProcess&) = delete;

  /// The settings it prints: what reembed needs to know of it, as variables.
  const std::map<std::string, std::string>& variables() const { return variables_; }

 private:
  void ReadVariables(int fd);

  pid_t pid_ = -1;
  std::map<std::string, std::string> variables_;
};

/// Makes `collection` anew: field `title`, vector field `vec`, and these documents as JSON lines, a
/// request for each element of `imports`. Throws std::runtime_error when the store refuses.
void FillCollection(const std::map<std::string, std::string>& variables,
                    const std::string& collection, std::size_t dimensions,
                    const std::vector<std::string>& imports);

/// Documents with old vectors of chance, `per_import` in each element.
std::vector<std::string> OldDocuments(std::size_t documents, std::size_t dimensions,
                                      std::size_t per_import);

}  // namespace reembed::bench
