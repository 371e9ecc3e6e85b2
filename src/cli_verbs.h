#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli.h"

namespace reembed {

/// A verb and what it does, in the order of the help.
struct VerbText {
  Verb verb;
  std::string_view does;
};
inline constexpr std::array<VerbText, 6> kVerbs = {
    {{Verb::kRun, "compute the vectors anew; also without a command"},
     {Verb::kStatus, "show the runs, what is left, what a rerun would do"},
     {Verb::kVerify, "compare the stored vectors with what the runs wrote"},
     {Verb::kRollback, "give the documents back the vectors that a run replaced"},
     {Verb::kRetire, "delete the collections that alias switches have left behind"},
     {Verb::kDoctor, "check configuration, keys, servers and plan"}}};

/// The names of all verbs.
std::vector<std::string> VerbNames();

/// Whether the option (`--prune`) may stand beside the verb.
bool Belongs(std::string_view option, Verb verb);

/// `--yes belongs to 'reembed status', 'reembed rollback' and 'reembed retire'`.
std::string BelongsText(std::string_view option);

/// What stands around the options in the help of one verb, or of the program.
std::string UsageText(std::optional<Verb> verb);   ///< begins and ends with a newline
std::string AboutText(std::optional<Verb> verb);   ///< one sentence
std::string FooterText(std::optional<Verb> verb);  ///< examples, and the exit codes

}  // namespace reembed
