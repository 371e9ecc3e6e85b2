#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/core/reconcile.h"
#include "reembed/core/verify_report.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "sample.h"

namespace reembed {

/// How the documents of one collection are judged. References outlive the scan.
struct VerifyRules {
  const CollectionConfig& config;
  bool nested = false;          ///< the embedding field is a path of objects
  std::size_t dimensions = 0;   ///< 0: not known, then no length is wrong
  JournalView* view = nullptr;  ///< null: no run is known; only missing vectors and lengths count
  std::size_t sample = 0;       ///< documents that match, kept for the search by vector
  std::size_t recompute = 0;    ///< documents kept to be embedded again
};

/// A document as the scan showed it.
struct ScannedDocument {
  std::string id;
  bool has_text = false;  ///< one that can be embedded
  bool empty = false;     ///< no text at all, as against one of a type that cannot be embedded
  StoreRow row;
  std::string text;  ///< with the prefix
  Embedding vector;
};

/// Puts a document into one class. `journal` may be null. Pure.
VerifyFinding Judge(const ScannedDocument& document, const JournalRow* journal,
                    const VerifyRules& rules);

/// Judges every document of a scan against the journal; keeps counts, the first differences and
/// two samples. Call Finish when the scan has ended without an error.
/// Errors: those of the journal; kTransient when a document is no JSON object.   One thread.
class VerifyScan final : public ScanVisitor {
 public:
  VerifyScan(const VerifyRules& rules, const Jitter& random);

  Status Restart() override;
  Result<Next> Visit(const Document& document) override;
  Status Finish() { return JudgeWaiting(); }

  const VerifyCounts& counts() const { return counts_; }
  const std::vector<VerifyDifference>& differences() const { return differences_; }
  const Reservoir<SampledVector>& matching() const { return matching_; }
  const Reservoir<SampledText>& texts() const { return texts_; }

 private:
  Status Read(const Document& document, ScannedDocument& out);
  Status JudgeWaiting();
  void Note(const ScannedDocument& document, VerifyFinding finding);

  const VerifyRules rules_;
  StoredField field_;                     // one buffer for the whole scan
  std::vector<ScannedDocument> waiting_;  // slots that are used again and again
  std::size_t waiting_count_ = 0;
  VerifyCounts counts_;
  std::vector<VerifyDifference> differences_;
  Reservoir<SampledVector> matching_;
  Reservoir<SampledText> texts_;
};

}  // namespace reembed
