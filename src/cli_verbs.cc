#include "cli_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace reembed {
namespace {

// Sets of verbs, one bit each.
using Verbs = std::uint8_t;

constexpr Verbs Bit(Verb verb) {
  return static_cast<Verbs>(1U << static_cast<unsigned>(verb));
}
template <typename... More>
constexpr Verbs Of(More... verbs) {
  return static_cast<Verbs>((0U | ... | Bit(verbs)));
}

constexpr Verbs kAll =
    Of(Verb::kRun, Verb::kStatus, Verb::kVerify, Verb::kRollback, Verb::kRetire, Verb::kDoctor);

struct OptionRule {
  std::string_view option;
  Verbs verbs;
};

// Which option belongs to which verb. `verify` embeds again under `--recompute`, so that the limits
// of the provider concern it too.
constexpr std::array kRules = std::to_array<OptionRule>({
    {"--collections", kAll},
    {"--dry-run", Of(Verb::kRun, Verb::kRollback, Verb::kRetire)},
    {"--no-probe", Of(Verb::kRun, Verb::kDoctor)},
    {"--strategy", Of(Verb::kRun, Verb::kDoctor)},
    {"--outside-filter", Of(Verb::kRun)},
    {"--allow-missing", Of(Verb::kRun)},
    {"--all-aliases", Of(Verb::kRun)},
    {"--force", Of(Verb::kRun)},
    {"--no-backup", Of(Verb::kRun)},
    {"--run", Of(Verb::kRollback)},
    {"--sample", Of(Verb::kVerify)},
    {"--recompute", Of(Verb::kVerify)},
    {"--prune", Of(Verb::kStatus)},
    {"--yes", Of(Verb::kStatus, Verb::kRollback, Verb::kRetire)},
    {"--config", kAll},
    {"--env-file", kAll},
    {"--state-dir", kAll},
    {"--family", kAll},
    {"--model", kAll},
    {"--dimensions", kAll},
    {"--concurrency", Of(Verb::kRun, Verb::kVerify)},
    {"--rpm", Of(Verb::kRun, Verb::kVerify)},
    {"--tpm", Of(Verb::kRun, Verb::kVerify)},
    {"--max-wait", Of(Verb::kRun, Verb::kVerify)},
    {"--max-cost", Of(Verb::kRun)},
    {"--max-failures", Of(Verb::kRun)},
    {"--limit", Of(Verb::kRun)},
    {"--output", kAll},
    {"--report", Of(Verb::kRun)},
    {"--progress", Of(Verb::kRun, Verb::kVerify, Verb::kRollback)},
    {"--verbose", kAll},
    {"--quiet", kAll},
    {"--log-file", kAll},
    {"--help", kAll},
    {"--version", kAll},
});

Verbs VerbsOf(std::string_view option) {
  const auto* rule = std::find_if(kRules.begin(), kRules.end(),
                                  [&](const OptionRule& entry) { return entry.option == option; });
  return rule == kRules.end() ? Verbs{0} : rule->verbs;
}

struct Example {
  Verb verb;
  std::string_view line;
  std::string_view meaning;
  bool general = true;  ///< stands in the help of the program too
};

constexpr std::array kExamples = std::to_array<Example>({
    {Verb::kRun, "reembed --dry-run", "show the plan, change nothing"},
    {Verb::kRun, "reembed", "migrate every configured collection"},
    {Verb::kRun, "reembed --collections instructions", "migrate one of them"},
    {Verb::kRun, "reembed --rpm 3000 --max-failures 1%", "stay below a quota, stop early"},
    {Verb::kRun, "reembed --max-cost 5", "stop before it has cost $5; a rerun goes on", false},
    {Verb::kRun, "reembed --output json --report run.json --progress none", "for a script", false},
    {Verb::kRun, "reembed --strategy alias", "fill a new collection, then switch the alias", false},
    {Verb::kRun, "reembed --outside-filter refuse", "stop rather than embed more than the filter",
     false},
    {Verb::kStatus, "reembed status", "what is done and what is left"},
    {Verb::kStatus, "reembed status --prune", "free the disk; no rollback after that", false},
    {Verb::kVerify, "reembed verify --sample 50", "compare, and search for 50 documents"},
    {Verb::kVerify, "reembed verify --recompute 20", "embed 20 texts again, for a price", false},
    {Verb::kRollback, "reembed rollback --dry-run", "what going back would do"},
    {Verb::kRollback, "reembed rollback --yes", "undo the latest run without asking"},
    {Verb::kRollback, "reembed rollback --run 20261121T023415Z-1", "go back to before that run",
     false},
    {Verb::kRetire, "reembed retire --dry-run", "which old collections may go"},
    {Verb::kRetire, "reembed retire --collections docs --yes", "delete those of one, unasked",
     false},
    {Verb::kDoctor, "reembed doctor", "is everything ready for a run?"},
});

constexpr std::string_view kSources = R"(
Keys and servers come from the environment or from .env (see .env.example), collections from
config/reembed.json. What a run did stands in the journal, in .reembed.

)";

constexpr std::string_view kExitCodes = R"(Exit codes:
  0 all done                       5 gave up on something temporary: run again later
  2 usage or configuration         6 stopped at a limit you set
  3 some documents failed, differ  130 interrupted
    or were left alone
  4 refused for good               1 a bug, please report it
After 3, 5, 6 and 130 a rerun goes on where the run stopped; nothing is paid twice.)";

std::string ExampleLines(std::optional<Verb> verb) {
  std::string lines = "Examples:\n";
  for (const Example& example : kExamples) {
    const bool shown = verb ? *verb == example.verb : example.general;
    if (shown) lines += fmt::format("  {:<39} {}\n", example.line, example.meaning);
  }
  return lines;
}

std::string_view DoesText(Verb verb) {
  const auto* text = std::find_if(kVerbs.begin(), kVerbs.end(),
                                  [&](const VerbText& entry) { return entry.verb == verb; });
  return text->does;
}

}  // namespace

std::string_view ToString(Verb verb) {
  switch (verb) {
    case Verb::kRun:
      return "run";
    case Verb::kStatus:
      return "status";
    case Verb::kVerify:
      return "verify";
    case Verb::kRollback:
      return "rollback";
    case Verb::kRetire:
      return "retire";
    case Verb::kDoctor:
      return "doctor";
  }
  return "";
}

std::vector<std::string> VerbNames() {
  std::vector<std::string> names;
  names.reserve(kVerbs.size());
  for (const VerbText& entry : kVerbs) names.emplace_back(ToString(entry.verb));
  return names;
}

bool Belongs(std::string_view option, Verb verb) {
  return (VerbsOf(option) & Bit(verb)) != 0;
}

std::string BelongsText(std::string_view option) {
  std::vector<std::string> owners;
  for (const VerbText& entry : kVerbs) {
    if (Belongs(option, entry.verb))
      owners.push_back(fmt::format("'reembed {}'", ToString(entry.verb)));
  }
  std::string text = fmt::format("{} belongs to ", option);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const bool last = i + 1 == owners.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + owners[i];
  }
  return text;
}

std::string UsageText(std::optional<Verb> verb) {
  if (verb == Verb::kRun) return "\nUsage: reembed [run] [options]\n";
  if (verb) return fmt::format("\nUsage: reembed {} [options]\n", ToString(*verb));
  std::string text = "\nUsage: reembed [command] [options]\n\nCommands:\n";
  for (const VerbText& entry : kVerbs) {
    text += fmt::format("  {:<9} {}\n", ToString(entry.verb), entry.does);
  }
  return text + "'reembed COMMAND --help' shows the options of one command.\n";
}

std::string AboutText(std::optional<Verb> verb) {
  if (!verb) return "Computes the embeddings stored in a live Typesense anew, without downtime.";
  return fmt::format("reembed {}: {}.", ToString(*verb), DoesText(*verb));
}

std::string FooterText(std::optional<Verb> verb) {
  return ExampleLines(verb) + std::string(kSources) + std::string(kExitCodes);
}

}  // namespace reembed
