#include "reconcile_visitor.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "long_text.h"
#include "reembed/core/source_text.h"
#include "reembed/core/spliced_document.h"

namespace reembed {
namespace {

// Enough for one transaction to be worth its sync, and little enough to be held: a document of
// 1,536 dimensions is some 35 KB here.
constexpr std::size_t kJudgedAtOnce = 128;
// More that failed before are not remembered during a limited scan.
constexpr std::size_t kMostDeferred = 1000;
// A run that begins and finds none of so many texts paid for will find few later.
constexpr std::uint64_t kTextsToAsk = 1024;

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

FetchSpec ScanSpec(const std::string& collection, const CollectionConfig& config) {
  FetchSpec spec{collection, config.text.fields, config.filter_by, /*is_known=*/{}};
  spec.fields.push_back(config.embedding_field);
  return spec;
}

bool OtherLength(const CollectionPlan& plan) {
  return plan.old_dimensions && *plan.old_dimensions != plan.new_dimensions;
}

TextHash SourceHash(const CollectionConfig& config, std::string_view document) {
  const auto text = ComposeSentText(config, document);
  return HashText(text.ok() ? *text : "");
}

Status ReconcileVisitor::BeginOutside() {
  if (Status flushed = Flush(); !flushed.ok()) return flushed;
  outside_ = true;
  return {};
}

Status ReconcileVisitor::Restart() {
  used_ = 0;
  // What the cut reading has noted is of this pass already, and is not looked at again.
  if (outside_) return {};
  pending_ = 0;
  // Documents counted before a cut have their outcome in the journal and are not counted again.
  ScanFindings kept;
  kept.newly_up_to_date = findings_.newly_up_to_date;
  kept.corrected = std::move(findings_.corrected);
  findings_ = std::move(kept);
  census_ = TextCensus();
  deferred_.clear();
  deferring_ = true;
  cut_ = false;
  return journal_.BeginScan(job_.order);
}

Result<ScanVisitor::Next> ReconcileVisitor::Visit(const Document& document) {
  if (Full()) {
    cut_ = true;
    return Next::kEnough;
  }
  if (used_ == slots_.size()) slots_.emplace_back();
  Slot& slot = slots_[used_];
  const Status read =
      FindStoredField(document.json, plan_.config.embedding_field, plan_.nested_field, slot.field);
  if (!read.ok()) return read.error();
  slot.id = document.id;
  const auto text = ComposeSentText(plan_.config, document.json);
  slot.empty_text = text.ok() && text->empty();
  slot.row.text = HashText(text.ok() ? *text : "");
  slot.shape = job_.count_texts && text.ok() && !text->empty() ? ShapeOf(*text) : TextShape{};
  if (job_.fingerprint == Fingerprint::kWholeDocument) {
    const auto whole =
        HashWithoutField(document.json, plan_.config.embedding_field, plan_.nested_field);
    if (!whole.ok()) return whole.error();
    slot.whole = *whole;
  }
  if (++used_ == kJudgedAtOnce) {
    if (const Status flushed = Flush(); !flushed.ok()) return flushed.error();
  }
  return Next::kGoOn;
}

bool ReconcileVisitor::Defer(const Slot& slot, const std::optional<JournalRow>& row) {
  const bool tried =
      row && !row->of_this_session &&
      (row->state == DocumentState::kFailed || row->state == DocumentState::kSkipped);
  if (!limit_ || !deferring_ || !tried || row->text != slot.row.text) return false;
  const bool room = deferred_.size() < std::min<std::uint64_t>(*limit_, kMostDeferred);
  if (room) deferred_.push_back(slot);
  cut_ = cut_ || !room;
  return true;
}

DocumentClass ReconcileVisitor::ClassOf(const Slot& slot,
                                        const std::optional<JournalRow>& row) const {
  if (job_.fingerprint == Fingerprint::kSourceText) {
    return Classify(&slot.row, row ? &*row : nullptr,
                    static_cast<std::size_t>(plan_.new_dimensions));
  }
  if (!row || !row->copy) return DocumentClass::kNew;
  // Written by another recipe it is a copy with another vector.
  const bool right = row->state == DocumentState::kWritten && row->copy == slot.whole;
  return right ? DocumentClass::kUpToDate : DocumentClass::kStaleText;
}

// It lies outside the filter and has no vector, as it may.
bool ReconcileVisitor::StaysWithout(const Slot& slot, const std::optional<JournalRow>& row) const {
  if (!outside_ || !plan_.optional_field || slot.row.vector) return false;
  return !job_.refill || slot.empty_text || (row && !row->vector);
}

bool ReconcileVisitor::GoesWithout(const Slot& slot, const std::optional<JournalRow>& row) const {
  if (job_.order != WorkOrder::kEmbedFirst) return false;
  const bool copies = job_.fingerprint == Fingerprint::kWholeDocument;
  if (StaysWithout(slot, row)) return copies;
  if (slot.empty_text && plan_.config.on_empty_text == EmptyTextRule::kSkip) {
    // With vectors of the old length it keeps the one that it has.
    return copies || OtherLength(plan_);
  }
  if (job_.rest_goes_without) return !slot.paid;
  return job_.failed_go_without && row && row->of_this_session &&
         row->state == DocumentState::kFailed && row->text == slot.row.text;
}

std::optional<ScanRecord> ReconcileVisitor::Judge(const Slot& slot,
                                                  const std::optional<JournalRow>& row) {
  if (outside_ && row && row->of_this_pass) return std::nullopt;
  if (Defer(slot, row)) return std::nullopt;
  if (outside_) ++findings_.outside;
  DocumentClass found = ClassOf(slot, row);
  const bool copies = job_.fingerprint == Fingerprint::kWholeDocument;
  if (!copies && StaysWithout(slot, row)) found = DocumentClass::kUpToDate;
  ++CountOf(findings_, found);
  ScanRecord record{.id = slot.id, .text = slot.row.text, .found = found};
  if (slot.empty_text && plan_.config.on_empty_text == EmptyTextRule::kSkip) {
    ++findings_.without_text;
  }
  if (found == DocumentClass::kUpToDate) {
    // Known by its numbers, it is to be known by its text the next time.
    const bool was_read = slot.field.kind == FieldKind::kVector;
    if (was_read && IsOurs(slot.row, row)) record.spelling = HashSpelling(slot.field);
    return record;
  }
  record.without_vector = GoesWithout(slot, row);
  if (record.without_vector) ++findings_.go_without;
  ++pending_;
  if (job_.count_texts && !record.without_vector) CountText(slot);
  const bool not_ours =
      found == DocumentClass::kForeignVector || found == DocumentClass::kWrongLength;
  if (not_ours && row->state == DocumentState::kWritten) ++findings_.overwritten;
  if (job_.backup && !IsOurs(slot.row, row)) record.backup = EncodeBackup(slot.field);
  return record;
}

// Only where it decides something: it is one more question to the journal.
bool ReconcileVisitor::AsksPaid() const {
  if (job_.rest_goes_without) return true;
  return job_.count_texts && (found_paid_ || journal_.run().continued || asked_paid_ < kTextsToAsk);
}

void ReconcileVisitor::CountText(const Slot& slot) {
  ++findings_.to_write;
  if (slot.paid || slot.shape.texts == 0 || slot.empty_text) return;
  const TextShape sent = ShapeSent(slot.shape, plan_.config.on_long_text, job_.max_text_tokens);
  if (sent.texts != 0) census_.Add(slot.row.text, sent);
}

Status ReconcileVisitor::NotePaid() {
  for (std::size_t i = 0; i < used_; ++i) slots_[i].paid = false;
  if (!AsksPaid()) return {};
  std::vector<TextHash> texts;
  for (std::size_t i = 0; i < used_; ++i) texts.push_back(slots_[i].row.text);
  const auto paid = journal_.Paid(texts);
  if (!paid.ok()) return paid.error();
  for (std::size_t i = 0; i < used_; ++i) {
    slots_[i].paid = (*paid)[i];
    found_paid_ = found_paid_ || (*paid)[i];
  }
  asked_paid_ += used_;
  return {};
}

// Most fields hold what we have put there and are known by their text: to read the numbers of all
// would be half of the work of a scan.
Status ReconcileVisitor::ReadVectors(const std::vector<std::optional<JournalRow>>& rows) {
  for (std::size_t i = 0; i < used_; ++i) {
    Slot& slot = slots_[i];
    const std::optional<JournalRow>& row = rows[i];
    if (row && row->vector && row->spelling && row->spelling == HashSpelling(slot.field)) {
      slot.row.vector = row->vector;
      slot.row.length = static_cast<std::size_t>(plan_.new_dimensions);
      continue;
    }
    if (Status read = ReadVector(slot.field); !read.ok()) return read;
    slot.row.SetVector(slot.field);
  }
  return {};
}

Status ReconcileVisitor::Flush() {
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < used_; ++i) ids.emplace_back(slots_[i].id);
  const auto rows = journal_.Rows(ids);
  if (!rows.ok()) return rows.error();
  if (Status read = ReadVectors(*rows); !read.ok()) return read;
  if (Status noted = NotePaid(); !noted.ok()) return noted;
  std::vector<ScanRecord> records;
  records.reserve(used_);
  std::size_t judged = 0;
  for (; judged < used_ && !Full(); ++judged) {
    if (auto record = Judge(slots_[judged], (*rows)[judged])) {
      records.push_back(*std::move(record));
    }
  }
  cut_ = cut_ || judged < used_;
  used_ = 0;
  return Record(records);
}

Status ReconcileVisitor::Record(const std::vector<ScanRecord>& records) {
  const auto notes = journal_.RecordScan(records);
  if (!notes.ok()) return notes.error();
  findings_.newly_up_to_date += notes->newly_up_to_date;
  for (const auto& [id, before] : notes->succeeded) {
    findings_.corrected.push_back({id, before, DocumentState::kWritten});
  }
  return {};
}

Result<ScanFindings> ReconcileVisitor::Finish() {
  if (const Status flushed = Flush(); !flushed.ok()) return flushed.error();
  // Now those that were tried before: as many as the limit has room for.
  deferring_ = false;
  std::swap(slots_, deferred_);
  used_ = slots_.size();
  if (const Status flushed = Flush(); !flushed.ok()) return flushed.error();
  findings_.limited = cut_;
  findings_.to_embed = census_.documents();
  findings_.texts = census_.Distinct();
  if (cut_) return findings_;
  const auto end = journal_.EndScan();
  if (!end.ok()) return end.error();
  findings_.gone = end->gone;
  for (const std::string& id : end->deleted) {
    findings_.corrected.push_back({id, DocumentState::kFailed, DocumentState::kDeleted});
  }
  return findings_;
}

}  // namespace reembed
