#include "cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "reembed/core/exit_code.h"
#include "src/core/config/secrets_in_file.h"
#include "src/core/config/suggest.h"

namespace reembed {
namespace {

constexpr std::string_view kExamples = R"(Examples:
  reembed --dry-run                       show the plan, change nothing
  reembed                                 migrate every configured collection
  reembed --collections instructions      migrate one of them
  reembed --rpm 3000 --max-failures 1%    stay below a quota, stop early
  reembed --output json --report run.json --progress none

Keys and servers come from the environment or from .env (see .env.example), collections from
config/reembed.json.

Exit codes:
  0 all done                       5 gave up on something temporary: run again later
  2 usage or configuration         6 stopped at a limit you set
  3 some documents failed          130 interrupted
  4 refused for good               1 a bug, please report it
After 3, 4, 5, 6 and 130 a rerun starts from the beginning and ends the same.)";

constexpr double kLongestWait = 31'536'000;
constexpr double kHighestRate = 1'000'000'000;

// Positive or zero, decimal, nothing around it.
std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(number) || text.starts_with('-')) return std::nullopt;
  return number;
}

std::optional<double> ParseInteger(std::string_view text, double min, double max) {
  const auto number = ParseNumber(text);
  if (!number || text.find('.') != std::string_view::npos) return std::nullopt;
  return *number >= min && *number <= max ? number : std::nullopt;
}

// `90`, `90s`, `15m`, `24h`, `2d`.
std::optional<Seconds> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<char, int>, 4> kUnits = {
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}}};
  int factor = 1;
  for (const auto& [letter, seconds] : kUnits) {
    if (!text.ends_with(letter)) continue;
    factor = seconds;
    text.remove_suffix(1);
    break;
  }
  const auto number = ParseInteger(text, 0, kLongestWait / factor);
  if (!number) return std::nullopt;
  return Seconds(static_cast<Seconds::rep>(*number) * factor);
}

std::optional<FailureLimit> ParseFailureLimit(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  const auto number = percent ? ParseNumber(text) : ParseInteger(text, 1, 1e15);
  if (!number || *number <= 0 || (percent && *number > 100)) return std::nullopt;
  return FailureLimit{.set = true, .percent = percent, .value = *number};
}

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(30); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: reembed [run] [options]\n";
  }
  std::string make_subcommands(const CLI::App*, CLI::AppFormatMode) const override { return {}; }
};

class CommandLine {
 public:
  CommandLine() {
    app_.formatter(std::make_shared<HelpFormatter>());
    app_.set_help_flag();
    app_.footer(std::string(kExamples));
    app_.allow_extras();
    app_.add_subcommand("run", "migrate")->fallthrough()->allow_extras()->set_help_flag();
    DeclareWork();
    DeclareSources();
    DeclareLimits();
    DeclareOutput();
  }

  // Throws CLI::ParseError.
  CliOptions Parse(int argc, const char* const* argv) {
    app_.parse(argc, argv);
    const std::vector<std::string> extras = app_.remaining(true);
    if (!extras.empty()) Refuse(Unknown(extras.front()));
    std::vector<std::string>& names = options_.config.collections;
    std::erase(names, "");
    if (collections_->count() > 0 && names.empty()) Refuse("--collections: expected a name");
    if (quiet_ && verbose_) Refuse("-q cannot stand beside -v");
    if (options_.report_path && options_.report_path == options_.log_path) {
      Refuse("--report and --log-file name the same file");
    }
    if (quiet_) options_.verbosity = Verbosity::kErrors;
    if (verbose_) options_.verbosity = Verbosity::kInfo;
    options_.probe = !no_probe_;
    return std::move(options_);
  }

  bool version_asked() const { return version_; }
  // CLI11 ends each group of options with an empty line and begins the next one with another.
  std::string help() const {
    std::string text = app_.help();
    for (auto at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at)) {
      text.erase(at, 1);
    }
    return text;
  }

 private:
  [[noreturn]] static void Refuse(const std::string& what) {
    throw CLI::ParseError(what, CLI::ExitCodes::InvalidError);
  }

  // An option with one value. `read` is false when the value is not one of what is `expected`.
  void Add(const std::string& name, const std::string& type, const std::string& description,
           const std::string& expected, const std::function<bool(const std::string&)>& read) {
    const auto check = [name, expected, read](const std::string& text) {
      if (read(text)) return;
      throw CLI::ValidationError(name,
                                 fmt::format("expected {}, found {}", expected, Quoted(text)));
    };
    app_.add_option_function<std::string>(name, check, description)->type_name(type)->group(group_);
  }

  void AddText(const std::string& name, const std::string& type, const std::string& description,
               std::optional<std::string>& target) {
    // What begins like an option is one whose value was forgotten before it.
    Add(name, type, description, "a value", [&target](const std::string& text) {
      target = text;
      return !text.empty() && !text.starts_with('-');
    });
  }

  template <typename Value>
  void AddInteger(const std::string& name, const std::string& description, double max,
                  std::optional<Value>& target) {
    const std::string expected =
        max < 1e9 ? fmt::format("an integer from 1 to {}", max) : "an integer above 0";
    Add(name, "N", description, expected, [&target, max](const std::string& text) {
      const auto number = ParseInteger(text, 1, max);
      if (number) target = static_cast<Value>(*number);
      return number.has_value();
    });
  }

  void AddRate(const std::string& name, const std::string& description,
               std::optional<double>& target) {
    Add(name, "N", description, "a number above 0", [&target](const std::string& text) {
      target = ParseNumber(text);
      return target && *target > 0 && *target <= kHighestRate;
    });
  }

  template <typename Value>
  void AddWord(const std::string& name, const std::string& description,
               const std::vector<std::pair<std::string, Value>>& words, Value& target) {
    std::string allowed;
    for (const auto& [word, value] : words) allowed += (allowed.empty() ? "" : "|") + word;
    Add(name, allowed, description, "one of " + allowed, [&target, words](const std::string& text) {
      for (const auto& [word, value] : words) {
        if (word != text) continue;
        target = value;
        return true;
      }
      return false;
    });
  }

  void AddFlag(const std::string& names, const std::string& description, bool& target) {
    app_.add_flag(names, target, description)->group(group_);
  }

  void DeclareWork() {
    group_ = "What to do";
    collections_ = app_.add_option("--collections", options_.config.collections,
                                   "Only these, in this order; commas allowed; 'all'");
    collections_->delimiter(',')->type_name("NAME")->group(group_);
    AddFlag("--dry-run", "Show the plan, change nothing", options_.dry_run);
    AddFlag("--no-probe", "Do not ask the provider while planning", no_probe_);
    AddWord<std::optional<StrategyChoice>>("--strategy", "How new vectors reach a collection",
                                           {{"auto", StrategyChoice::kAuto},
                                            {"in-place", StrategyChoice::kInPlace},
                                            {"rebuild", StrategyChoice::kRebuild},
                                            {"alias", StrategyChoice::kAlias}},
                                           options_.config.strategy);
  }

  void DeclareSources() {
    group_ = "Configuration (over environment and files)";
    AddText("--config", "FILE", "The config file", options_.config_path);
    AddText("--env-file", "FILE", "Read this instead of .env", options_.env_path);
    AddText("--family", "NAME", "Embedding provider", options_.config.family);
    AddText("--model", "NAME", "Embedding model", options_.config.model);
    AddInteger("--dimensions", "Vector length to ask for", 65'536, options_.config.dimensions);
  }

  void DeclareLimits() {
    group_ = "Limits";
    ConfigFlags& config = options_.config;
    AddInteger("--concurrency", "Provider requests at a time", 256, config.concurrency);
    AddRate("--rpm", "Requests per minute, in the provider's unit", config.requests_per_minute);
    AddRate("--tpm", "Tokens per minute", config.tokens_per_minute);
    Add("--max-failures", "N|P%", "Stop when so many documents failed",
        "an integer above 0, or a percentage up to 100%", [this](const std::string& text) {
          const auto limit = ParseFailureLimit(text);
          if (limit) options_.max_failures = *limit;
          return limit.has_value();
        });
    AddInteger("--limit", "Documents per collection", 1e15, options_.limit);
    Add("--max-wait", "TIME", "Longest wait for a quota: 90, 90s, 15m, 24h",
        "a time such as 90, 90s, 15m or 24h", [&config](const std::string& text) {
          config.max_wait = ParseDuration(text);
          return config.max_wait.has_value();
        });
  }

  void DeclareOutput() {
    group_ = "Output";
    AddWord<OutputFormat>("--output", "Results on stdout",
                          {{"text", OutputFormat::kText}, {"json", OutputFormat::kJson}},
                          options_.output);
    AddText("--report", "FILE", "Write the JSON report here", options_.report_path);
    AddWord<ProgressStyle>("--progress", "Progress on stderr",
                           {{"auto", ProgressStyle::kAuto},
                            {"bar", ProgressStyle::kBar},
                            {"plain", ProgressStyle::kPlain},
                            {"none", ProgressStyle::kNone}},
                           options_.progress);
    AddFlag("-v,--verbose", "Say more", verbose_);
    AddFlag("-q,--quiet", "Say errors only", quiet_);
    AddText("--log-file", "FILE", "Write the log here too", options_.log_path);
    group_ = "Other";
    app_.set_help_flag("-h,--help", "Show this help")->group(group_);
    AddFlag("--version", "Show the versions", version_);
  }

  // What was given may hold a key after `=`, or be one.
  std::string Unknown(const std::string& argument) const {
    const std::string name = argument.substr(0, argument.find('='));
    if (LooksLikeSecret(name)) return "unexpected argument ***; keys come from the environment";
    if (!name.starts_with('-')) return fmt::format("unknown command {}; known: run", Quoted(name));
    std::vector<std::string> known;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    }
    return fmt::format("unknown option {}{}", Quoted(name), DidYouMean(name, known));
  }

  CLI::App app_{"Computes the embeddings stored in a live Typesense anew, without downtime."};
  CliOptions options_;
  CLI::Option* collections_ = nullptr;  // owned by app_
  std::string group_;
  bool no_probe_ = false;
  bool quiet_ = false;
  bool verbose_ = false;
  bool version_ = false;
};

// `libcurl/7.88.1 OpenSSL/3.0.19` as `libcurl 7.88.1, OpenSSL 3.0.19`.
std::string VersionText(std::string_view libcurl_version) {
  std::string libraries;
  for (const char c : libcurl_version) {
    if (c == ' ') libraries += ',';
    libraries += c == '/' ? ' ' : c;
  }
  return fmt::format("reembed {} ({})\n", REEMBED_VERSION, libraries);
}

// CLI11 counts values: "--limit: 1 required N missing", "--limit: At Most 1 required but received".
std::string Reworded(std::string_view mismatch) {
  const std::string_view name = mismatch.substr(0, mismatch.find(':'));
  const bool missing = mismatch.ends_with("missing");
  return fmt::format("{}: {}", name, missing ? "its value is missing" : "given more than once");
}

// CLI11 quotes what stands behind the `=` of a flag, which may be a key.
std::string WithoutValue(std::string_view conversion) {
  const auto name = conversion.substr(std::min(conversion.find('-'), conversion.size()));
  return fmt::format("{}: takes no value", name.substr(0, name.find(' ')));
}

CliExit UsageError(const std::string& what) {
  return {kExitUsage, {}, fmt::format("reembed: {}\nrun 'reembed --help' for the options\n", what)};
}

}  // namespace

std::variant<CliOptions, CliExit> ParseCommandLine(int argc, const char* const* argv,
                                                   std::string_view libcurl_version) {
  CommandLine line;
  try {
    CliOptions options = line.Parse(argc, argv);
    if (!line.version_asked()) return options;
    return CliExit{kExitDone, VersionText(libcurl_version), {}};
  } catch (const CLI::CallForHelp&) {
    // A fresh one: after `run` has been read, CLI11 shows the help of that verb alone.
    return CliExit{kExitDone, CommandLine().help(), {}};
  } catch (const CLI::ArgumentMismatch& error) {
    return UsageError(Reworded(error.what()));
  } catch (const CLI::ConversionError& error) {
    return UsageError(WithoutValue(error.what()));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
}

}  // namespace reembed
