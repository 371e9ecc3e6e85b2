#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reembed/ports/journal.h"

namespace reembed::testing {

/// A paid vector.
struct MemoryVector {
  SharedEmbedding vector;
  VectorHash hash;
  bool truncated = false;
  std::int64_t run = 0;  ///< that paid for it
};

/// The vectors of one recipe, from its first run or from a forced one on.
struct MemoryEpoch {
  Recipe recipe;
  std::uint64_t forced_in = 0;  ///< the session; 0: not forced
  std::unordered_map<TextHash, MemoryVector, TextHashHasher> vectors;
  std::unordered_map<TextHash, VectorHash, TextHashHasher> hashes;  ///< also of pruned vectors
};

/// A document.
struct MemoryRow {
  TextHash text;
  const MemoryEpoch* epoch = nullptr;  ///< whose work it is, and of which `vector` is
  std::optional<VectorHash> vector;    ///< belongs to `text`
  bool written = false;                ///< the store has held `vector`
  DocumentState state = DocumentState::kPending;
  std::uint64_t pass = 0;     ///< the last that showed it
  std::uint64_t session = 0;  ///< in which it had `outcome`; 0: none
  DocumentState outcome = DocumentState::kPending;
  std::optional<TextHash> copy;      ///< of the copy that was made of the whole document
  std::optional<TextHash> spelling;  ///< of the text that `vector` has in the store
};

/// A target's documents.
struct MemoryTarget {
  Target target;
  std::uint64_t pass = 0;  ///< the last that was begun
  std::map<std::string, MemoryRow, std::less<>> rows;
  std::set<std::string, std::less<>> to_restore;
};

struct MemoryRun {
  RunRecord record;
  MemoryEpoch* epoch = nullptr;
  std::map<std::string, FieldBackup, std::less<>> backups;
};

/// All that a memory journal holds. Deques: what is in them stays where it is.
struct MemoryTables {
  std::uint64_t session = 1;
  std::string session_run;  ///< the id of the runs that this session begins
  std::deque<MemoryEpoch> epochs;
  std::deque<MemoryTarget> targets;
  std::deque<MemoryRun> runs;                             ///< run number N is runs[N - 1]
  std::unordered_set<VectorHash, TextHashHasher> hashes;  ///< of every vector ever held
  std::vector<Cutover> cutovers;                          ///< number N is cutovers[N - 1]
};

/// Null when there is none.
const MemoryTarget* FindTarget(const MemoryTables& tables, const Target& target);
/// The epoch of the target's latest run of this recipe, else the recipe's latest; null when there
/// is none.
const MemoryEpoch* FindEpoch(MemoryTables& tables, const Target& target, const Recipe& recipe);
/// The vector of `text` that `epoch` (or null) has or had: the row's, or another document's.
std::optional<VectorHash> KnownVector(const MemoryRow& row, const TextHash& text,
                                      const MemoryEpoch* epoch);
/// The outcome that the row had in this session.
std::optional<DocumentState> OutcomeOf(const MemoryTables& tables, const MemoryRow& row);

/// The vector of the row's own text, to be written; null when the journal has it not, or no more.
const MemoryVector* StoredVector(const MemoryRow& row);

/// JournalView's answers; `target` and `epoch` may be null. `pass`: the one that is on; 0: none.
std::vector<std::optional<JournalRow>> ReadRows(const MemoryTables& tables,
                                                const MemoryTarget* target,
                                                const MemoryEpoch* epoch,
                                                std::span<const std::string_view> ids,
                                                std::uint64_t pass);
std::vector<bool> ReadPaid(const MemoryEpoch* epoch, std::span<const TextHash> texts);

/// Where OpenRun's journal works.
struct MemoryPlace {
  RunIdentity identity;
  MemoryEpoch* epoch = nullptr;
  MemoryTarget* target = nullptr;
  MemoryRun* run = nullptr;
  bool with_backup = true;
};
MemoryPlace OpenRun(MemoryTables& tables, const RunSpec& spec);

/// The backup of the earliest of `runs` that has one; null when none has.
const FieldBackup* FirstBackup(const MemoryTables& tables, std::span<const std::int64_t> runs,
                               std::string_view id);
TargetCounts CountRows(const MemoryTarget& target);
Pruned Prune(MemoryTables& tables, WallTime before);

}  // namespace reembed::testing
