#include "verify_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "clean.h"
#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"

namespace reembed {
namespace {

// A long sentence in lines of at most kReportWidth columns, what follows the first one set in.
void AddSetIn(Lines& lines, std::string_view text) {
  std::string_view indent = "  ";
  for (const std::string& line : Wrapped(text, kReportWidth - 4)) {
    lines.push_back(std::string(indent) + line);
    indent = "    ";
  }
}

void AddCount(Lines& lines, std::string_view label, std::uint64_t number) {
  if (number > 0) lines.push_back(fmt::format("  {}: {}", label, WithThousands(number)));
}

void AddCounts(Lines& lines, const VerifyCounts& counts) {
  lines.push_back(fmt::format("  Documents: {}", WithThousands(counts.documents())));
  lines.push_back(fmt::format("  Match: {}", WithThousands(counts.match)));
  AddCount(lines, "Differ (another vector is stored)", counts.differ);
  AddCount(lines, "Missing (no vector is stored)", counts.missing);
  AddCount(lines, "Wrong length", counts.wrong_length);
  AddCount(lines, "Stale text (changed after it was embedded)", counts.stale_text);
  AddCount(lines, "New since (or not written yet)", counts.new_since);
  AddCount(lines, "Failed in the last run", counts.failed);
  AddCount(lines, "Skipped (no text)", counts.skipped);
}

void AddMore(Lines& lines, std::uint64_t total, std::size_t shown) {
  if (total <= shown) return;
  lines.push_back(fmt::format("    … and {} more; --output json lists up to {}",
                              WithThousands(total - shown), WithThousands(kMaxDifferencesListed)));
}

void AddDifferences(Lines& lines, const CollectionVerification& result) {
  if (result.differences.empty()) return;
  const std::size_t shown = std::min(result.differences.size(), kMaxDifferencesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const VerifyDifference& difference = result.differences[i];
    lines.push_back(fmt::format("    - id '{}': {}", difference.id, ToString(difference.finding)));
  }
  AddMore(lines, result.counts.differences(), shown);
}

void AddIds(Lines& lines, std::string_view what, const std::vector<std::string>& ids,
            std::uint64_t total) {
  const std::size_t shown = std::min(ids.size(), kMaxDifferencesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back(fmt::format("    - id '{}': {}", ids[i], what));
  }
  AddMore(lines, total, shown);
}

void AddIndex(Lines& lines, const IndexSample& sample) {
  if (sample.checked == 0) {
    lines.emplace_back("  Vector search: no matching document to look for");
    return;
  }
  std::string text =
      fmt::format("Vector search: {} of {} sampled documents found", sample.found, sample.checked);
  if (sample.not_indexed > 0) text += fmt::format(", {} not indexed", sample.not_indexed);
  if (sample.recall > 0) {
    text += fmt::format(", {} missed by the approximate search (recall)", sample.recall);
  }
  if (sample.changed > 0) text += fmt::format(", {} changed meanwhile", sample.changed);
  AddSetIn(lines, text);
  AddIds(lines, "not indexed", sample.not_indexed_ids, sample.not_indexed);
  AddIds(lines, "missed by the approximate search", sample.recall_ids, sample.recall);
}

// Rounded up: a bound must stay one.
double PercentUp(double share) {
  return std::ceil(share * 10000.0 - 1e-9) / 100.0;
}

std::string BoundText(const RecomputeSample& sample) {
  if (sample.compared == sample.population) return "All documents with a vector were compared";
  return fmt::format("Of all documents: at most {:.2f} % can differ ({:.0f} % confidence)",
                     PercentUp(sample.at_most), kConfidence * 100);
}

void AddRecomputed(Lines& lines, const RecomputeSample& sample) {
  if (!sample.min_cosine || !sample.mean_cosine) {
    lines.emplace_back("  Embedded again: no document could be compared");
  } else {
    AddSetIn(lines, fmt::format("Embedded again: {} documents compared, {} differ; cosine min "
                                "{:.6f}, mean {:.6f}",
                                WithThousands(sample.compared), WithThousands(sample.differing),
                                *sample.min_cosine, *sample.mean_cosine));
    lines.push_back("  " + BoundText(sample));
  }
  AddCount(lines, "Not compared (no vector came for their text)", sample.not_compared);
  const std::size_t shown = std::min(sample.differences.size(), kMaxDifferencesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const RecomputeDifference& difference = sample.differences[i];
    lines.push_back(fmt::format("    - id '{}': cosine {:.6f}", difference.id, difference.cosine));
  }
  AddMore(lines, sample.differing, shown);
}

Lines CollectionLines(const CollectionVerification& result) {
  Lines lines = {fmt::format("Verifying '{}':", result.name)};
  lines.push_back(fmt::format("  - Embedding field: {}", result.field));
  if (result.collection != result.name) lines.push_back("  - Collection: " + result.collection);
  if (!result.recipe.empty()) lines.push_back("  - Model: " + result.recipe);
  if (result.run) {
    lines.push_back(
        fmt::format("  - Last run: {} of {}", result.run->id, IsoTime(result.run->started)));
  }
  if (!result.search_away.empty()) AddSetIn(lines, "! " + result.search_away);
  for (const std::string& note : result.notes) AddSetIn(lines, "- Note: " + note);
  if (result.scanned) {
    AddCounts(lines, result.counts);
    AddDifferences(lines, result);
    if (result.index) AddIndex(lines, *result.index);
    if (result.recomputed) AddRecomputed(lines, *result.recomputed);
  }
  if (!result.error.empty()) AddSetIn(lines, "! " + result.error);
  return lines;
}

std::string OutcomeText(const CollectionVerification& result) {
  if (result.skip_reason) return fmt::format("skipped ({})", *result.skip_reason);
  const bool away = !result.search_away.empty();
  if (!result.scanned) return away ? "not verified, vector search is away" : "not verified";
  std::string text = result.Differs() ? fmt::format("differs: {} of {} documents",
                                                    WithThousands(result.counts.differences()),
                                                    WithThousands(result.counts.documents()))
                                      : std::string("matches");
  if (away) text += ", vector search is away";
  if (result.index && result.index->not_indexed > 0) {
    text += fmt::format(", {} sampled not indexed", result.index->not_indexed);
  }
  if (result.recomputed && result.recomputed->differing > 0) {
    text += fmt::format(", {} embedded again differ", result.recomputed->differing);
  }
  if (!result.error.empty()) text += ", not wholly verified";
  return text;
}

Lines ClosingLines(const VerifyReport& report) {
  if (report.exit_code == kExitInterrupted) return {"Interrupted: the numbers are not complete."};
  if (report.exit_code == kExitDone) return {"Everything matches. Nothing was changed."};
  if (report.exit_code != kExitPartial) {
    return {"Not everything could be verified; the reasons stand above. Nothing was changed."};
  }
  const bool away =
      std::any_of(report.collections.begin(), report.collections.end(),
                  [](const CollectionVerification& result) { return !result.search_away.empty(); });
  if (away) {
    return Wrapped(
        "Differences were found, and nothing was changed. Vector search is away: do first what the "
        "lines with `!` say, then verify again.",
        kReportWidth);
  }
  return Wrapped(
      "Differences were found, and nothing was changed. After a rollback, or with another model "
      "configured than the vectors are from, that is as it should be. Otherwise `reembed run` "
      "embeds "
      "what is new, changed or failed and writes the vectors that are not ours again. If documents "
      "are not indexed, restart the node they are missing on, or write them again.",
      kReportWidth);
}

}  // namespace

Lines VerifyLines(const VerifyReport& report) {
  Lines lines = TitleLines("VERIFICATION");
  const auto add = [&lines](const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  for (const CollectionVerification& result : report.collections) {
    if (!result.skip_reason) add(CollectionLines(result));
  }
  add(TitleLines("VERIFICATION SUMMARY"));
  for (const CollectionVerification& result : report.collections) {
    lines.push_back(fmt::format("{}: {}", result.name, OutcomeText(result)));
  }
  lines.push_back(Rule());
  add(ClosingLines(report));
  return lines;
}

std::string VerifyText(const VerifyReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : VerifyLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

}  // namespace reembed
