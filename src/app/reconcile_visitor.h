#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reembed/core/plan.h"
#include "reembed/core/strategy.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"
#include "text_census.h"

namespace reembed {

/// What a scan reads and what it makes of it.
struct ScanJob {
  std::string collection;  ///< real name; the one that holds the documents
  WorkOrder order = WorkOrder::kWriteAtOnce;
  Scope scope = Scope::kFiltered;
  Fingerprint fingerprint = Fingerprint::kSourceText;
  bool backup = true;  ///< keep fields that are not ours
  int round = 0;       ///< for messages: 0 is the first
  /// Vectors were removed to bring the field back: what has none outside the filter has it embedded
  /// all the same, unless the journal says that it had none.
  bool refill = false;
  /// Documents that failed in this session are to end without a vector.
  bool failed_go_without = false;
  /// So are all that are not up to date and whose vector is not in the journal.
  bool rest_goes_without = false;
  /// Count the texts that will have to be paid for.
  bool count_texts = false;
  std::uint64_t max_text_tokens = 0;  ///< of those; 0: no known limit
};

/// What a scan found, by class; and how many documents had the right vector before this session
/// touched them.
struct ScanFindings {
  std::uint64_t outside = 0;       ///< of all: those that the filter does not let through
  std::uint64_t without_text = 0;  ///< of all: nothing to embed, and the rule is `skip`
  std::uint64_t go_without = 0;    ///< of all: to end without a vector
  std::uint64_t fresh = 0, stale_text = 0, foreign_vector = 0, wrong_length = 0, up_to_date = 0;
  std::uint64_t newly_up_to_date = 0;
  std::uint64_t overwritten = 0;  ///< of those that had been written: restored, or written over
  bool limited = false;           ///< the limit left documents out
  /// Outcomes of this session that the scan has overtaken.
  std::vector<CorrectedOutcome> corrected;
  std::uint64_t gone = 0;  ///< after Finish of a complete scan
  /// With `count_texts`: documents that will be written, those of them whose text has to be
  /// embedded, and these texts, each different one once. Approximate: see TextCensus, and where
  /// none of the first thousand texts was paid for, none is taken to be.
  std::uint64_t to_write = 0, to_embed = 0;
  TextShape texts = {};
};

/// What a scan reads to reconcile: source fields and embedding field. `collection`: real name.
FetchSpec ScanSpec(const std::string& collection, const CollectionConfig& config);

/// True when the new vectors have another length than the stored ones.
bool OtherLength(const CollectionPlan& plan);

/// The hash of what would be embedded for a document. One without usable text has the hash of the
/// empty text: it counts as changed when it gets a text.
TextHash SourceHash(const CollectionConfig& config, std::string_view document);

/// Reconciles a scan with the journal and writes the result there, some documents at a time: the
/// work list, and the backup of every field that is not ours. Keeps nothing else.
class ReconcileVisitor final : public ScanVisitor {
 public:
  /// `job` outlives the visitor. `limit`: enough is when so many documents are pending; then
  /// nothing is called gone. Those that failed or were skipped in an earlier session come last
  /// then, or a limited run that is repeated would try the same ones for ever.
  ReconcileVisitor(Journal& journal, const CollectionPlan& plan, const ScanJob& job,
                   std::optional<std::uint64_t> limit)
      : journal_(journal), plan_(plan), job_(job), limit_(limit) {}

  Status Begin() { return Restart(); }
  /// Between the two readings of Scope::kAll: what this pass has not shown yet lies outside the
  /// filter.
  Status BeginOutside();
  Status Restart() override;
  Result<Next> Visit(const Document& document) override;
  /// After the scan. The findings of all of it.
  Result<ScanFindings> Finish();

 private:
  struct Slot {
    std::string id;
    StoreRow row;
    StoredField field;
    TextHash whole;   // of the document without the field, where that counts
    TextShape shape;  // of the text; where that counts
    bool empty_text = false;
    bool paid = false;  // where that counts
  };

  Status Flush();
  Status ReadVectors(const std::vector<std::optional<JournalRow>>& rows);
  Status NotePaid();
  bool AsksPaid() const;
  void CountText(const Slot& slot);
  DocumentClass ClassOf(const Slot& slot, const std::optional<JournalRow>& row) const;
  bool GoesWithout(const Slot& slot, const std::optional<JournalRow>& row) const;
  bool StaysWithout(const Slot& slot, const std::optional<JournalRow>& row) const;
  std::optional<ScanRecord> Judge(const Slot& slot, const std::optional<JournalRow>& row);
  bool Defer(const Slot& slot, const std::optional<JournalRow>& row);
  Status Record(const std::vector<ScanRecord>& records);
  bool Full() const { return limit_ && pending_ >= *limit_; }

  Journal& journal_;
  const CollectionPlan& plan_;
  const ScanJob& job_;
  const std::optional<std::uint64_t> limit_;
  std::vector<Slot> slots_;  // buffers, `used_` of them filled
  std::size_t used_ = 0;
  std::uint64_t pending_ = 0;
  std::vector<Slot> deferred_;
  bool deferring_ = true;
  bool outside_ = false;
  bool cut_ = false;              // there is more than the limit lets through
  std::uint64_t asked_paid_ = 0;  // texts of which the journal was asked whether they are paid
  bool found_paid_ = false;
  TextCensus census_;
  ScanFindings findings_;
};

}  // namespace reembed
