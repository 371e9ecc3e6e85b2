#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/core/backup.h"
#include "reembed/core/cutover.h"
#include "reembed/core/document.h"
#include "reembed/core/recipe.h"
#include "reembed/core/reconcile.h"
#include "reembed/core/report.h"

namespace reembed {

// Errors of everything here: kRefused (the file is damaged, or the folder may not be written),
// kLocal (the disk is full or fails: a rerun resumes). Messages name the file and what to do.
// Threads: every class is safe from several at once; calls are serialised.

/// What the journal knows of a target's documents by one recipe. Reading only.
class JournalView {
 public:
  virtual ~JournalView() = default;
  /// One answer per id.
  /// A row that another recipe touched last shows the vector that the present recipe had for the
  /// row's text, if any, also a pruned one; such a row is never kWritten.
  virtual Result<std::vector<std::optional<JournalRow>>> Rows(
      std::span<const std::string_view> ids) = 0;
  /// For each text, whether its vector is there: paid for and not to be paid again.
  virtual Result<std::vector<bool>> Paid(std::span<const TextHash> texts) = 0;
};

/// What a pass makes of a document that is not up to date.
enum class WorkOrder : std::uint8_t {
  kWriteAtOnce,  ///< pending: read again, embedded if its text is not paid for, written
  kEmbedFirst,   ///< embedded when the vector of its text is here, else pending: nothing is written
                 ///< before all are embedded
};

/// One document of a scan, judged.
struct ScanRecord {
  std::string_view id;
  TextHash text;
  DocumentClass found = DocumentClass::kNew;
  std::optional<FieldBackup> backup = {};  ///< the field as it is; kept if it is the run's first
  /// It is to end without a vector, and nothing is embedded for it: under kEmbedFirst it becomes
  /// kEmbedded without one.
  bool without_vector = false;
  /// When up to date: HashText of the vector's text. Absent: what was known of this vector stays.
  std::optional<TextHash> spelling = {};
};

struct SeenDocument {
  std::string_view id;
  TextHash hash;
};

/// What RecordScan learnt.
struct ScanNotes {
  /// Documents that are up to date and had no outcome in this session before; that is theirs now.
  std::uint64_t newly_up_to_date = 0;
  /// Documents that had failed or been skipped in this session, with that outcome, and hold the
  /// right vector now: their outcome in it is kWritten from here on.
  std::vector<std::pair<std::string, DocumentState>> succeeded;
};

/// What EndScan learnt.
struct ScanEnd {
  std::uint64_t gone = 0;  ///< documents that earlier passes showed and this one did not
  /// Ids that had failed in this session and are among those: their outcome in it is kDeleted from
  /// here on.
  std::vector<std::string> deleted;
};

/// What is next for the documents of a page.
struct Admitted {
  std::vector<std::size_t> embed;    ///< whose text is new: send it. Indices into the page
  std::vector<ReadyDocument> ready;  ///< whose text was paid for: write them
};

/// A document that is to be written as it is in the journal.
struct EmbeddedDocument {
  std::string id;
  SharedEmbedding vector;  ///< null: it is to have none
  bool truncated = false;
  TextHash text;                 ///< that `vector` belongs to
  std::optional<TextHash> copy;  ///< of the copy that was made of it before
};

/// A copy whose original is gone.
struct OrphanedCopy {
  std::string id;
  TextHash copy;  ///< as it was made
};

/// How a document ended.
struct DocumentOutcome {
  std::string id;
  DocumentState state = DocumentState::kWritten;
  Failure failure = {};    ///< when kFailed
  bool truncated = false;  ///< when kWritten: the vector is of the text's beginning only
  /// When kWritten into a clone: HashWithoutField of the document as it was copied. Absent: what
  /// was known of a copy stays.
  std::optional<TextHash> copy = {};
  bool copy_removed = false;  ///< there is no copy any more
  /// When kWritten: HashText of the vector's text as the store has it. Absent: what was known of
  /// this vector stays.
  std::optional<TextHash> spelling = {};
};

/// What OpenRun found or began.
struct RunIdentity {
  std::string id;           ///< for people and for `--run`; sorts by time
  std::int64_t number = 0;  ///< grows from run to run
  bool continued = false;   ///< an earlier run of the same recipe, target and cluster goes on
};

/// The work list and the cache of one collection's run. Order of effects: vectors here, then the
/// store, then the outcome here, then the report. Each call is one transaction, durable when it
/// returns.
class Journal : public JournalView {
 public:
  virtual const RunIdentity& run() const = 0;

  /// Begins a pass over the collection; one that was begun and not ended is forgotten.
  virtual Status BeginScan(WorkOrder order) = 0;
  /// Notes documents of the pass. Up to date: nothing is left to do. Any other class: pending,
  /// unless the document failed in this session with the same text, or was skipped in it and has
  /// had no text (HashText("")) in two passes in a row. One skipped for another reason is pending
  /// again each time that a pass shows it: who scans repeatedly bounds how often.
  /// Under kEmbedFirst what would be pending is kEmbedded when it is `without_vector` or when the
  /// vector of `text` is here, blob and all; also a document that failed or was skipped in this
  /// session with the same text, when it is `without_vector`.
  virtual Result<ScanNotes> RecordScan(std::span<const ScanRecord> documents) = 0;
  /// The pass was complete: what it did not show is gone.
  virtual Result<ScanEnd> EndScan() = 0;

  /// Documents of the last pass that are pending.
  virtual Result<std::uint64_t> PendingCount() = 0;
  /// The next ids of them in the order of ids, after `after` (empty: from the first).
  virtual Result<std::vector<std::string>> NextPending(std::string_view after, std::size_t max) = 0;

  /// Documents of the last pass that are kFailed.
  virtual Result<std::uint64_t> FailedCount() = 0;
  /// Documents of the last pass that are kEmbedded, whichever pass made them so.
  virtual Result<std::uint64_t> EmbeddedCount() = 0;
  /// The next of them in the order of ids, after `after` (empty: from the first).
  virtual Result<std::vector<EmbeddedDocument>> NextEmbedded(std::string_view after,
                                                             std::size_t max) = 0;

  /// How many documents have a copy (DocumentOutcome::copy), and those whose copy is left although
  /// they are gone, as a complete pass or their outcome says, in the order of ids.
  virtual Result<std::uint64_t> CopyCount() = 0;
  virtual Result<std::vector<OrphanedCopy>> NextOrphanedCopies(std::string_view after,
                                                               std::size_t max) = 0;

  /// Takes pending documents with the text they have now. A text whose vector is here is ready; one
  /// that is on its way is waited for: SaveVectors will name the document.
  virtual Result<Admitted> Admit(std::span<const SeenDocument> documents) = 0;
  /// Keeps vectors; returns every document that can now be written. Calls that come together may
  /// share a transaction: then an error is that of all of them.
  virtual Result<std::vector<ReadyDocument>> SaveVectors(std::span<const EmbeddedText> texts) = 0;
  /// Gives a text up; returns the ids of the documents that waited for it.
  virtual Result<std::vector<std::string>> GiveUp(const TextHash& hash) = 0;
  /// Records how documents ended. Returns what each had as outcome in this session before, so that
  /// every id is counted once.
  virtual Result<std::vector<std::optional<DocumentState>>> SaveOutcomes(
      std::span<const DocumentOutcome> outcomes) = 0;

  /// The run is over: nothing is left to do that can be done.
  virtual Status EndRun(WallTime now) = 0;
};

enum class RunState : std::uint8_t { kOpen = 0, kEnded = 1, kRolledBack = 2 };

/// One collection's run, for `status`, `verify` and `rollback`.
struct RunRecord {
  std::string id;
  std::int64_t number = 0;
  std::string name;  ///< key of the configuration
  Target target;
  Recipe recipe;
  std::vector<std::string> nodes;
  WallTime started;
  std::optional<WallTime> ended;
  RunState state = RunState::kOpen;
  /// False as soon as one of its starts without backup noted a document as pending, and for good:
  /// the run may have written documents whose field nobody kept. Starts with backup keep theirs
  /// all the same; a start that finds nothing to do changes nothing.
  bool with_backup = true;
  bool pruned = false;        ///< its backups are gone
  std::uint64_t backups = 0;  ///< documents
};

/// How a target's documents stand now: those that its latest pass showed.
struct TargetCounts {
  std::uint64_t pending = 0, embedded = 0, written = 0, skipped = 0, failed = 0;
  std::uint64_t to_restore = 0;  ///< what a rollback that was cut off has still to give back
};

/// What a run is begun with.
struct RunSpec {
  std::string name;  ///< key of the configuration
  Target target;
  Recipe recipe;
  std::vector<std::string> nodes;
  bool backup = true;
  bool force = false;  ///< a new run in any case; what was paid before it does not count
  WallTime now;
};

/// A document to be given its old field back.
struct RestorableDocument {
  std::string id;
  FieldBackup backup;
};

/// What Prune removed, and what it had to leave.
struct Pruned {
  std::uint64_t runs = 0, backups = 0, vectors = 0;
  std::uint64_t vectors_needed = 0;  ///< left: documents not yet written need them
};

/// The journal file of a state directory.
class JournalStore {
 public:
  virtual ~JournalStore() = default;

  /// Continues the target's latest run on this cluster if its recipe is the same, it was not rolled
  /// back and its backups are still there; else begins one. An open run of the same target and
  /// cluster with another recipe ends by that; a rollback that was cut off is forgotten. What was
  /// paid counts since the latest `force` of the recipe for this target on this cluster; without a
  /// run there, for this target on any cluster; without that, anywhere.
  virtual Result<std::unique_ptr<Journal>> OpenRun(const RunSpec& spec) = 0;
  /// What OpenRun without `force` would see, without changing anything; of the target's clusters
  /// the one that ran the recipe last.
  virtual Result<std::unique_ptr<JournalView>> View(const Target& target, const Recipe& recipe) = 0;

  /// Oldest first.
  virtual Result<std::vector<RunRecord>> Runs() = 0;
  virtual Result<TargetCounts> CountsOf(const Target& target) = 0;
  /// Rebuilds, alias switches and ways back, oldest first.
  virtual Result<std::vector<Cutover>> Cutovers() = 0;
  /// Adds it (number 0, which is set) or replaces it. Durable when it returns.
  virtual Status SaveCutover(Cutover& cutover) = 0;

  /// Of the journal's files, bytes.
  virtual Result<std::uint64_t> SizeOnDisk() = 0;

  // For `rollback`. `runs`: numbers of the runs to undo, all of this target, in any order.

  /// For each id the backup of the earliest of the runs that has one.
  virtual Result<std::vector<std::optional<FieldBackup>>> FirstBackups(
      const Target& target, std::span<const std::int64_t> runs,
      std::span<const std::string_view> ids) = 0;
  /// For each hash, whether it is that of a vector that this journal ever held for any recipe.
  virtual Result<std::vector<bool>> AreOurs(std::span<const VectorHash> vectors) = 0;
  /// Notes documents to restore, replacing what an earlier, unfinished rollback noted on the first
  /// call after BeginRestore.
  virtual Status BeginRestore(const Target& target) = 0;
  virtual Status NoteToRestore(const Target& target, std::span<const std::string_view> ids) = 0;
  virtual Result<std::vector<RestorableDocument>> NextToRestore(const Target& target,
                                                                std::span<const std::int64_t> runs,
                                                                std::string_view after,
                                                                std::size_t max) = 0;
  /// They hold the old field again: back to `embedded`, so that a later run writes them without
  /// paying.
  virtual Status SaveRestored(const Target& target, std::span<const std::string_view> ids) = 0;
  virtual Status EndRestore(const Target& target, std::span<const std::int64_t> runs,
                            WallTime now) = 0;

  /// Removes vectors and backups of runs that ended before `before`; hashes stay. Vectors that a
  /// document not yet written needs stay, of whatever collection: also one that a pass did not
  /// show, which may have left the filter only, or be on another cluster.
  virtual Result<Pruned> Prune(WallTime before) = 0;
};

}  // namespace reembed
