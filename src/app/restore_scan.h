#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/rollback_report.h"
#include "reembed/core/stored_field.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"

namespace reembed {

/// Which field of which target goes back to before which runs.
struct RestoreSpec {
  Target target;
  bool nested = false;             ///< a dotted field is a path of objects
  std::vector<std::int64_t> runs;  ///< numbers
  /// Why a document without a backup that holds a vector of ours is left alone and listed; empty:
  /// it is not the runs' matter.
  std::string without_backup = {};
  /// Of the vectors that fit the field as it is to be again; 0: whatever is there fits.
  std::size_t length = 0;
};

/// The number of keys in the field's path.
std::size_t DepthOf(const RestoreSpec& spec);

/// True when the field cannot be indexed again while a document holds this.
bool IsUnfit(const StoredField& field, std::size_t length);
/// Why a document is listed that holds such a thing: it is set to null.
UnrestoredDocument LosesVector(std::string id, const StoredField& field, bool has_backup);

/// Why a document that holds `field` is left alone: it has a backup, and what it holds is not ours.
UnrestoredDocument LeftAlone(std::string id, const StoredField& field);

/// First phase of a rollback: judges every document of the collection by what it holds now and what
/// it held before. Reads of the journal only, unless `note` is true: then what is to be restored is
/// noted there. Memory: 64 documents and the list of those left alone (at most kMaxLeftListed).
class RestoreScan final : public ScanVisitor {
 public:
  RestoreScan(JournalStore& journal, const RestoreSpec& spec, bool note)
      : journal_(journal), spec_(spec), note_(note) {}

  /// To be called before the scan.
  Status Begin();
  Status Restart() override { return Begin(); }
  Result<Next> Visit(const Document& document) override;
  /// Judges what is left; to be called after the scan.
  Status Finish();

  /// After Finish. `gone` is not counted here.
  const RollbackCounts& counts() const { return counts_; }
  const std::vector<UnrestoredDocument>& left() const { return left_; }
  /// Of those left: what is there does not fit.
  std::uint64_t unfit() const { return unfit_; }
  /// Documents with a backup that the scan showed.
  std::uint64_t with_backup() const { return with_backup_; }

 private:
  struct Seen {
    std::string id;
    StoredField field;
  };
  // A document that holds a vector other than its backup.
  struct Holder {
    const Seen* seen;
    bool has_backup;
  };

  Status Flush();
  Status Judge(const std::vector<std::optional<FieldBackup>>& backups);
  // Whose vectors are ours: they are given back.
  Status JudgeVectors(const std::vector<Holder>& holders);
  void LeaveUnfit(const Seen& seen, bool has_backup);
  void Leave(UnrestoredDocument document);

  JournalStore& journal_;
  const RestoreSpec& spec_;
  const bool note_;
  RollbackCounts counts_;
  std::vector<UnrestoredDocument> left_;
  std::uint64_t with_backup_ = 0;
  std::uint64_t unfit_ = 0;
  std::vector<Seen> seen_;  // buffers are used again; the first `used_` are filled
  std::size_t used_ = 0;
};

}  // namespace reembed
