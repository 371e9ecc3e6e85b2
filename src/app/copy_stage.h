#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "in_place.h"
#include "reembed/core/plan.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"

namespace reembed {

/// From where to where whole documents go, and the field that is apart from the rest of them.
struct CopySpec {
  std::string source, destination;  ///< real names
  std::string field;
  bool nested = false;  ///< a dotted field is a path of objects
};

/// Which documents a copying takes whose text has changed since it was embedded.
enum class ChangedText : std::uint8_t {
  kLeave,  ///< the next round embeds the new text first
  /// There is no next round: the document as it is, with the vector that it has. The catch-up
  /// afterwards finds it by its text.
  kCopy,
};

/// Fills a clone: what the journal holds ready is read as a whole from the source, gets its vector
/// and is written into the clone, every other byte as it was. The first document that gets a vector
/// goes alone and is read back. A document that is to have no vector is copied without the field;
/// one without text keeps its old vector where that still fits. Pages of 250, one request in
/// flight. A copy that the clone refuses has failed, kind `rejected`.
/// Stop:    a drain ends it between two pages: kInterrupted.   Threads: one.
class CopyStage {
 public:
  /// All of them outlive the stage.
  CopyStage(const StrategyTools& tools, const CollectionPlan& plan, CopySpec spec, Journal& journal,
            Tally& tally);

  /// Everything that the last scan left embedded. Errors: those of lookup, copier and journal;
  /// kRefused when the read-back differs; kLimit.
  Status Copy(ChangedText changed, const StopTokens& stop);
  /// Deletes the copies whose originals are gone. Errors: those of copier and journal.
  Status DeleteOrphans(const StopTokens& stop);

  /// Since the stage was made: documents copied and copies deleted; copies that were refused.
  std::uint64_t moved() const { return moved_; }
  std::uint64_t refused() const { return refused_; }

 private:
  struct Prepared {
    std::vector<DocumentCopy> copies;
    std::vector<DocumentOutcome> outcomes;  // parallel to copies: how each ends when it is written
    std::vector<DocumentOutcome> ended;     // those that cannot be copied
    std::vector<SharedEmbedding> vectors;   // parallel to copies
  };

  Status CopyPage(std::span<const EmbeddedDocument> page, ChangedText changed,
                  const StopTokens& stop);
  std::size_t NextCount(const Prepared& prepared, std::size_t from) const;
  Status Prepare(const EmbeddedDocument& document, const std::string& original, ChangedText changed,
                 Prepared& prepared) const;
  Result<std::string> MakeCopy(const EmbeddedDocument& document, const std::string& original) const;
  bool KeepsOwn(const EmbeddedDocument& document, const std::string& original) const;
  Status Write(Prepared& prepared, std::size_t from, std::size_t count, const StopTokens& stop);
  Status ReadBack(const DocumentOutcome& written, const SharedEmbedding& vector,
                  const StopTokens& stop);

  const StrategyTools& tools_;
  const CollectionPlan& plan_;
  const CopySpec spec_;
  Journal& journal_;
  Tally& tally_;
  const std::unique_ptr<DocumentLookup> lookup_;
  const std::unique_ptr<DocumentCopier> copier_;
  bool proved_ = false;
  std::uint64_t moved_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace reembed
