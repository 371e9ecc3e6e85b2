#include "restore_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "page_sizes.h"
#include "parent_levels.h"
#include "read_back.h"
#include "reembed/core/backup.h"
#include "reembed/core/stored_field.h"

namespace reembed {
namespace {

// What a read of the field gives after the value was written; nothing when that is no vector, which
// a read does not show.
std::optional<Embedding> VectorOf(const FieldValue& value) {
  constexpr std::string_view kField = "v";
  StoredField field;
  if (!ReadStoredField("{\"v\":" + value.json + "}", kField, false, field).ok()) {
    return std::nullopt;
  }
  if (field.kind == FieldKind::kNull) return Embedding();
  if (field.kind != FieldKind::kVector) return std::nullopt;
  return std::move(field.vector);
}

}  // namespace

Status RestoreStage::Run(const std::function<void()>& progress, const StopTokens& stop) {
  while (true) {
    if (auto filled = Fill(); !filled.ok()) return filled;
    if (waiting_.empty()) return {};
    if (stop.drain.stop_requested()) {
      return Interrupted();
    }
    if (auto written = WriteSome(stop); !written.ok()) return written;
    progress();
  }
}

// Reads what was noted until a request's worth waits.
Status RestoreStage::Fill() {
  const std::size_t depth = DepthOf(spec_);
  while (!exhausted_ && waiting_.size() < size_) {
    auto page = parts_.journal.NextToRestore(spec_.target, spec_.runs, after_, kValuesAtOnce);
    if (!page.ok()) return page.error();
    exhausted_ = page->empty();
    for (RestorableDocument& document : *page) {
      after_ = document.id;
      auto value = DecodeBackup(document.backup, depth);
      if (value.ok()) {
        waiting_.push_back({std::move(document.id), std::move(*value)});
      } else {
        Fail(document.id, value.error().message);
      }
    }
  }
  return {};
}

Status RestoreStage::WriteSome(const StopTokens& stop) {
  const std::size_t count = std::min(proved_ ? size_ : 1, waiting_.size());
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<RestoredField> next(std::make_move_iterator(waiting_.begin()),
                                  std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  // The pause comes first, so that little time passes between the look and the write.
  parts_.backlog.Pause(stop);
  const auto request = StillOurs(std::move(next), stop);
  if (!request.ok()) return request.error();
  if (request->empty()) return {};
  const SteadyTime started = parts_.clock.Now();
  const auto outcomes = parts_.restorer.Apply(*request, stop);
  if (!outcomes.ok()) return outcomes.error();
  if (proved_ && indexed_) {
    const auto elapsed = std::chrono::duration_cast<Millis>(parts_.clock.Now() - started);
    size_ = NextRequestSize(rule_, size_, request->size(), elapsed);
  }
  if (!proved_ && outcomes->front().state == UpdateState::kWritten) {
    if (auto proof = ReadBack(request->front(), stop); !proof.ok()) return proof;
  }
  return Save(*request, *outcomes);
}

// Those that hold a vector of ours still. Objects that came with a vector go with it only while
// nothing else is in them.
Result<std::vector<RestoredField>> RestoreStage::StillOurs(std::vector<RestoredField> request,
                                                           const StopTokens& stop) {
  const std::string& field = spec_.target.field;
  // All of a nested field's outermost object, to see what else is in it.
  const std::string read = spec_.nested ? field.substr(0, field.find('.')) : field;
  std::vector<std::string> ids;
  ids.reserve(request.size());
  for (const RestoredField& document : request) ids.push_back(document.id);
  const auto lookup =
      parts_.reader.MakeLookup({spec_.target.collection, {read}, /*filter_by=*/"", nullptr});
  const auto found = lookup->Find(ids, stop);
  if (!found.ok()) return found.error();
  std::vector<RestoredField> ours;
  for (std::size_t i = 0; i < request.size(); ++i) {
    if ((*found)[i].state != LookupState::kFound) {
      ++result_.counts.gone;
      continue;
    }
    const std::string& json = (*found)[i].document.json;
    const auto is_ours = IsOurs(request[i].id, json);
    if (!is_ours.ok()) return is_ours.error();
    if (!*is_ours) continue;
    if (request[i].value.levels + 1 < DepthOf(spec_)) {
      const auto level = LevelToClear(json, field, request[i].value.levels);
      if (!level.ok()) return level.error();
      request[i].value.levels = *level;
    }
    ours.push_back(std::move(request[i]));
  }
  return ours;
}

// Lists the document when it is not.
Result<bool> RestoreStage::IsOurs(const std::string& id, std::string_view document) {
  if (auto read = ReadStoredField(document, spec_.target.field, spec_.nested, field_); !read.ok()) {
    return read.error();
  }
  if (field_.kind == FieldKind::kVector) {
    const std::vector<VectorHash> hashes = {HashVector(field_.vector)};
    const auto ours = parts_.journal.AreOurs(hashes);
    if (!ours.ok()) return ours.error();
    if (ours->front()) return true;
  }
  // What does not fit is removed, and listed then.
  if (IsUnfit(field_, spec_.length)) return false;
  ++result_.counts.left;
  if (result_.left.size() < kMaxLeftListed) result_.left.push_back(LeftAlone(id, field_));
  return false;
}

Status RestoreStage::ReadBack(const RestoredField& document, const StopTokens& stop) {
  const auto expected = VectorOf(document.value);
  // It proves nothing, so the next one goes alone too.
  if (!expected) return {};
  const Target& target = spec_.target;
  const auto found = ReadVectorBack(parts_.reader, parts_.clock, target.collection, target.field,
                                    document.id, *expected, stop);
  if (!found.ok()) return found.error();
  proved_ = *found == reembed::ReadBack::kHeld;
  if (*found != reembed::ReadBack::kDiffers) return {};
  read_back_differed_ = true;
  return Error{
      .kind = ErrorKind::kRefused,
      .message = fmt::format("document '{}' of {} was given its old field `{}` first and does not "
                             "hold it; stopped before restoring another. Look for a proxy that "
                             "alters requests, or for an application that writes the field as well",
                             document.id, target.collection, target.field)};
}

Status RestoreStage::Save(std::span<const RestoredField> request,
                          std::span<const UpdateOutcome> outcomes) {
  std::vector<std::string_view> restored;
  std::uint64_t emptied = 0;
  for (std::size_t i = 0; i < request.size(); ++i) {
    if (outcomes[i].state != UpdateState::kWritten) continue;
    restored.emplace_back(request[i].id);
    if (request[i].value.json == "null") ++emptied;
  }
  if (!restored.empty()) {
    if (auto saved = parts_.journal.SaveRestored(spec_.target, restored); !saved.ok()) return saved;
  }
  result_.counts.restored += restored.size();
  result_.counts.emptied += emptied;
  for (std::size_t i = 0; i < request.size(); ++i) {
    if (outcomes[i].state == UpdateState::kDeleted) ++result_.counts.gone;
    if (outcomes[i].state == UpdateState::kRejected) Fail(request[i].id, outcomes[i].message);
  }
  return {};
}

void RestoreStage::Fail(const std::string& id, const std::string& reason) {
  ++result_.counts.failed;
  parts_.log.Warning(
      fmt::format("{}: document '{}' keeps its new vector: {}", result_.name, id, reason));
  if (result_.left.size() == kMaxLeftListed) return;
  result_.left.push_back({id, LeftKind::kRejected, "its old field was refused: " + reason});
}

}  // namespace reembed
