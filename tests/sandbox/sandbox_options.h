// The command line of reembed-sandbox.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "tests/sandbox/sandbox.h"

namespace reembed::sandbox {

/// What the command line asks for: `help` is set when it is the help, which is then all to show.
struct SandboxCommand {
  SandboxOptions options;
  std::optional<std::string> help;
};

/// Value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

/// Reads the arguments, without the program's name. Keys come from SANDBOX_TYPESENSE_KEY and
/// SANDBOX_PROVIDER_KEY, else from `random_key`. Error kUsage names the option.
Result<SandboxCommand> ReadSandboxCommand(std::vector<std::string> arguments,
                                          const Environment& environment,
                                          const std::function<std::string()>& random_key);

}  // namespace reembed::sandbox
