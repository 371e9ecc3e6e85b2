#include "tests/support/memory_tables.h"

#include <algorithm>
#include <utility>

namespace reembed::testing {
namespace {

MemoryTarget& TargetOf(MemoryTables& tables, const Target& target) {
  for (MemoryTarget& known : tables.targets) {
    if (known.target == target) return known;
  }
  return tables.targets.emplace_back(MemoryTarget{.target = target, .rows = {}, .to_restore = {}});
}

/// Of the target's runs of this recipe the latest on the cluster of `nodes` counts, else the
/// latest.
MemoryEpoch* LatestEpoch(MemoryTables& tables, const Target& target, const Recipe& recipe,
                         const std::vector<std::string>& nodes) {
  const auto is_own = [&](const MemoryRun& run) {
    return run.record.target == target && run.record.recipe == recipe;
  };
  auto run = std::find_if(tables.runs.rbegin(), tables.runs.rend(), [&](const auto& known) {
    return is_own(known) && SameCluster(known.record.nodes, nodes);
  });
  if (run == tables.runs.rend())
    run = std::find_if(tables.runs.rbegin(), tables.runs.rend(), is_own);
  if (run != tables.runs.rend()) return run->epoch;
  const auto latest = std::find_if(tables.epochs.rbegin(), tables.epochs.rend(),
                                   [&](const auto& epoch) { return epoch.recipe == recipe; });
  return latest == tables.epochs.rend() ? nullptr : &*latest;
}

/// The forced collections of one session share what they pay for.
MemoryEpoch* ForcedEpoch(MemoryTables& tables, const Recipe& recipe) {
  const auto forced = std::find_if(tables.epochs.begin(), tables.epochs.end(), [&](const auto& e) {
    return e.recipe == recipe && e.forced_in == tables.session;
  });
  return forced == tables.epochs.end() ? nullptr : &*forced;
}

MemoryEpoch& EpochOf(MemoryTables& tables, const RunSpec& spec) {
  MemoryEpoch* found = spec.force ? ForcedEpoch(tables, spec.recipe)
                                  : LatestEpoch(tables, spec.target, spec.recipe, spec.nodes);
  if (found != nullptr) return *found;
  return tables.epochs.emplace_back(MemoryEpoch{.recipe = spec.recipe,
                                                .forced_in = spec.force ? tables.session : 0,
                                                .vectors = {},
                                                .hashes = {}});
}

/// The latest run of the target on this cluster.
MemoryRun* LatestRun(MemoryTables& tables, const RunSpec& spec) {
  const auto found = std::find_if(tables.runs.rbegin(), tables.runs.rend(), [&](const auto& run) {
    return run.record.target == spec.target && SameCluster(run.record.nodes, spec.nodes);
  });
  return found == tables.runs.rend() ? nullptr : &*found;
}

bool GoesOn(const RunRecord& run, const RunSpec& spec) {
  return !spec.force && run.recipe == spec.recipe && run.state != RunState::kRolledBack &&
         !run.pruned;
}

/// 20261121T023415Z-1
std::string RunId(WallTime now, std::uint64_t session) {
  std::string id = IsoTime(now);
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return id + "-" + std::to_string(session);
}

MemoryRun& BeginRun(MemoryTables& tables, const RunSpec& spec, MemoryEpoch* epoch) {
  if (tables.session_run.empty()) tables.session_run = RunId(spec.now, tables.session);
  const auto number = static_cast<std::int64_t>(tables.runs.size()) + 1;
  MemoryRun& run = tables.runs.emplace_back();
  run.epoch = epoch;
  run.record = {.id = tables.session_run,
                .number = number,
                .name = spec.name,
                .target = spec.target,
                .recipe = spec.recipe,
                .nodes = spec.nodes,
                .started = spec.now,
                .ended = std::nullopt};
  return run;
}

/// The texts whose vectors a document that is not written yet waits for.
std::unordered_set<TextHash, TextHashHasher> NeededOf(const MemoryTables& tables,
                                                      const MemoryEpoch& epoch) {
  std::unordered_set<TextHash, TextHashHasher> needed;
  for (const MemoryTarget& target : tables.targets) {
    for (const auto& [id, row] : target.rows) {
      const bool is_done =
          row.state == DocumentState::kWritten || row.state == DocumentState::kDeleted;
      // Paid for and never in the store: needed whatever became of the document.
      const bool is_unwritten = row.vector && !row.written;
      if (row.epoch == &epoch && (!is_done || is_unwritten)) needed.insert(row.text);
    }
  }
  return needed;
}

void PruneVectors(const MemoryTables& tables, MemoryEpoch& epoch,
                  const std::set<std::int64_t>& runs, Pruned& pruned) {
  const auto needed = NeededOf(tables, epoch);
  std::erase_if(epoch.vectors, [&](const auto& entry) {
    if (!runs.contains(entry.second.run)) return false;
    const bool is_needed = needed.contains(entry.first);
    ++(is_needed ? pruned.vectors_needed : pruned.vectors);
    return !is_needed;
  });
}

}  // namespace

const MemoryTarget* FindTarget(const MemoryTables& tables, const Target& target) {
  const auto found =
      std::find_if(tables.targets.begin(), tables.targets.end(),
                   [&](const MemoryTarget& known) { return known.target == target; });
  return found == tables.targets.end() ? nullptr : &*found;
}

const MemoryEpoch* FindEpoch(MemoryTables& tables, const Target& target, const Recipe& recipe) {
  return LatestEpoch(tables, target, recipe, {});
}

std::optional<VectorHash> KnownVector(const MemoryRow& row, const TextHash& text,
                                      const MemoryEpoch* epoch) {
  if (epoch == nullptr) return std::nullopt;
  if (row.vector && row.epoch == epoch && row.text == text) return row.vector;
  const auto found = epoch->hashes.find(text);
  return found == epoch->hashes.end() ? std::nullopt : std::optional(found->second);
}

std::optional<DocumentState> OutcomeOf(const MemoryTables& tables, const MemoryRow& row) {
  if (row.session != tables.session) return std::nullopt;
  return row.outcome;
}

const MemoryVector* StoredVector(const MemoryRow& row) {
  if (row.epoch == nullptr || !row.vector) return nullptr;
  const auto found = row.epoch->vectors.find(row.text);
  const bool is_it = found != row.epoch->vectors.end() && found->second.hash == row.vector;
  return is_it ? &found->second : nullptr;
}

std::vector<std::optional<JournalRow>> ReadRows(const MemoryTables& tables,
                                                const MemoryTarget* target,
                                                const MemoryEpoch* epoch,
                                                std::span<const std::string_view> ids,
                                                std::uint64_t pass) {
  std::vector<std::optional<JournalRow>> rows(ids.size());
  for (std::size_t i = 0; target != nullptr && i < ids.size(); ++i) {
    const auto found = target->rows.find(ids[i]);
    if (found == target->rows.end()) continue;
    const MemoryRow& row = found->second;
    const std::optional<VectorHash> vector = KnownVector(row, row.text, epoch);
    // Another recipe wrote its own vector, or the document was gone before it had this one. One
    // that this recipe wrote without a vector was to have none.
    const bool is_written = row.state == DocumentState::kWritten;
    const bool is_own = row.epoch == epoch && (row.vector || is_written);
    const bool ended = is_written || row.state == DocumentState::kDeleted;
    const bool is_foreign = row.epoch != epoch && is_written;
    const bool is_embedded = is_foreign || (vector && !is_own && ended);
    rows[i] = JournalRow{.text = row.text,
                         .vector = vector,
                         .state = is_embedded ? DocumentState::kEmbedded : row.state,
                         .of_this_session = row.session == tables.session,
                         .of_this_pass = pass != 0 && row.pass == pass,
                         .copy = row.copy,
                         .spelling = vector == row.vector ? row.spelling : std::nullopt};
  }
  return rows;
}

std::vector<bool> ReadPaid(const MemoryEpoch* epoch, std::span<const TextHash> texts) {
  std::vector<bool> paid;
  for (const TextHash& text : texts)
    paid.push_back(epoch != nullptr && epoch->vectors.contains(text));
  return paid;
}

MemoryPlace OpenRun(MemoryTables& tables, const RunSpec& spec) {
  MemoryPlace place = {.identity = {},
                       .epoch = &EpochOf(tables, spec),
                       .target = &TargetOf(tables, spec.target),
                       .run = LatestRun(tables, spec),
                       .with_backup = spec.backup};
  const bool goes_on = place.run != nullptr && GoesOn(place.run->record, spec);
  if (goes_on) {
    place.run->record.state = RunState::kOpen;
    place.run->record.ended = std::nullopt;
  } else {
    if (place.run != nullptr && place.run->record.state == RunState::kOpen) {
      place.run->record.state = RunState::kEnded;
      place.run->record.ended = spec.now;
    }
    place.run = &BeginRun(tables, spec, place.epoch);
  }
  place.identity = {
      .id = place.run->record.id, .number = place.run->record.number, .continued = goes_on};
  return place;
}

const FieldBackup* FirstBackup(const MemoryTables& tables, std::span<const std::int64_t> runs,
                               std::string_view id) {
  for (const MemoryRun& run : tables.runs) {
    if (std::find(runs.begin(), runs.end(), run.record.number) == runs.end()) continue;
    const auto found = run.backups.find(id);
    if (found != run.backups.end()) return &found->second;
  }
  return nullptr;
}

TargetCounts CountRows(const MemoryTarget& target) {
  TargetCounts counts;
  counts.to_restore = target.to_restore.size();
  for (const auto& [id, row] : target.rows) {
    if (row.pass != target.pass) continue;
    if (row.state == DocumentState::kPending) ++counts.pending;
    if (row.state == DocumentState::kEmbedded) ++counts.embedded;
    if (row.state == DocumentState::kWritten) ++counts.written;
    if (row.state == DocumentState::kSkipped) ++counts.skipped;
    if (row.state == DocumentState::kFailed) ++counts.failed;
  }
  return counts;
}

Pruned Prune(MemoryTables& tables, WallTime before) {
  Pruned pruned;
  std::set<std::int64_t> runs;
  for (MemoryRun& run : tables.runs) {
    const bool ended = run.record.state != RunState::kOpen && run.record.ended < before;
    if (!ended) continue;
    runs.insert(run.record.number);
    if (std::exchange(run.record.pruned, true)) continue;
    ++pruned.runs;
    pruned.backups += run.backups.size();
    run.backups.clear();
  }
  for (MemoryEpoch& epoch : tables.epochs) PruneVectors(tables, epoch, runs, pruned);
  return pruned;
}

}  // namespace reembed::testing
