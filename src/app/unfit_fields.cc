#include "unfit_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "page_sizes.h"

namespace reembed {
namespace {

class Finder final : public ScanVisitor {
 public:
  explicit Finder(const RestoreSpec& spec) : spec_(spec) {}

  std::vector<std::string> unfit;
  std::uint64_t without = 0;

  Status Restart() override {
    unfit.clear();
    without = 0;
    return {};
  }
  Result<Next> Visit(const Document& document) override {
    const Status read = ReadStoredField(document.json, spec_.target.field, spec_.nested, field_);
    if (!read.ok()) return read.error();
    if (IsUnfit(field_, spec_.length)) {
      unfit.push_back(document.id);
    } else if (field_.kind != FieldKind::kVector) {
      ++without;
    }
    return Next::kGoOn;
  }

 private:
  const RestoreSpec& spec_;
  StoredField field_;
};

}  // namespace

UnfitFields::UnfitFields(RollbackCase& work, const RestoreSpec& spec) : work_(work), spec_(spec) {
  // What was refused its old vector is listed already.
  for (const UnrestoredDocument& document : work.result.left) listed_.insert(document.id);
}

Status UnfitFields::Remove(const StopTokens& stop) {
  refused_.clear();
  Finder finder(spec_);
  const auto scan =
      work_.tools.reader.MakeScan({spec_.target.collection, {spec_.target.field}, "", nullptr});
  // Heeds the second signal alone: the field is away.
  if (auto scanned = scan->Run(finder, {stop.abort, stop.abort}); !scanned.ok()) return scanned;
  without_ = finder.without + finder.unfit.size();
  const std::span<const std::string> ids = finder.unfit;
  for (std::size_t at = 0; at < ids.size(); at += kIdsAtOnce) {
    const auto page = ids.subspan(at, std::min(kIdsAtOnce, ids.size() - at));
    if (auto removed = RemovePage(page, stop); !removed.ok()) return removed;
  }
  return {};
}

Status UnfitFields::RemovePage(std::span<const std::string> ids, const StopTokens& stop) {
  const std::string& field = spec_.target.field;
  const auto lookup =
      work_.tools.reader.MakeLookup({spec_.target.collection, {field}, /*filter_by=*/"", nullptr});
  const auto found = lookup->Find(ids, stop);
  if (!found.ok()) return found.error();
  const std::vector<std::string_view> views(ids.begin(), ids.end());
  const auto backups = work_.tools.journal.FirstBackups(spec_.target, spec_.runs, views);
  if (!backups.ok()) return backups.error();
  std::vector<RestoredField> request;
  std::vector<UnrestoredDocument> entries;
  StoredField stored;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if ((*found)[i].state != LookupState::kFound) continue;
    const Status parsed = ReadStoredField((*found)[i].document.json, field, spec_.nested, stored);
    if (!parsed.ok()) return parsed.error();
    if (!IsUnfit(stored, spec_.length)) continue;
    // The objects on the path to a nested field stay: they came with the document.
    request.push_back({ids[i], {"null", DepthOf(spec_) - 1}});
    entries.push_back(LosesVector(ids[i], stored, (*backups)[i].has_value()));
  }
  if (request.empty()) return {};
  const auto restorer = work_.writing->writer.MakeRestorer(
      {spec_.target.collection, spec_.target.field, spec_.nested});
  const auto outcomes = restorer->Apply(request, stop);
  if (!outcomes.ok()) return outcomes.error();
  return List(request, *outcomes, std::move(entries));
}

Status UnfitFields::List(std::span<const RestoredField> request,
                         std::span<const UpdateOutcome> outcomes,
                         std::vector<UnrestoredDocument> entries) {
  CollectionRollback& result = work_.result;
  for (std::size_t i = 0; i < request.size(); ++i) {
    if (outcomes[i].state == UpdateState::kDeleted) continue;
    if (outcomes[i].state == UpdateState::kRejected) {
      refused_ =
          fmt::format("document '{}' cannot be changed ({})", request[i].id, outcomes[i].message);
      continue;
    }
    work_.tools.log.Warning(
        fmt::format("{}: document '{}': {}", result.name, entries[i].id, entries[i].reason));
    if (!listed_.insert(entries[i].id).second) continue;
    ++result.counts.left;
    if (result.left.size() < kMaxLeftListed) result.left.push_back(std::move(entries[i]));
  }
  return {};
}

}  // namespace reembed
