#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "restore_scan.h"
#include "rollback_case.h"

namespace reembed {

/// Takes away what keeps the old field from being added: while it is away the application may have
/// written vectors of another length, and such that were written after the migration have no backup
/// that fits. A document loses the vector, not the rest, and is listed, once. One thread.
class UnfitFields {
 public:
  /// `work` and `spec` (with a length) outlive it.
  UnfitFields(RollbackCase& work, const RestoreSpec& spec);

  /// One pass over the collection. Errors: those of scan, lookup, restorer and journal.
  Status Remove(const StopTokens& stop);

  /// Documents without a vector that the last pass left.
  std::uint64_t without() const { return without_; }
  /// Why a document keeps what does not fit; empty: none was refused in the last pass.
  const std::string& refused() const { return refused_; }

 private:
  Status RemovePage(std::span<const std::string> ids, const StopTokens& stop);
  Status List(std::span<const RestoredField> request, std::span<const UpdateOutcome> outcomes,
              std::vector<UnrestoredDocument> entries);

  RollbackCase& work_;
  const RestoreSpec& spec_;
  std::unordered_set<std::string> listed_;
  std::uint64_t without_ = 0;
  std::string refused_;
};

}  // namespace reembed
