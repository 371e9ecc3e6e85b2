#include "rollback_way_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "reembed/base/text.h"

namespace reembed {
namespace {

std::string SecondsText(double seconds) {
  return seconds < 10 ? fmt::format("{:.1f} s", seconds)
                      : WithThousands(static_cast<std::uint64_t>(seconds)) + " s";
}

std::string AliasSentence(const CollectionRollback& result, bool dry_run) {
  const bool one = result.aliases.size() == 1;
  std::string_view lead = one ? "leads" : "lead";
  if (dry_run) lead = "would lead";
  return fmt::format("{} {} {} back from {} to {}", one ? "Alias" : "Aliases",
                     fmt::join(result.aliases, ", "), lead, result.copy, result.back_to);
}

std::string AwaySentence(const CollectionRollback& result, bool dry_run) {
  if (!dry_run) {
    return result.search_away_seconds
               ? "Vector search was away for " + SecondsText(*result.search_away_seconds)
               : "";
  }
  std::string text = "Vector search would be away from the drop of the field to its return";
  if (result.search_away_seconds) {
    text +=
        fmt::format(" (in the migration that was {})", SecondsText(*result.search_away_seconds));
  }
  return text;
}

// Before the question: what it costs.
std::string AwayWarning(const CollectionRollback& result) {
  if (result.strategy != StrategyChoice::kRebuild) return "";
  std::string text = fmt::format("Vector search on {} will be away meanwhile", result.name);
  if (result.search_away_seconds) {
    text += fmt::format(" (for {} in the migration)", SecondsText(*result.search_away_seconds));
  }
  return text + ". ";
}

}  // namespace

Lines WaySentences(const CollectionRollback& result, bool dry_run) {
  Lines sentences;
  if (!result.back_to.empty()) sentences.push_back(AliasSentence(result, dry_run));
  if (result.definition.empty()) return sentences;
  sentences.push_back(dry_run ? "The field would have its old definition again"
                              : "The field gets its old definition back");
  std::string away = AwaySentence(result, dry_run);
  if (!away.empty()) sentences.push_back(std::move(away));
  return sentences;
}

std::string AliasOutcome(const CollectionRollback& result) {
  const bool planned = result.status == RollbackStatus::kPlanned;
  const std::string_view status = planned ? "dry run" : ToString(result.status);
  if (result.back_to.empty()) {
    return fmt::format("{}, the copy {} {} given up", status, result.copy,
                       planned ? "would be" : "is");
  }
  std::string text =
      fmt::format("{}, {} back to {}", status, planned ? "would lead" : "leads", result.back_to);
  if (result.counts.left > 0) text += fmt::format(", {} not carried over", result.counts.left);
  return text;
}

std::string QuestionText(const RollbackReport& plan) {
  std::string warnings;
  std::vector<std::string> documents, rest;
  for (const CollectionRollback& result : plan.collections) {
    warnings += AwayWarning(result);
    if (result.counts.to_restore > 0) {
      documents.push_back(
          fmt::format("{} documents of {}", WithThousands(result.counts.to_restore), result.name));
    } else if (result.strategy == StrategyChoice::kRebuild) {
      rest.push_back(fmt::format("give the field of {} its old definition back", result.name));
    }
    if (!result.back_to.empty()) {
      rest.push_back(
          fmt::format("lead {} back to {}", fmt::join(result.aliases, ", "), result.back_to));
    }
  }
  if (!documents.empty()) {
    rest.insert(rest.begin(), fmt::format("give {} back the vectors that they had before",
                                          fmt::join(documents, ", ")));
  }
  if (rest.empty()) return "";
  std::string question = fmt::format("{}?", fmt::join(rest, ", and "));
  question.front() = question.front() == 'g' ? 'G' : 'L';
  return warnings + question;
}

}  // namespace reembed
