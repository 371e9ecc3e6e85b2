#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"

namespace reembed {

/// What `verify` says of one document.
enum class VerifyFinding : std::uint8_t {
  kMatch,        ///< text and vector are the journal's
  kDiffer,       ///< the text is ours and the vector is not
  kMissing,      ///< no vector is stored
  kWrongLength,  ///< a vector of another length than the model's
  kStaleText,    ///< the text was changed after it was embedded
  kNewSince,     ///< the journal has no vector for it, or has not written it yet
  kFailed,       ///< the last run failed on it: it kept what it had
  kSkipped,      ///< it has no text and is not to have a vector: no difference
};
/// `match`, `differ`, `missing`, `wrong_length`, `stale_text`, `new_since`, `failed`, `skipped`.
std::string_view ToString(VerifyFinding finding);

/// How many differing documents, and ids of each kind, a report lists per collection.
inline constexpr std::size_t kMaxDifferencesListed = 1000;

/// The documents of one pass, each in one number.
struct VerifyCounts {
  std::uint64_t match = 0, differ = 0, missing = 0, wrong_length = 0, stale_text = 0, new_since = 0,
                failed = 0, skipped = 0;
  void Add(VerifyFinding finding);
  std::uint64_t differences() const {
    return differ + missing + wrong_length + stale_text + new_since + failed;
  }
  std::uint64_t documents() const { return match + skipped + differences(); }
  friend bool operator==(const VerifyCounts&, const VerifyCounts&) = default;
};

/// A document that does not match.
struct VerifyDifference {
  std::string id;
  VerifyFinding finding = VerifyFinding::kDiffer;
};

/// The run that a collection is held against.
struct VerifiedRun {
  std::string id;
  WallTime started;
  std::string recipe;       ///< for people: model and length
  bool same_recipe = true;  ///< as the configuration asks for
};

/// Documents that match, looked for in the index by their own vectors.
/// checked = found + recall + not_indexed + changed.
struct IndexSample {
  std::uint64_t checked = 0;
  std::uint64_t found = 0;        ///< among the first 10, or one with the same vector was
  std::uint64_t recall = 0;       ///< in the index, and the approximate search passed over it
  std::uint64_t not_indexed = 0;  ///< not found by an exact search either: a difference
  std::uint64_t changed = 0;      ///< written or deleted since the scan: not judged
  std::vector<std::string> recall_ids, not_indexed_ids;  ///< at most kMaxDifferencesListed
};

/// A document whose text gave another vector than the stored one.
struct RecomputeDifference {
  std::string id;
  double cosine = 0;
};

/// Documents embedded again and compared with what is stored.
struct RecomputeSample {
  std::uint64_t population = 0;    ///< documents with a text and a vector: the sample is of these
  std::uint64_t texts = 0;         ///< different texts that were sent
  std::uint64_t compared = 0;      ///< documents
  std::uint64_t not_compared = 0;  ///< sampled, and the provider gave no vector
  std::uint64_t differing = 0;     ///< cosine below kSameCosine
  std::optional<double> min_cosine, mean_cosine;  ///< absent when nothing was compared
  double at_most = 1;  ///< this share of the population can differ, with kConfidence
  std::vector<RecomputeDifference> differences = {};  ///< at most kMaxDifferencesListed
};
inline constexpr double kSameCosine = 0.999;
inline constexpr double kConfidence = 0.95;

/// One collection of the configuration.
struct CollectionVerification {
  std::string name;        ///< key of the configuration
  std::string collection;  ///< real name; the configured one until it is known
  std::string field;
  std::optional<std::string> skip_reason;  ///< set: nothing was asked
  std::string error;                       ///< why it could not be verified, or not wholly
  bool scanned = false;                    ///< the counts are of a whole pass
  std::string recipe;                      ///< for people: what was verified against
  std::optional<VerifiedRun> run;          ///< absent: the journal knows none for this target
  std::string search_away;  ///< why no vector search is possible, and what to do; empty otherwise
  std::vector<std::string> notes;
  VerifyCounts counts;
  std::vector<VerifyDifference> differences;  ///< the first ones, at most kMaxDifferencesListed
  std::optional<IndexSample> index;
  std::optional<RecomputeSample> recomputed;

  /// Anything that makes the exit code 3.
  bool Differs() const {
    return !search_away.empty() || counts.differences() > 0 || (index && index->not_indexed > 0) ||
           (recomputed && recomputed->differing > 0);
  }
};

/// What the verb `verify` came to.
struct VerifyReport {
  std::string version;  ///< of the program
  WallTime started_at, finished_at;
  double seconds = 0;
  std::vector<CollectionVerification> collections;
  std::string message;  ///< why it ended early; empty otherwise
  int exit_code = 0;
};

}  // namespace reembed
