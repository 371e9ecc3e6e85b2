#include "copy_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "page_sizes.h"
#include "read_back.h"
#include "reconcile_visitor.h"
#include "reembed/core/spliced_document.h"
#include "reembed/core/stored_field.h"
#include "reembed/core/vectors.h"
#include "stage.h"
#include "stopwatch.h"

namespace reembed {
namespace {

DocumentOutcome Refused(std::string id, std::string message) {
  Failure failure{id, Stage::kUpdate, FailureKind::kRejected, std::move(message)};
  return {.id = std::move(id), .state = DocumentState::kFailed, .failure = std::move(failure)};
}

}  // namespace

CopyStage::CopyStage(const StrategyTools& tools, const CollectionPlan& plan, CopySpec spec,
                     Journal& journal, Tally& tally)
    : tools_(tools),
      plan_(plan),
      spec_(std::move(spec)),
      journal_(journal),
      tally_(tally),
      lookup_(tools.reader.MakeLookup({.collection = spec_.source, .whole = true})),
      copier_(tools.writer.MakeCopier(spec_.destination)) {}

Status CopyStage::Copy(ChangedText changed, const StopTokens& stop) {
  const auto count = journal_.EmbeddedCount();
  if (!count.ok()) return count.error();
  if (*count > 0) tally_.BeginPhase("copying", *count);
  const Stopwatch watch(tools_.clock, tools_.log, plan_.config.name, "copy");
  std::string after;
  for (;;) {
    auto page = journal_.NextEmbedded(after, kIdsAtOnce);
    if (!page.ok()) return page.error();
    if (page->empty()) return {};
    after = page->back().id;
    if (auto copied = CopyPage(*page, changed, stop); !copied.ok()) return copied;
    tally_.AddPhaseDone(page->size());
    if (tally_.run_totals().limit_reached().stop_requested()) {
      return tally_.run_totals().LimitError();
    }
  }
}

Status CopyStage::CopyPage(std::span<const EmbeddedDocument> page, ChangedText changed,
                           const StopTokens& stop) {
  std::vector<std::string> ids;
  for (const EmbeddedDocument& document : page) ids.push_back(document.id);
  const auto originals = lookup_->Find(ids, stop);
  if (!originals.ok()) return originals.error();
  Prepared prepared;
  for (std::size_t i = 0; i < page.size(); ++i) {
    // One that is gone by now is found gone by the next scan.
    if ((*originals)[i].state != LookupState::kFound) continue;
    Status ready = Prepare(page[i], (*originals)[i].document.json, changed, prepared);
    if (!ready.ok()) return ready;
  }
  refused_ += prepared.ended.size();
  if (auto saved = RecordOutcomes(journal_, tally_, prepared.ended); !saved.ok()) return saved;
  for (std::size_t from = 0; from < prepared.copies.size();) {
    const std::size_t count = NextCount(prepared, from);
    if (auto written = Write(prepared, from, count, stop); !written.ok()) return written;
    from += count;
  }
  return {};
}

// The first with a vector goes alone; those without have nothing to be read back.
std::size_t CopyStage::NextCount(const Prepared& prepared, std::size_t from) const {
  if (proved_) return prepared.copies.size() - from;
  const auto begin = prepared.vectors.begin() + static_cast<std::ptrdiff_t>(from);
  const auto with = std::find_if(begin, prepared.vectors.end(),
                                 [](const SharedEmbedding& vector) { return vector != nullptr; });
  return std::max<std::size_t>(1, static_cast<std::size_t>(with - begin));
}

Status CopyStage::Prepare(const EmbeddedDocument& document, const std::string& original,
                          ChangedText changed, Prepared& prepared) const {
  const bool is_changed = SourceHash(plan_.config, original) != document.text;
  if (is_changed && changed == ChangedText::kLeave) return {};
  const auto hash = HashWithoutField(original, spec_.field, spec_.nested);
  if (!hash.ok()) return hash.error();
  auto copy = MakeCopy(document, original);
  if (!copy.ok() && copy.error().kind != ErrorKind::kRefused) return copy.error();
  if (!copy.ok()) {
    prepared.ended.push_back(Refused(document.id, copy.error().message));
    return {};
  }
  prepared.copies.push_back({document.id, *std::move(copy)});
  prepared.vectors.push_back(document.vector);
  prepared.outcomes.push_back({.id = document.id,
                               .state = DocumentState::kWritten,
                               .truncated = document.truncated,
                               .copy = *hash});
  return {};
}

Result<std::string> CopyStage::MakeCopy(const EmbeddedDocument& document,
                                        const std::string& original) const {
  if (document.vector) {
    std::string json;
    AppendVectorJson(json, *document.vector);
    return WithField(original, spec_.field, spec_.nested, json);
  }
  if (KeepsOwn(document, original)) return original;
  return WithoutField(original, spec_.field, spec_.nested);
}

// What is skipped for its empty text keeps its vector, as in place, where it can.
bool CopyStage::KeepsOwn(const EmbeddedDocument& document, const std::string& original) const {
  const bool skipped =
      document.text == HashText("") && plan_.config.on_empty_text == EmptyTextRule::kSkip;
  if (!skipped) return false;
  StoredField own;
  return ReadStoredField(original, spec_.field, spec_.nested, own).ok() &&
         own.kind == FieldKind::kVector &&
         own.vector.size() == static_cast<std::size_t>(plan_.new_dimensions);
}

Status CopyStage::Write(Prepared& prepared, std::size_t from, std::size_t count,
                        const StopTokens& stop) {
  tools_.backlog.Pause(stop);
  auto results =
      copier_->Apply(std::span(prepared.copies).subspan(from, count), CopyAction::kUpsert, stop);
  if (!results.ok()) return results.error();
  std::vector<DocumentOutcome> outcomes;
  for (std::size_t i = 0; i < count; ++i) {
    DocumentOutcome& written = prepared.outcomes[from + i];
    CopyOutcome& result = (*results)[i];
    if (result.state != CopyState::kRejected) {
      ++moved_;
      outcomes.push_back(std::move(written));
      continue;
    }
    ++refused_;
    outcomes.push_back(Refused(std::move(written.id), std::move(result.message)));
  }
  // Before it is called a success: what the clone does not hold is not written.
  const SharedEmbedding& vector = prepared.vectors[from];
  if (!proved_ && vector && outcomes.front().state == DocumentState::kWritten) {
    if (auto held = ReadBack(outcomes.front(), vector, stop); !held.ok()) return held;
  }
  return RecordOutcomes(journal_, tally_, outcomes);
}

Status CopyStage::ReadBack(const DocumentOutcome& written, const SharedEmbedding& vector,
                           const StopTokens& stop) {
  const auto found = ReadVectorBack(tools_.reader, tools_.clock, spec_.destination, spec_.field,
                                    written.id, *vector, stop);
  if (!found.ok()) return found.error();
  proved_ = *found == reembed::ReadBack::kHeld;
  if (*found != reembed::ReadBack::kDiffers) return {};
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format(
                   "document '{}' was the first to be copied into {}, which does not hold the "
                   "vector that was sent; stopped before copying another, the alias still leads to "
                   "{}. Look for a proxy that alters requests",
                   written.id, spec_.destination, spec_.source)};
}

Status CopyStage::DeleteOrphans(const StopTokens& stop) {
  std::string after;
  for (;;) {
    const auto page = journal_.NextOrphanedCopies(after, kIdsAtOnce);
    if (!page.ok()) return page.error();
    if (page->empty()) return {};
    after = page->back().id;
    std::vector<std::string> ids;
    for (const OrphanedCopy& orphan : *page) ids.push_back(orphan.id);
    auto results = copier_->Delete(ids, stop);
    if (!results.ok()) return results.error();
    std::vector<DocumentOutcome> outcomes;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      UpdateOutcome& result = (*results)[i];
      const bool rejected = result.state == UpdateState::kRejected;
      ++(rejected ? refused_ : moved_);
      outcomes.push_back(rejected ? Refused(std::move(ids[i]), std::move(result.message))
                                  : DocumentOutcome{.id = std::move(ids[i]),
                                                    .state = DocumentState::kDeleted,
                                                    .copy_removed = true});
    }
    if (auto saved = RecordOutcomes(journal_, tally_, outcomes); !saved.ok()) return saved;
  }
}

}  // namespace reembed
