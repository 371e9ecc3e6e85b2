#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backlog_watch.h"
#include "reembed/base/clock.h"
#include "reembed/core/request_size.h"
#include "reembed/core/rollback_report.h"
#include "reembed/core/stored_field.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/store.h"
#include "restore_scan.h"

namespace reembed {

/// What the stage works with; all of it outlives the stage.
struct RestoreParts {
  FieldRestorer& restorer;
  StoreReader& reader;
  BacklogWatch& backlog;
  JournalStore& journal;
  Clock& clock;
  Log& log;
};

/// Second phase of a rollback: writes the backups of what the scan has noted, in the order of ids.
/// Right before it is written each document is looked up once more: what the application has
/// changed since the scan is left alone and listed. One request in flight. The first document goes
/// alone and is read back: if the store does not hold what was sent, the rollback stops there.
/// Order of effects: the store, then the journal, then the counts. A document whose backup is
/// damaged, or which the store refuses, is listed and the others go on. One thread.
class RestoreStage {
 public:
  /// `indexed`: searches wait for the requests, so they stay small. `result`: counted into.
  RestoreStage(const RestoreParts& parts, const RestoreSpec& spec, RequestSizeRule rule,
               bool indexed, CollectionRollback& result)
      : parts_(parts),
        spec_(spec),
        rule_(rule),
        indexed_(indexed),
        result_(result),
        size_(indexed ? rule.smallest : rule.largest) {}

  /// Until nothing noted is left; `progress` is called after each request. A drain ends it between
  /// two requests. Errors: kInterrupted, those of restorer and journal, kRefused when the read-back
  /// differs.
  Status Run(const std::function<void()>& progress, const StopTokens& stop);

  /// After Run: the store does not hold what was sent, so nothing more may be written anywhere.
  bool read_back_differed() const { return read_back_differed_; }

 private:
  Status Fill();
  Status WriteSome(const StopTokens& stop);
  Result<std::vector<RestoredField>> StillOurs(std::vector<RestoredField> request,
                                               const StopTokens& stop);
  Result<bool> IsOurs(const std::string& id, std::string_view document);
  Status ReadBack(const RestoredField& document, const StopTokens& stop);
  Status Save(std::span<const RestoredField> request, std::span<const UpdateOutcome> outcomes);
  void Fail(const std::string& id, const std::string& reason);

  const RestoreParts parts_;
  const RestoreSpec& spec_;
  const RequestSizeRule rule_;
  const bool indexed_;
  CollectionRollback& result_;
  std::size_t size_;
  bool proved_ = false;
  bool read_back_differed_ = false;
  bool exhausted_ = false;
  std::string after_;
  std::deque<RestoredField> waiting_;
  StoredField field_;  // a buffer
};

}  // namespace reembed
