#include "reconcile_visitor.h"

#include <algorithm>
#include <string_view>

#include "reembed/core/source_text.h"

namespace reembed {
namespace {

// Enough for one transaction to be worth its sync, and little enough to be held: a document of
// 1,536 dimensions is some 35 KB here.
constexpr std::size_t kBatch = 128;

std::uint64_t& CountOf(ScanFindings& findings, DocumentClass found) {
  switch (found) {
    case DocumentClass::kStaleText:
      return findings.stale_text;
    case DocumentClass::kForeignVector:
      return findings.foreign_vector;
    case DocumentClass::kWrongLength:
      return findings.wrong_length;
    case DocumentClass::kUpToDate:
      return findings.up_to_date;
    case DocumentClass::kNew:
    case DocumentClass::kGone:
      break;
  }
  return findings.fresh;
}

// What we have put there needs no backup, also when its text has changed since.
bool IsOurs(const StoreRow& store, const std::optional<JournalRow>& row) {
  return row && row->vector && store.vector == row->vector;
}

}  // namespace

FetchSpec ScanSpec(const CollectionPlan& plan) {
  FetchSpec spec{plan.collection, plan.config.text.fields, plan.config.filter_by, {}};
  spec.fields.push_back(plan.config.embedding_field);
  return spec;
}

TextHash SourceHash(const CollectionConfig& config, std::string_view document) {
  const auto text = ComposeSourceText(config.text, document);
  return text.ok() && !text->empty() ? HashText(config.prefix + *text) : HashText("");
}

Status ReconcileVisitor::Restart() {
  used_ = 0;
  pending_ = 0;
  // Documents counted before a cut have their outcome in the journal and are not counted again.
  const std::uint64_t counted = findings_.newly_up_to_date;
  findings_ = {};
  findings_.newly_up_to_date = counted;
  return journal_.BeginScan();
}

Result<ScanVisitor::Next> ReconcileVisitor::Visit(const Document& document) {
  if (used_ == slots_.size()) slots_.emplace_back();
  Slot& slot = slots_[used_];
  const Status read =
      ReadStoredField(document.json, plan_.config.embedding_field, plan_.nested_field, slot.field);
  if (!read.ok()) return read.error();
  slot.id = document.id;
  slot.row.text = SourceHash(plan_.config, document.json);
  const bool is_vector = slot.field.kind == FieldKind::kVector;
  slot.row.vector = is_vector ? std::optional(HashVector(slot.field.vector)) : std::nullopt;
  slot.row.length = is_vector ? slot.field.vector.size() : 0;
  if (++used_ == kBatch) {
    if (const Status flushed = Flush(); !flushed.ok()) return flushed.error();
  }
  return Full() ? Next::kEnough : Next::kGoOn;
}

ScanRecord ReconcileVisitor::Judge(const Slot& slot, const std::optional<JournalRow>& row) {
  const DocumentClass found =
      Classify(&slot.row, row ? &*row : nullptr, static_cast<std::size_t>(plan_.new_dimensions));
  ++CountOf(findings_, found);
  ScanRecord record{slot.id, slot.row.text, found, std::nullopt};
  if (found == DocumentClass::kUpToDate) return record;
  ++pending_;
  const bool not_ours =
      found == DocumentClass::kForeignVector || found == DocumentClass::kWrongLength;
  if (not_ours && row->state == DocumentState::kWritten) ++findings_.overwritten;
  if (backup_ && !IsOurs(slot.row, row)) record.backup = EncodeBackup(slot.field);
  return record;
}

Status ReconcileVisitor::Flush() {
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < used_; ++i) ids.emplace_back(slots_[i].id);
  const auto rows = journal_.Rows(ids);
  if (!rows.ok()) return rows.error();
  std::vector<ScanRecord> records;
  records.reserve(used_);
  for (std::size_t i = 0; i < used_ && !Full(); ++i) {
    records.push_back(Judge(slots_[i], (*rows)[i]));
  }
  used_ = 0;
  const auto counted = journal_.RecordScan(records);
  if (!counted.ok()) return counted.error();
  findings_.newly_up_to_date += *counted;
  return {};
}

Result<ScanFindings> ReconcileVisitor::Finish() {
  if (const Status flushed = Flush(); !flushed.ok()) return flushed.error();
  if (!limit_) {
    const auto gone = journal_.EndScan();
    if (!gone.ok()) return gone.error();
    findings_.gone = *gone;
  }
  return findings_;
}

}  // namespace reembed
