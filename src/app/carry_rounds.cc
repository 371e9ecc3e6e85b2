#include "carry_rounds.h"

#include <fmt/format.h>

#include <map>
#include <unordered_set>
#include <utility>

#include "copy_check.h"
#include "embed_first.h"
#include "stage.h"

namespace reembed {
namespace {

constexpr std::size_t kCarriedAtOnce = 25;

using Left = std::map<std::string, std::string>;

void MoveInto(std::vector<LeftDocument>& out, Left& left) {
  for (auto& [id, message] : left) out.push_back({id, std::move(message)});
}

// What is noted of a document that was carried over; nothing for one that was left.
std::optional<DocumentOutcome> OutcomeOf(const CarryItem& item, const Carried& carried) {
  if (!carried.left.empty() || carried.what == Carrying::kWaits) return std::nullopt;
  if (carried.content) {
    // One that stays gone is noted as known, too: the way back then deletes it there as well.
    return DocumentOutcome{.id = item.id,
                           .state = DocumentState::kWritten,
                           .truncated = item.truncated,
                           .copy = carried.content};
  }
  if (!item.copy) return std::nullopt;
  return DocumentOutcome{.id = item.id, .state = DocumentState::kDeleted, .copy_removed = true};
}

MakeWithout WithoutAtFirst(const CollectionPlan& plan) {
  if (!plan.optional_field) return MakeWithout::kNever;
  return plan.config.filter_by.empty() ? MakeWithout::kAlways : MakeWithout::kUnlessSourceHas;
}

class Forward {
 public:
  Forward(const StrategyTools& tools, const CollectionPlan& plan, const CopySpec& spec,
          Journal& journal, Tally& tally, Left& left, const StopTokens& stop)
      : tools_(tools),
        plan_(plan),
        journal_(journal),
        tally_(tally),
        left_(left),
        stop_(stop),
        stage_(tools.reader, tools.writer, tools.clock, spec),
        without_(WithoutAtFirst(plan)) {}

  CollectionEnd Run(ScanJob job) {
    // Until it is done the alias serves what is out of date, and what the application writes there
    // stands against it: the provider is not waited for. In the journal a text that is not paid for
    // has no vector then, so that the catch-up embeds it.
    job.rest_goes_without = true;
    if (auto first = ScanAndCarry(job); !first.ok()) return EndedBy(first.error());
    if (!waiting_) return {.complete = true};
    ScanJob embedding = job;
    embedding.rest_goes_without = false;
    CollectionEnd end = EmbedFirst(tools_, plan_, embedding, journal_, tally_, stop_);
    if (!end.complete || !end.stopped_because.empty()) return end;
    without_ = MakeWithout::kAlways;
    if (auto rest = ScanAndCarry(job); !rest.ok()) return EndedBy(rest.error());
    return {.complete = true};
  }

 private:
  Status ScanAndCarry(const ScanJob& job) {
    const auto scanned = ScanCollection(tools_, plan_, job, journal_, tally_, stop_);
    if (!scanned.ok()) return scanned.error();
    return CarryAll();
  }

  Status CarryAll() {
    std::string after;
    for (;;) {
      auto page = journal_.NextEmbedded(after, kCarriedAtOnce);
      if (!page.ok()) return page.error();
      if (page->empty()) break;
      after = page->back().id;
      std::vector<CarryItem> items;
      for (EmbeddedDocument& document : *page) {
        items.push_back({std::move(document.id), document.copy, std::move(document.vector),
                         document.truncated, without_});
      }
      if (auto carried = CarryPage(items); !carried.ok()) return carried;
    }
    return CarryOrphans();
  }

  Status CarryOrphans() {
    std::string after;
    for (;;) {
      auto page = journal_.NextOrphanedCopies(after, kCarriedAtOnce);
      if (!page.ok()) return page.error();
      if (page->empty()) return {};
      after = page->back().id;
      std::vector<CarryItem> items;
      for (OrphanedCopy& orphan : *page) items.push_back({std::move(orphan.id), orphan.copy});
      if (auto carried = CarryPage(items); !carried.ok()) return carried;
    }
  }

  Status CarryPage(std::span<const CarryItem> items) {
    std::vector<DocumentOutcome> outcomes;
    for (const CarryItem& item : items) {
      const auto carried = stage_.Carry(item, stop_);
      if (!carried.ok()) return carried.error();
      waiting_ = waiting_ || carried->what == Carrying::kWaits;
      left_.erase(item.id);
      if (!carried->left.empty()) left_[item.id] = carried->left;
      if (auto outcome = OutcomeOf(item, *carried)) outcomes.push_back(*std::move(outcome));
    }
    return RecordOutcomes(journal_, tally_, outcomes);
  }

  const StrategyTools& tools_;
  const CollectionPlan& plan_;
  Journal& journal_;
  Tally& tally_;
  Left& left_;
  const StopTokens& stop_;
  CarryStage stage_;
  MakeWithout without_;
  bool waiting_ = false;  // something that is new has to be embedded first
};

// What differs between the clone and the journal's copies, and what the clone does not have.
struct Candidates {
  std::map<std::string, std::optional<TextHash>> items;  // id -> its copy
  Left left;
};

Result<Candidates> FindCandidates(StoreReader& reader, const CopySpec& spec, JournalView& journal,
                                  const StopTokens& stop) {
  Candidates found;
  std::unordered_set<TextHash, TextHashHasher> held;
  const auto in_source = [&](const RowVisitor::Row& row) {
    held.insert(HashText(row.id));
    const auto copy = row.known ? row.known->copy : std::nullopt;
    if (copy != row.content) found.items[row.id] = copy;
  };
  auto read = RowVisitor::Read(reader, spec.source, journal, &spec, in_source, stop);
  if (!read.ok()) return read.error();
  const auto in_destination = [&](const RowVisitor::Row& row) {
    if (!row.known || held.contains(HashText(row.id))) return;
    if (row.known->copy) {
      found.items[row.id] = row.known->copy;
    } else {
      found.left[row.id] = fmt::format(
          "{} does not have it, and whether {} has changed it since is not known; it stays. Delete "
          "it there if it is to be gone",
          spec.source, spec.destination);
    }
  };
  read = RowVisitor::Read(reader, spec.destination, journal, nullptr, in_destination, stop);
  if (!read.ok()) return read.error();
  return found;
}

// All of them: what the run's report lists is lost when it is cut off.
void TellLeft(const StrategyTools& tools, const CollectionPlan& plan, const Left& left) {
  if (left.empty()) return;
  const std::string& name = plan.config.name;
  tools.log.Warning(fmt::format("{}: {} not carried over across the switch", name, left.size()));
  for (const auto& [id, message] : left) {
    tools.log.Warning(fmt::format("{}: document '{}' was not carried over: {}", name, id, message));
  }
}

void Count(const Carried& carried, CarriedBack& back) {
  if (carried.what == Carrying::kCreate) ++back.created;
  if (carried.what == Carrying::kReplace) ++back.replaced;
  if (carried.what == Carrying::kDelete) ++back.deleted;
}

}  // namespace

CarriedForward CarryForward(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                            const CopySpec& spec, Journal& journal, Tally& tally,
                            const StopTokens& stop) {
  Left left;
  CarriedForward carried;
  carried.end = Forward(tools, plan, spec, journal, tally, left, stop).Run(std::move(job));
  TellLeft(tools, plan, left);
  MoveInto(carried.left, left);
  return carried;
}

Result<CarriedBack> CarryBack(const StrategyTools& tools, const CopySpec& spec,
                              JournalView& journal, const StopTokens& stop) {
  auto candidates = FindCandidates(tools.reader, spec, journal, stop);
  if (!candidates.ok()) return candidates.error();
  CarryStage stage(tools.reader, tools.writer, tools.clock, spec);
  CarriedBack back;
  for (const auto& [id, copy] : candidates->items) {
    const auto carried = stage.Carry({id, copy}, stop);
    if (!carried.ok()) return carried.error();
    if (carried->left.empty()) {
      Count(*carried, back);
    } else {
      candidates->left[id] = carried->left;
    }
  }
  MoveInto(back.left, candidates->left);
  return back;
}

}  // namespace reembed
