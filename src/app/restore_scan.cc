#include "restore_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "page_sizes.h"
#include "reembed/core/backup.h"

namespace reembed {
namespace {

bool HoldsNothing(BackupKind kind) {
  return kind == BackupKind::kAbsent || kind == BackupKind::kNull;
}

// Absent, null and absent with its parents are all "no vector": an update with null removes the
// key, so which of them it was cannot always be brought back and makes no difference to anyone.
bool IsAsBefore(const StoredField& field, const FieldBackup& before) {
  const bool holds_nothing = field.kind == FieldKind::kAbsent || field.kind == FieldKind::kNull;
  if (holds_nothing) return HoldsNothing(before.kind);
  return EncodeBackup(field) == before;
}

}  // namespace

Status RestoreScan::Begin() {
  counts_ = {};
  left_.clear();
  with_backup_ = 0;
  unfit_ = 0;
  used_ = 0;
  seen_.resize(kAskedAtOnce);
  return note_ ? journal_.BeginRestore(spec_.target) : Status();
}

Result<ScanVisitor::Next> RestoreScan::Visit(const Document& document) {
  Seen& seen = seen_[used_];
  const Status read = ReadStoredField(document.json, spec_.target.field, spec_.nested, seen.field);
  if (!read.ok()) return read.error();
  seen.id = document.id;
  if (++used_ == seen_.size()) {
    if (auto flushed = Flush(); !flushed.ok()) return flushed.error();
  }
  return Next::kGoOn;
}

Status RestoreScan::Finish() {
  return Flush();
}

Status RestoreScan::Flush() {
  if (used_ == 0) return {};
  std::vector<std::string_view> ids;
  ids.reserve(used_);
  for (std::size_t i = 0; i < used_; ++i) ids.emplace_back(seen_[i].id);
  auto backups = journal_.FirstBackups(spec_.target, spec_.runs, ids);
  if (!backups.ok()) return backups.error();
  auto judged = Judge(*backups);
  used_ = 0;
  return judged;
}

Status RestoreScan::Judge(const std::vector<std::optional<FieldBackup>>& backups) {
  std::vector<Holder> holders;
  std::vector<std::string_view> as_before;
  for (std::size_t i = 0; i < used_; ++i) {
    const Seen& seen = seen_[i];
    const bool holds_vector = seen.field.kind == FieldKind::kVector;
    const bool unfit = IsUnfit(seen.field, spec_.length);
    if (!backups[i]) {
      if (unfit) {
        LeaveUnfit(seen, false);
      } else if (holds_vector && !spec_.without_backup.empty()) {
        holders.push_back({&seen, false});
      } else {
        ++counts_.without_backup;
      }
      continue;
    }
    ++with_backup_;
    const bool same = IsAsBefore(seen.field, *backups[i]);
    if (same && !unfit) {
      ++counts_.as_before;
      as_before.emplace_back(seen.id);
    } else if (holds_vector && !same) {
      holders.push_back({&seen, true});
    } else if (unfit) {
      // The backup itself may be of a time when another definition held.
      LeaveUnfit(seen, true);
    } else {
      Leave(LeftAlone(seen.id, seen.field));
    }
  }
  // Given back by a rollback that was cut off before it could say so.
  if (note_ && !as_before.empty()) {
    if (auto saved = journal_.SaveRestored(spec_.target, as_before); !saved.ok()) return saved;
  }
  return JudgeVectors(holders);
}

Status RestoreScan::JudgeVectors(const std::vector<Holder>& holders) {
  if (holders.empty()) return {};
  std::vector<VectorHash> hashes;
  hashes.reserve(holders.size());
  for (const Holder& holder : holders) hashes.push_back(HashVector(holder.seen->field.vector));
  const auto ours = journal_.AreOurs(hashes);
  if (!ours.ok()) return ours.error();
  std::vector<std::string_view> to_restore;
  to_restore.reserve(holders.size());
  for (std::size_t i = 0; i < holders.size(); ++i) {
    const auto& [seen, has_backup] = holders[i];
    if (has_backup && (*ours)[i]) {
      to_restore.emplace_back(seen->id);
    } else if (has_backup && IsUnfit(seen->field, spec_.length)) {
      LeaveUnfit(*seen, true);
    } else if (has_backup) {
      Leave(LeftAlone(seen->id, seen->field));
    } else if ((*ours)[i]) {
      Leave({seen->id, LeftKind::kNoBackup, spec_.without_backup});
    } else {
      ++counts_.without_backup;
    }
  }
  counts_.to_restore += to_restore.size();
  return note_ && !to_restore.empty() ? journal_.NoteToRestore(spec_.target, to_restore) : Status();
}

void RestoreScan::Leave(UnrestoredDocument document) {
  ++counts_.left;
  if (left_.size() < kMaxLeftListed) left_.push_back(std::move(document));
}

void RestoreScan::LeaveUnfit(const Seen& seen, bool has_backup) {
  ++unfit_;
  Leave(LosesVector(seen.id, seen.field, has_backup));
}

std::size_t DepthOf(const RestoreSpec& spec) {
  const std::string& field = spec.target.field;
  return spec.nested ? 1 + static_cast<std::size_t>(std::count(field.begin(), field.end(), '.'))
                     : 1;
}

bool IsUnfit(const StoredField& field, std::size_t length) {
  if (length == 0) return false;
  return field.kind == FieldKind::kOther ||
         (field.kind == FieldKind::kVector && field.vector.size() != length);
}

UnrestoredDocument LosesVector(std::string id, const StoredField& field, bool has_backup) {
  const std::string what = field.kind == FieldKind::kVector
                               ? fmt::format("vector of {} components", field.vector.size())
                               : "value, which is no vector,";
  return {std::move(id), LeftKind::kUnfit,
          fmt::format("{}its {} does not fit the old field: removed",
                      has_backup ? "" : "has no backup, and ", what)};
}

UnrestoredDocument LeftAlone(std::string id, const StoredField& field) {
  switch (field.kind) {
    case FieldKind::kVector:
      return {std::move(id), LeftKind::kNotOurs, "holds a vector that is not ours"};
    case FieldKind::kOther:
      return {std::move(id), LeftKind::kNotOurs, "holds a value that is not ours"};
    case FieldKind::kAbsent:
    case FieldKind::kNull:
      break;
  }
  return {std::move(id), LeftKind::kRemoved, "its vector was removed since"};
}

}  // namespace reembed
