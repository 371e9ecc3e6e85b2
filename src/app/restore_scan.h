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
};

/// Why a document that holds `field` is left alone: it has a backup, and what it holds is not ours.
LeftDocument LeftAlone(std::string id, const StoredField& field);

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
  const std::vector<LeftDocument>& left() const { return left_; }
  /// Documents with a backup that the scan showed.
  std::uint64_t with_backup() const { return with_backup_; }

 private:
  struct Seen {
    std::string id;
    StoredField field;
  };

  Status Flush();
  Status Judge(const std::vector<std::optional<FieldBackup>>& backups);
  void Leave(LeftDocument document);

  JournalStore& journal_;
  const RestoreSpec& spec_;
  const bool note_;
  RollbackCounts counts_;
  std::vector<LeftDocument> left_;
  std::uint64_t with_backup_ = 0;
  std::vector<Seen> seen_;  // buffers are used again; the first `used_` are filled
  std::size_t used_ = 0;
};

}  // namespace reembed
