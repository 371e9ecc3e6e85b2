#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "in_place.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"
#include "write_stage.h"

namespace reembed {

/// Writes what the journal holds ready, without reading the documents again: between the drop of
/// the field and its return, where a write is cheap and every second counts. A document that is to
/// have no vector loses the one that does not fit. One thread.
class EmbeddedWriter {
 public:
  /// `plan`: of the collection; all of them outlive the writer.
  EmbeddedWriter(const StrategyTools& tools, const CollectionPlan& plan, Journal& journal,
                 Tally& tally);

  /// Until no document is left. `emptied`: why documents end without a vector, when that is a
  /// failure of theirs that nobody has noted yet. Errors: those of updater, restorer, lookup and
  /// journal; kRefused when the first document does not hold what was sent.
  Status Run(const StopTokens& stop, std::string_view emptied = {});

 private:
  Status WriteVectors(std::vector<ReadyDocument> documents, const StopTokens& stop);
  Status Empty(const std::vector<EmbeddedDocument>& documents, std::string_view emptied,
               const StopTokens& stop);
  Result<std::vector<RestoredField>> Unfit(const std::vector<EmbeddedDocument>& documents,
                                           const StopTokens& stop);

  const StrategyTools& tools_;
  CollectionPlan plan_;  // without an index
  Journal& journal_;
  Tally& tally_;
  std::unique_ptr<DocumentUpdater> updater_;
  std::unique_ptr<FieldRestorer> restorer_;
  std::unique_ptr<DocumentLookup> lookup_;
  WriteStage stage_;
};

}  // namespace reembed
