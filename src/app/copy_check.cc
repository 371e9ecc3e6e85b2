#include "copy_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "page_sizes.h"
#include "reembed/core/spliced_document.h"
#include "stage.h"

namespace reembed {
namespace {

constexpr Millis kWait{500};
constexpr int kCountLooks = 60;
constexpr int kQuickLooks = 4;
constexpr int kWriteLooks = 240;

using Ids = std::unordered_set<TextHash, TextHashHasher>;

Status Sleep(const StrategyTools& tools, const StopTokens& stop) {
  if (tools.clock.SleepFor(kWait, stop.drain)) return {};
  return Interrupted();
}

bool NeverTells(const Error& error) {
  return error.kind == ErrorKind::kRefused || error.kind == ErrorKind::kNotFound;
}

bool HasWrites(const Result<std::uint64_t>& pending) {
  return pending.ok() ? *pending > 0 : !NeverTells(pending.error());
}

class Checker {
 public:
  Checker(const CutoverTools& tools, const CopySpec& spec, Journal& journal, Tally& tally,
          const StopTokens& stop)
      : nodes_(tools.nodes),
        tools_(tools.strategy),
        spec_(spec),
        journal_(journal),
        tally_(tally),
        stop_(stop) {}

  Result<std::optional<std::string>> Run(bool is_ours) {
    auto trouble = Look();
    if (!trouble.ok() || !*trouble) return trouble;
    if (is_ours) {
      if (auto mended = DeleteStrays(); !mended.ok()) return mended.error();
    }
    trouble = LookFor(kCountLooks);
    if (!trouble.ok() || !*trouble || !is_ours) return trouble;
    if (auto listed = ListLost(); !listed.ok()) return listed.error();
    return trouble;
  }

  // Until they agree, so many times.
  Result<std::optional<std::string>> LookFor(int looks) {
    for (int look = 1;; ++look) {
      auto trouble = Look();
      if (!trouble.ok() || !*trouble || look == looks) return trouble;
      if (auto slept = Sleep(tools_, stop_); !slept.ok()) return slept.error();
    }
  }

 private:
  Result<std::optional<std::string>> Look() {
    const auto copies = journal_.CopyCount();
    if (!copies.ok()) return copies.error();
    const auto counts = tools_.reader.CountOnNodes(spec_.destination, stop_);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i].ok() && *counts[i] == *copies) continue;
      return std::optional(Differs(i, counts[i], *copies));
    }
    return std::optional<std::string>();
  }

  std::string Differs(std::size_t node, const Result<std::uint64_t>& count,
                      std::uint64_t copies) const {
    const std::string who = node < nodes_.size() ? nodes_[node] : fmt::format("node {}", node + 1);
    if (!count.ok()) {
      return fmt::format(
          "{} does not say how many documents of {} it has ({}), so the alias was not switched. "
          "Mend it or take it out of the configuration, and run again: the run goes on where it "
          "stands",
          who, spec_.destination, count.error().message);
    }
    return fmt::format(
        "{} copies were made into {} and {} counts {}, so the alias was not switched. Run again: "
        "the run goes on where it stands and makes missing copies again",
        copies, spec_.destination, who, *count);
  }

  Status Read(const std::string& collection, RowVisitor::Take take) {
    return RowVisitor::Read(tools_.reader, collection, journal_, nullptr, std::move(take), stop_);
  }

  // Only this program writes there before the switch.
  Status DeleteStrays() {
    std::set<std::string> found;
    const auto take = [&](const RowVisitor::Row& row) {
      if (!row.known || !row.known->copy) found.insert(row.id);
    };
    if (auto read = Read(spec_.destination, take); !read.ok()) return read;
    const std::vector<std::string> strays(found.begin(), found.end());
    const auto copier = tools_.writer.MakeCopier(spec_.destination);
    for (std::size_t at = 0; at < strays.size(); at += kIdsAtOnce) {
      const auto page = std::span(strays).subspan(at, std::min(kIdsAtOnce, strays.size() - at));
      const auto deleted = copier->Delete(page, stop_);
      if (!deleted.ok()) return deleted.error();
    }
    if (!strays.empty()) {
      tools_.log.Info(fmt::format(
          "{} documents of {} were no copies that the journal knows and were deleted there",
          strays.size(), spec_.destination));
    }
    return {};
  }

  Status ListLost() {
    Ids held;
    const auto hold = [&](const RowVisitor::Row& row) { held.insert(HashText(row.id)); };
    if (auto read = Read(spec_.destination, hold); !read.ok()) return read;
    std::set<std::string> lost_ids;
    const auto take = [&](const RowVisitor::Row& row) {
      const bool copied = row.known && row.known->copy;
      if (copied && !held.contains(HashText(row.id))) lost_ids.insert(row.id);
    };
    if (auto read = Read(spec_.source, take); !read.ok()) return read;
    // Deleted first, which forgets the copy: a rerun makes it again.
    std::vector<DocumentOutcome> gone;
    std::vector<DocumentOutcome> lost;
    for (const std::string& id : lost_ids) {
      gone.push_back({.id = id, .state = DocumentState::kDeleted, .copy_removed = true});
      lost.push_back(Lost(id));
    }
    if (auto noted = RecordOutcomes(journal_, tally_, gone); !noted.ok()) return noted;
    return RecordOutcomes(journal_, tally_, lost);
  }

  DocumentOutcome Lost(const std::string& id) const {
    return {.id = id,
            .state = DocumentState::kFailed,
            .failure = {id, Stage::kUpdate, FailureKind::kRejected,
                        fmt::format("{} does not hold the copy that was made; a rerun makes it "
                                    "again",
                                    spec_.destination)}};
  }

  const std::vector<std::string>& nodes_;
  const StrategyTools& tools_;
  const CopySpec& spec_;
  Journal& journal_;
  Tally& tally_;
  const StopTokens& stop_;
};

}  // namespace

Status RowVisitor::Read(StoreReader& reader, const std::string& collection, JournalView& journal,
                        const CopySpec* whole, Take take, const StopTokens& stop) {
  RowVisitor visitor(journal, whole, std::move(take));
  const auto scan = reader.MakeScan({.collection = collection, .whole = whole != nullptr});
  if (auto read = scan->Run(visitor, stop); !read.ok()) return read;
  return visitor.Flush();
}

Status RowVisitor::Restart() {
  rows_.clear();
  return {};
}

Result<ScanVisitor::Next> RowVisitor::Visit(const Document& document) {
  Row row{.id = document.id, .content = {}};
  if (whole_ != nullptr) {
    const auto content = HashWithoutField(document.json, whole_->field, whole_->nested);
    if (!content.ok()) return content.error();
    row.content = *content;
  }
  rows_.push_back(std::move(row));
  if (rows_.size() == kIdsAtOnce) {
    if (auto flushed = Flush(); !flushed.ok()) return flushed.error();
  }
  return Next::kGoOn;
}

Status RowVisitor::Flush() {
  std::vector<std::string_view> ids;
  for (const Row& row : rows_) ids.emplace_back(row.id);
  const auto known = journal_.Rows(ids);
  if (!known.ok()) return known.error();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].known = (*known)[i];
    take_(rows_[i]);
  }
  rows_.clear();
  return {};
}

Status WaitForWrites(const StrategyTools& tools, const StopTokens& stop) {
  const WaitNotice notice(tools.activity, "waiting until every node has applied its writes");
  for (int look = 0; look < kWriteLooks; ++look) {
    const auto pending = tools.reader.PendingOnNodes(stop);
    if (stop.abort.stop_requested()) break;
    if (std::none_of(pending.begin(), pending.end(), HasWrites)) return {};
    if (auto slept = Sleep(tools, stop); !slept.ok()) return slept;
  }
  if (stop.abort.stop_requested()) {
    return Interrupted();
  }
  tools.log.Warning("a node still has writes to apply, or does not answer; going on without it");
  return {};
}

Result<bool> HoldsOther(StoreReader& reader, const CopySpec& spec, Journal& journal,
                        const StopTokens& stop) {
  bool other = false;
  Ids held;
  const auto look = [&](const RowVisitor::Row& row) {
    held.insert(HashText(row.id));
    other = other || !row.known || row.known->copy != row.content;
  };
  const Status read = RowVisitor::Read(reader, spec.destination, journal, &spec, look, stop);
  if (!read.ok()) return read.error();
  const auto copies = journal.CopyCount();
  if (!copies.ok()) return copies.error();
  return other || held.size() != *copies;
}

Result<std::optional<std::string>> CheckCopies(const CutoverTools& tools, const CopySpec& spec,
                                               Journal& journal, Tally& tally, bool is_ours,
                                               const StopTokens& stop) {
  return Checker(tools, spec, journal, tally, stop).Run(is_ours);
}

Result<std::optional<std::string>> CompareCounts(const CutoverTools& tools, const CopySpec& spec,
                                                 Journal& journal, Tally& tally,
                                                 const StopTokens& stop) {
  return Checker(tools, spec, journal, tally, stop).LookFor(kQuickLooks);
}

}  // namespace reembed
