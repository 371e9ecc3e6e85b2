#pragma once

#include <deque>
#include <string>
#include <vector>

#include "embed_stage.h"
#include "reembed/base/clock.h"
#include "reembed/core/plan.h"
#include "reembed/core/request_size.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"

namespace reembed {

/// Third stage: documents with vectors in, outcomes out. One thread, one request in flight per
/// collection. The first document goes alone and is read back: if the store does not hold what was
/// sent, the run stops there.
class WriteStage {
 public:
  WriteStage(DocumentUpdater& updater, StoreReader& reader, const CollectionPlan& plan,
             RequestSizeRule rule, Journal& journal, Tally& tally, Clock& clock)
      : updater_(updater),
        reader_(reader),
        plan_(plan),
        rule_(rule),
        journal_(journal),
        tally_(tally),
        clock_(clock),
        size_(plan.indexed ? rule.smallest : rule.largest) {}

  /// Until `in` is closed and drained. Errors: those of updater and journal, kLimit, kRefused when
  /// the read-back differs.
  Status Run(ReadyQueue& in, const StopTokens& stop);

  /// After Run: the store does not hold what was sent, so nothing more may be written anywhere.
  bool read_back_differed() const { return read_back_differed_; }

 private:
  Status WriteSome(const StopTokens& stop);
  Status ReadBack(const ReadyDocument& document, const StopTokens& stop);
  void Steer(std::size_t sent, SteadyTime started);

  DocumentUpdater& updater_;
  StoreReader& reader_;
  const CollectionPlan& plan_;
  const RequestSizeRule rule_;
  Journal& journal_;
  Tally& tally_;
  Clock& clock_;
  std::size_t size_;
  bool proved_ = false;
  bool read_back_differed_ = false;
  std::deque<ReadyDocument> waiting_;
};

}  // namespace reembed
