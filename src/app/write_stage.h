#pragma once

#include <deque>
#include <string>
#include <vector>

#include "backlog_watch.h"
#include "embed_stage.h"
#include "reembed/base/clock.h"
#include "reembed/core/plan.h"
#include "reembed/core/request_size.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"

namespace reembed {

/// What the writer works with; all of it outlives the writer.
struct WriteParts {
  DocumentUpdater& updater;
  StoreReader& reader;
  BacklogWatch& backlog;
  Journal& journal;
  Tally& tally;
  Clock& clock;
};

/// Third stage: documents with vectors in, outcomes out. One thread, one request in flight per
/// collection. The first document goes alone and is read back: if the store does not hold what was
/// sent, the run stops there.
class WriteStage {
 public:
  WriteStage(const WriteParts& parts, const CollectionPlan& plan, RequestSizeRule rule)
      : parts_(parts),
        plan_(plan),
        rule_(rule),
        size_(plan.indexed ? rule.smallest : rule.largest) {}

  /// Until `in` is closed and drained. Errors: those of updater and journal, kRefused when
  /// the read-back differs.
  Status Run(ReadyQueue& in, const StopTokens& stop);

  /// After Run: the store does not hold what was sent, so nothing more may be written anywhere.
  bool read_back_differed() const { return read_back_differed_; }

 private:
  Status WriteSome(const StopTokens& stop);
  Status ReadBack(const ReadyDocument& document, const StopTokens& stop);
  void Steer(std::size_t sent, SteadyTime started);

  const WriteParts parts_;
  const CollectionPlan& plan_;
  const RequestSizeRule rule_;
  std::size_t size_;
  bool proved_ = false;
  bool read_back_differed_ = false;
  std::deque<ReadyDocument> waiting_;
};

}  // namespace reembed
