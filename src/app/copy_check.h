#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copy_stage.h"
#include "cutover_tools.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"

namespace reembed {

/// Hands the documents of a scan on, each with what the journal knows of it. After a cut the stream
/// is shown again from its beginning: what takes them must bear that. One thread.
class RowVisitor final : public ScanVisitor {
 public:
  struct Row {
    std::string id;
    TextHash content;  ///< HashWithoutField, for scans of whole documents; else nothing
    std::optional<JournalRow> known = {};
  };
  using Take = std::function<void(const Row& row)>;

  /// `whole`: whose field is left out of `content`; null: ids are all that is read.
  RowVisitor(JournalView& journal, const CopySpec* whole, Take take)
      : journal_(journal), whole_(whole), take_(std::move(take)) {}

  /// Reads `collection` to its end. Errors: those of scan and journal.
  static Status Read(StoreReader& reader, const std::string& collection, JournalView& journal,
                     const CopySpec* whole, Take take, const StopTokens& stop);

  Status Restart() override;
  Result<Next> Visit(const Document& document) override;

 private:
  Status Flush();

  JournalView& journal_;
  const CopySpec* const whole_;
  const Take take_;
  std::vector<Row> rows_;
};

/// Waits until no node has writes that it has taken in and not applied: an alias travels to the
/// followers on another way than the writes before it. Nodes that do not tell are not waited for;
/// after two minutes it goes on all the same, with a warning.
/// Errors: kInterrupted.
Status WaitForWrites(const StrategyTools& tools, const StopTokens& stop);

/// Whether the clone holds something else than the copies that were made, each as it was made:
/// somebody else writes there, so an alias has led to it. Errors: those of scan and journal.
Result<bool> HoldsOther(StoreReader& reader, const CopySpec& spec, Journal& journal,
                        const StopTokens& stop);

/// Why the clone may not take over: a node counts other than copies were made, or does not answer.
/// Followers have half a minute to catch up. `is_ours`: only this program has written into the
/// clone so far. Then documents of it that are no copies (written before the program was cut off)
/// are deleted first, and copies that it has lost have failed, so that a rerun makes them again.
/// Nothing: every node agrees.
/// Errors: those of scan, copier and journal.
Result<std::optional<std::string>> CheckCopies(const CutoverTools& tools, const CopySpec& spec,
                                               Journal& journal, Tally& tally, bool is_ours,
                                               const StopTokens& stop);

/// The same comparison and nothing else: one request to each node, repeated for two seconds while
/// they differ.
Result<std::optional<std::string>> CompareCounts(const CutoverTools& tools, const CopySpec& spec,
                                                 Journal& journal, Tally& tally,
                                                 const StopTokens& stop);

}  // namespace reembed
