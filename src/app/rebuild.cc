#include "rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "embed_first.h"
#include "embedded_writer.h"
#include "field_window.h"
#include "pass.h"
#include "stage.h"
#include "time_limit.h"

namespace reembed {
namespace {

constexpr int kAddRounds = 5;
// What the application changed while the field was away is embedded while search waits.
constexpr Seconds kEmbedInWindow{120};
constexpr std::string_view kEmptied =
    "it changed while the field was away and could not be embedded in time: it has no vector until "
    "a run embeds it";

class Rebuild {
 public:
  Rebuild(const CutoverTools& tools, const CollectionPlan& plan, Journal& journal, Tally& tally,
          const StopTokens& stop)
      : cutover_tools_(tools),
        tools_(tools.strategy),
        plan_(plan),
        journal_(journal),
        tally_(tally),
        stop_(stop) {}

  CollectionEnd Run() {
    if (plan_.cutover) {
      GoOn();
    } else {
      if (auto end = EmbedAll()) return *std::move(end);
      // Last chance: from here to the end of the window the first signal is not heeded.
      if (stop_.drain.stop_requested()) {
        return EndedBy(Interrupted());
      }
      if (auto begun = BeginCutover(); !begun.ok()) return EndedBy(begun.error());
    }
    FieldWindow window(cutover_tools_, cutover_, plan_.nested_field, stop_);
    if (auto done = PassThrough(window); !done.ok()) return LeftOpen(window.Explain(done.error()));
    if (emptied_ > 0) return Emptied();
    return CatchUp();
  }

 private:
  ScanJob EmbedJob() const {
    return {.collection = plan_.collection,
            .order = WorkOrder::kEmbedFirst,
            .scope = Scope::kAll,
            .backup = tools_.backup};
  }

  // The end, if it comes to one before the drop.
  std::optional<CollectionEnd> EmbedAll() {
    auto first = EmbedFirst(tools_, plan_, EmbedJob(), journal_, tally_, stop_);
    if (!first.complete || !first.stopped_because.empty()) return first;
    const auto failed = journal_.FailedCount();
    if (!failed.ok()) return EndedBy(failed.error());
    if (*failed > 0 && !plan_.allow_missing) {
      return CollectionEnd{.complete = true, .stopped_because = NotEmbedded(*failed)};
    }
    if (auto noted = NoteMissing(*failed); !noted.ok()) return EndedBy(noted.error());
    const auto embedded = journal_.EmbeddedCount();
    if (!embedded.ok()) return EndedBy(embedded.error());
    // The vectors are there and have the right length: nothing to drop the field for.
    if (*embedded == 0 && !OtherLength(plan_)) return CollectionEnd{.complete = true};
    return std::nullopt;
  }

  static std::string NotEmbedded(std::uint64_t failed) {
    return fmt::format(
        "{} could not be embedded, so the field was not dropped and the old vectors serve on; what "
        "was embedded is kept and not paid for again. Mend or delete {} and run again, or let {} "
        "end without a vector with --allow-missing",
        failed == 1 ? "1 document" : fmt::format("{} documents", failed),
        failed == 1 ? "it" : "them", failed == 1 ? "it" : "them");
  }

  // What ends without a vector, as is allowed, needs a field that is optional; this has to be known
  // before the field is added.
  Status NoteMissing(std::uint64_t failed) {
    const bool may_need = plan_.allow_missing && !plan_.optional_field && OtherLength(plan_);
    if (failed == 0 && !may_need) return {};
    ScanJob job = EmbedJob();
    job.failed_go_without = true;
    return Scan(job, stop_);
  }

  // While the field is away the first signal is not heeded.
  StopTokens AtAbort() const { return {stop_.abort, stop_.abort}; }

  Status Scan(const ScanJob& job, const StopTokens& stop) {
    const auto found = ScanCollection(tools_, plan_, job, journal_, tally_, stop);
    if (!found.ok()) return found.error();
    go_without_ = go_without_ || found->go_without > 0;
    return {};
  }

  // The journal has what is left to be written. What has changed since is found by the server, when
  // it is asked to add the field, and by the catch-up.
  void GoOn() {
    cutover_ = *plan_.cutover;
    tools_.log.Warning(fmt::format("{}: goes on with the rebuild of {} that was cut off",
                                   plan_.config.name, plan_.collection));
  }

  Status BeginCutover() {
    cutover_.kind = CutoverKind::kRebuild;
    cutover_.name = plan_.config.name;
    cutover_.nodes = cutover_tools_.nodes;
    cutover_.field = plan_.config.embedding_field;
    cutover_.from = cutover_.to = {plan_.collection, plan_.created_at};
    cutover_.old_definition = plan_.definition;
    cutover_.started = tools_.clock.Wall();
    return Define(plan_.optional_field || go_without_);
  }

  Status Define(bool optional) {
    auto definition = WithDimensions(plan_.definition, plan_.new_dimensions, optional);
    if (!definition.ok()) return definition.error();
    cutover_.new_definition = *std::move(definition);
    return {};
  }

  Status PassThrough(FieldWindow& window) {
    if (auto opened = window.Open(); !opened.ok()) return opened;
    EmbeddedWriter writer(tools_, plan_, journal_, tally_);
    if (auto written = writer.Run(window.stop()); !written.ok()) return written;
    if (auto added = AddBack(window, writer); !added.ok()) return added;
    return window.End(CutoverStep::kDone);
  }

  // Until the documents fit: what the application wrote meanwhile is embedded and written as well,
  // for so many rounds or so long; then it does without.
  Status AddBack(FieldWindow& window, EmbeddedWriter& writer) {
    std::optional<TimeLimit> limit;
    for (int round = 0; round < kAddRounds; ++round) {
      const auto added = window.Close();
      if (!added.ok()) return added.error();
      if (*added == AlterResult::kDone) return {};
      if (!limit) limit.emplace(tools_.clock, kEmbedInWindow, window.stop());
      const auto mended = EmbedUnfit(limit->tokens());
      if (!mended.ok()) return mended.error();
      if (!*mended) break;
      if (auto written = writer.Run(window.stop()); !written.ok()) return written;
    }
    return AddWithout(window, writer);
  }

  /// False when nothing can be mended by embedding.
  Result<bool> EmbedUnfit(const StopTokens& limit) {
    tools_.log.Warning(fmt::format(
        "{}: documents were written meanwhile that do not fit the new field; they are embedded now",
        plan_.config.name));
    if (auto scanned = Scan(EmbedJob(), AtAbort()); !scanned.ok()) return scanned.error();
    const auto lookup = tools_.reader.MakeLookup(
        {.collection = plan_.collection, .fields = plan_.config.text.fields});
    const CollectionEnd end = Pass(tools_, plan_, journal_, *lookup, nullptr, tally_, limit).Run();
    if (stop_.abort.stop_requested()) {
      return Interrupted();
    }
    if (end.error && end.error->kind == ErrorKind::kLocal) return *end.error;
    // What is found without text now may end without a vector, too.
    const bool optional = IsOptionalField(cutover_.new_definition) || go_without_;
    if (auto defined = Define(optional); !defined.ok()) return defined.error();
    const auto embedded = journal_.EmbeddedCount();
    if (!embedded.ok()) return embedded.error();
    return *embedded > 0;
  }

  // Search comes back first.
  Status AddWithout(FieldWindow& window, EmbeddedWriter& writer) {
    for (int round = 0; round < kAddRounds; ++round) {
      ScanJob job = EmbedJob();
      job.rest_goes_without = true;
      const auto found = ScanCollection(tools_, plan_, job, journal_, tally_, AtAbort());
      if (!found.ok()) return found.error();
      emptied_ = found->go_without - std::min(found->go_without, found->without_text);
      // Not for nothing: what has changed may all be embedded by now.
      if (found->go_without > 0) {
        if (auto defined = Define(/*optional=*/true); !defined.ok()) return defined;
      }
      if (auto written = writer.Run(window.stop(), kEmptied); !written.ok()) return written;
      const auto added = window.Close();
      if (!added.ok()) return added.error();
      if (*added == AlterResult::kDone) return {};
    }
    return Error{.kind = ErrorKind::kRefused,
                 .message =
                     "the application keeps writing vectors of the old length: stop it, or "
                     "switch it to the new model"};
  }

  static CollectionEnd LeftOpen(const Error& error) {
    CollectionEnd end = EndedBy(error);
    if (error.kind == ErrorKind::kInterrupted) end.stopped_because = error.message;
    return end;
  }

  CollectionEnd Emptied() const {
    return {
        .complete = true,
        .stopped_because = fmt::format(
            "{} that changed while the field was away could not be embedded while search waited "
            "({} s at most) and now {} no vector; the field is optional for that. Run again to "
            "embed {}",
            emptied_ == 1 ? "1 document" : fmt::format("{} documents", emptied_),
            kEmbedInWindow.count(), emptied_ == 1 ? "has" : "have", emptied_ == 1 ? "it" : "them")};
  }

  CollectionEnd CatchUp() {
    CollectionPlan live = plan_;
    live.old_dimensions = plan_.new_dimensions;
    const ScanJob job{
        .collection = plan_.collection, .scope = Scope::kAll, .backup = tools_.backup};
    return WriteAtOnce(tools_, live, job, journal_, tally_, stop_);
  }

  const CutoverTools& cutover_tools_;
  const StrategyTools& tools_;
  const CollectionPlan& plan_;
  Journal& journal_;
  Tally& tally_;
  const StopTokens& stop_;
  Cutover cutover_;
  bool go_without_ = false;
  std::uint64_t emptied_ = 0;
};

}  // namespace

CollectionEnd RebuildStrategy::Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                                   const StopTokens& stop) {
  if (tools_.strategy.limit) {
    return EndedBy({.kind = ErrorKind::kUsage,
                    .message = "--limit goes with `in-place` only: `rebuild` concerns the whole "
                               "collection"});
  }
  return Rebuild(tools_, plan, journal, tally, stop).Run();
}

}  // namespace reembed
