#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "reembed/core/config_sources.h"
#include "reembed/core/failure_limit.h"
#include "src/io/report/log_sink.h"
#include "src/io/report/progress.h"

namespace reembed {

enum class OutputFormat : std::uint8_t { kText, kJson };

/// What is to be done.
enum class Verb : std::uint8_t { kRun, kStatus, kVerify, kRollback, kRetire, kDoctor };
std::string_view ToString(Verb verb);  ///< `run`, `status`, …

/// What the command line says, checked as far as it can be without any file. An option that does
/// not belong to the verb has its default: it was refused if it was given.
struct CliOptions {
  Verb verb = Verb::kRun;
  ConfigFlags config;                      ///< what lies over environment and files
  std::optional<std::string> config_path;  ///< `--config`
  std::optional<std::string> env_path;     ///< `--env-file`

  bool dry_run = false;
  bool probe = true;                   ///< `--no-probe`: the plan asks the provider nothing
  bool force = false;                  ///< a new run: embed again what is done
  FailureLimit max_failures;           ///< not set: no limit
  std::optional<std::uint64_t> limit;  ///< documents per collection, at least 1
  std::optional<double> max_cost;      ///< USD that the run may spend; 0: nothing

  bool prune = false;              ///< `status`: remove what only a rollback needs
  bool yes = false;                ///< the answer to what `rollback`, `retire` and `--prune` ask
  std::optional<std::string> run;  ///< `rollback`: the run to undo; absent: the latest
  std::optional<std::uint64_t> sample;     ///< `verify`: documents to look up by vector; 0: none
  std::optional<std::uint64_t> recompute;  ///< `verify`: texts to embed again, at least 1

  OutputFormat output = OutputFormat::kText;
  ProgressStyle progress = ProgressStyle::kAuto;
  Verbosity verbosity = Verbosity::kWarnings;
  std::optional<std::string> report_path;
  std::optional<std::string> log_path;
};

/// The program is to end at once: `--help` and `--version` (code 0, text for stdout), or a usage
/// error (code 2, text for stderr). Texts end with a newline.
struct CliExit {
  int code = 0;
  std::string out;
  std::string err;
};

/// Reads the command line. No effects. `libraries` names those that the program is linked with as
/// curl does, `libcurl/7.88.1 OpenSSL/3.0.19 SQLite/3.40.1`, for `--version`.
/// A usage error is one line that names the option, and one that points to `--help`.
std::variant<CliOptions, CliExit> ParseCommandLine(int argc, const char* const* argv,
                                                   std::string_view libraries);

}  // namespace reembed
