#include "cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "cli_values.h"
#include "cli_verbs.h"
#include "reembed/core/exit_code.h"
#include "src/core/config/secrets_in_file.h"
#include "src/core/config/suggest.h"

namespace reembed {
namespace {

constexpr double kHighestRate = 1'000'000'000;
constexpr double kMostSamples = 1'000'000;

class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::optional<Verb> verb) : verb_(verb) { column_width(30); }
  std::string make_usage(const CLI::App*, std::string) const override { return UsageText(verb_); }
  std::string make_subcommands(const CLI::App*, CLI::AppFormatMode) const override { return {}; }

 private:
  std::optional<Verb> verb_;
};

class CommandLine {
 public:
  CommandLine() {
    app_.set_help_flag();
    app_.allow_extras();
    for (const std::string& verb : VerbNames()) {
      app_.add_subcommand(verb)->fallthrough()->allow_extras()->set_help_flag();
    }
    DeclareWork();
    DeclareOtherVerbs();
    DeclareSources();
    DeclareLimits();
    DeclareOutput();
  }

  // Throws CLI::ParseError.
  CliOptions Parse(int argc, const char* const* argv) {
    app_.parse(argc, argv);
    const std::vector<std::string> extras = app_.remaining(true);
    if (!extras.empty()) Refuse(Unknown(extras.front()));
    RefuseTwoVerbs();
    options_.verb = verb().value_or(Verb::kRun);
    RefuseMisplaced();
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
    if (no_backup_) options_.config.backup = false;
    return std::move(options_);
  }

  bool version_asked() const { return version_; }
  // The verb that was read, also when what followed it was wrong.
  std::optional<Verb> verb() const {
    for (const VerbText& entry : kVerbs) {
      if (app_.got_subcommand(std::string(ToString(entry.verb)))) return entry.verb;
    }
    return std::nullopt;
  }

  // Only for one that has read nothing: else CLI11 shows the help of the verb, which has no
  // options. CLI11 ends each group of options with an empty line and begins the next one with
  // another.
  std::string Help(std::optional<Verb> verb) {
    app_.formatter(std::make_shared<HelpFormatter>(verb));
    app_.description(AboutText(verb));
    app_.footer(FooterText(verb));
    for (CLI::Option* option : app_.get_options()) {
      if (verb && !Belongs(NameOf(*option), *verb)) option->group("");
    }
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

  static std::string NameOf(const CLI::Option& option) {
    const std::vector<std::string>& names = option.get_lnames();
    return names.empty() ? option.get_name() : "--" + names.front();
  }

  void RefuseTwoVerbs() const {
    const std::vector<CLI::App*> read = app_.get_subcommands();
    for (const CLI::App* other : read) {
      if (other == read.front()) continue;
      Refuse(fmt::format("two commands, {} and {}: give one of them", read.front()->get_name(),
                         other->get_name()));
    }
  }

  void RefuseMisplaced() const {
    for (const CLI::Option* option : app_.get_options()) {
      const std::string name = NameOf(*option);
      if (option->count() > 0 && !Belongs(name, options_.verb)) Refuse(BelongsText(name));
    }
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
                  std::optional<Value>& target, double min = 1) {
    const std::string expected =
        max < 1e9 ? fmt::format("an integer from {} to {}", min, max) : "an integer above 0";
    Add(name, "N", description, expected, [&target, min, max](const std::string& text) {
      const auto number = ParseInteger(text, min, max);
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
    AddFlag("--dry-run", "Show what would be done, change nothing", options_.dry_run);
    AddFlag("--force", "A new run: embed again what is done, and pay for it", options_.force);
    AddFlag("--no-backup", "Keep no old vectors: no rollback", no_backup_);
    AddFlag("--no-probe", "Do not ask the provider while planning", no_probe_);
    AddWord<std::optional<StrategyChoice>>("--strategy", "How new vectors reach a collection",
                                           {{"auto", StrategyChoice::kAuto},
                                            {"in-place", StrategyChoice::kInPlace},
                                            {"rebuild", StrategyChoice::kRebuild},
                                            {"alias", StrategyChoice::kAlias}},
                                           options_.config.strategy);
    DeclareCutover();
  }

  // What a rebuild or an alias switch may do beyond the filter.
  void DeclareCutover() {
    CutoverConfig& cutover = options_.config.cutover;
    AddWord<bool>("--outside-filter", "Vectors outside the filter: embed again, or stop",
                  {{"reembed", false}, {"refuse", true}}, cutover.refuse_outside_filter);
    AddFlag("--allow-missing", "What cannot be embedded may end without vector",
            cutover.allow_missing);
    AddFlag("--all-aliases", "Switch every alias of a collection", cutover.all_aliases);
  }

  void DeclareOtherVerbs() {
    group_ = "Of status, verify, rollback and retire";
    AddFlag("--prune", "status: remove what only a rollback of ended runs needs", options_.prune);
    AddInteger("--sample", "verify: so many documents must find themselves", kMostSamples,
               options_.sample, 0);
    AddInteger("--recompute", "verify: embed so many texts again, and pay for it", kMostSamples,
               options_.recompute);
    AddText("--run", "ID", "rollback: to before this run, see status", options_.run);
    AddFlag("--yes", "rollback, retire, --prune: do not ask", options_.yes);
  }

  void DeclareSources() {
    group_ = "Configuration (over environment and files)";
    AddText("--config", "FILE", "The config file", options_.config_path);
    AddText("--env-file", "FILE", "Read this instead of .env", options_.env_path);
    AddText("--state-dir", "DIR", "Where the journal lies", options_.config.state_dir);
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
    Add("--max-cost", "USD", "Stop before the provider has cost so much", "an amount such as 2.50",
        [this](const std::string& text) {
          options_.max_cost = ParseNumber(text);
          return options_.max_cost.has_value();
        });
    Add("--max-failures", "N|P%", "Stop when so many documents failed",
        "an integer above 0, or a percentage up to 100%", [this](const std::string& text) {
          const auto limit = ParseFailureLimit(text);
          if (limit) options_.max_failures = *limit;
          return limit.has_value();
        });
    AddInteger("--limit", "Documents per collection", 1e15, options_.limit);
    Add("--max-wait", "TIME", "Longest wait for a quota: 90, 90s, 15m, 24h",
        "a time such as 90, 90s, 15m or 24h", [&config](const std::string& text) {
          config.max_wait = ParseTimeSpan(text);
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
    if (!name.starts_with('-')) {
      const std::string hint = DidYouMean(name, VerbNames());
      return fmt::format("unknown command {}{} known: {}", Quoted(name), hint.empty() ? ";" : hint,
                         Listed(VerbNames()));
    }
    std::vector<std::string> known;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    }
    return fmt::format("unknown option {}{}", Quoted(name), DidYouMean(name, known));
  }

  CLI::App app_;
  CliOptions options_;
  CLI::Option* collections_ = nullptr;  // owned by app_
  std::string group_;
  bool no_probe_ = false;
  bool no_backup_ = false;
  bool quiet_ = false;
  bool verbose_ = false;
  bool version_ = false;
};

// `libcurl/7.88.1 OpenSSL/3.0.19` as `libcurl 7.88.1, OpenSSL 3.0.19`.
std::string VersionText(std::string_view libraries) {
  std::string listed;
  for (const char c : libraries) {
    if (c == ' ') listed += ',';
    listed += c == '/' ? ' ' : c;
  }
  return fmt::format("reembed {} ({})\n", REEMBED_VERSION, listed);
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
                                                   std::string_view libraries) {
  CommandLine line;
  try {
    CliOptions options = line.Parse(argc, argv);
    if (!line.version_asked()) return options;
    return CliExit{kExitDone, VersionText(libraries), {}};
  } catch (const CLI::CallForHelp&) {
    return CliExit{kExitDone, CommandLine().Help(line.verb()), {}};
  } catch (const CLI::ArgumentMismatch& error) {
    return UsageError(Reworded(error.what()));
  } catch (const CLI::ConversionError& error) {
    return UsageError(WithoutValue(error.what()));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
}

}  // namespace reembed
