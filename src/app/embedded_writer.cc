#include "embedded_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "page_sizes.h"
#include "reembed/core/stored_field.h"
#include "stage.h"
#include "stopwatch.h"

namespace reembed {
namespace {

CollectionPlan WithoutIndex(CollectionPlan plan) {
  plan.indexed = false;
  return plan;
}

// How many keys of the field's path stand above the last one.
std::size_t Depth(const CollectionPlan& plan) {
  const std::string& field = plan.config.embedding_field;
  if (!plan.nested_field) return 0;
  return static_cast<std::size_t>(std::count(field.begin(), field.end(), '.'));
}

}  // namespace

EmbeddedWriter::EmbeddedWriter(const StrategyTools& tools, const CollectionPlan& plan,
                               Journal& journal, Tally& tally)
    : tools_(tools),
      plan_(WithoutIndex(plan)),
      journal_(journal),
      tally_(tally),
      updater_(tools.writer.MakeUpdater(
          {plan.collection, plan.config.embedding_field, plan.nested_field})),
      restorer_(tools.writer.MakeRestorer(
          {plan.collection, plan.config.embedding_field, plan.nested_field})),
      lookup_(tools.reader.MakeLookup(
          {.collection = plan.collection, .fields = {plan.config.embedding_field}})),
      stage_({*updater_, tools.reader, tools.backlog, journal, tally, tools.clock}, plan_,
             tools.request_size) {}

Status EmbeddedWriter::Run(const StopTokens& stop, std::string_view emptied) {
  const auto count = journal_.EmbeddedCount();
  if (!count.ok()) return count.error();
  tally_.BeginPhase("writing", *count);
  const Stopwatch watch(tools_.clock, tools_.log, plan_.config.name, "write");
  std::string after;
  for (;;) {
    if (stop.abort.stop_requested()) {
      return Interrupted();
    }
    auto page = journal_.NextEmbedded(after, kIdsAtOnce);
    if (!page.ok()) return page.error();
    if (page->empty()) return {};
    after = page->back().id;
    std::vector<ReadyDocument> ready;
    std::vector<EmbeddedDocument> without;
    for (EmbeddedDocument& document : *page) {
      if (document.vector) {
        ready.push_back({std::move(document.id), std::move(document.vector), document.truncated});
      } else {
        without.push_back(std::move(document));
      }
    }
    tally_.AddPhaseDone(ready.size() + without.size());
    if (auto written = WriteVectors(std::move(ready), stop); !written.ok()) return written;
    if (auto done = Empty(without, emptied, stop); !done.ok()) return done;
  }
}

Status EmbeddedWriter::WriteVectors(std::vector<ReadyDocument> documents, const StopTokens& stop) {
  if (documents.empty()) return {};
  ReadyQueue queue(1);
  queue.Push(std::move(documents));
  queue.Close();
  return stage_.Run(queue, stop);
}

// Those that hold something which is no vector of the new length: a null for a document that holds
// nothing would leave the objects of a nested field behind.
Result<std::vector<RestoredField>> EmbeddedWriter::Unfit(
    const std::vector<EmbeddedDocument>& documents, const StopTokens& stop) {
  std::vector<std::string> ids;
  ids.reserve(documents.size());
  for (const EmbeddedDocument& document : documents) ids.push_back(document.id);
  const auto found = lookup_->Find(ids, stop);
  if (!found.ok()) return found.error();
  std::vector<RestoredField> unfit;
  StoredField field;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if ((*found)[i].state != LookupState::kFound) continue;
    const Status read = ReadStoredField((*found)[i].document.json, plan_.config.embedding_field,
                                        plan_.nested_field, field);
    if (!read.ok()) return read.error();
    const bool fits = field.kind == FieldKind::kAbsent || field.kind == FieldKind::kNull ||
                      field.vector.size() == static_cast<std::size_t>(plan_.new_dimensions);
    if (!fits) unfit.push_back({std::move(ids[i]), {"null", Depth(plan_)}});
  }
  return unfit;
}

Status EmbeddedWriter::Empty(const std::vector<EmbeddedDocument>& documents,
                             std::string_view emptied, const StopTokens& stop) {
  if (documents.empty()) return {};
  const auto unfit = Unfit(documents, stop);
  if (!unfit.ok()) return unfit.error();
  if (!unfit->empty()) {
    const auto done = restorer_->Apply(*unfit, stop);
    if (!done.ok()) return done.error();
  }
  std::vector<DocumentOutcome> outcomes;
  for (const EmbeddedDocument& document : documents) {
    const bool without_text =
        document.text == HashText("") && plan_.config.on_empty_text == EmptyTextRule::kSkip;
    if (without_text) {
      outcomes.push_back({.id = document.id, .state = DocumentState::kSkipped});
    } else if (!emptied.empty()) {
      outcomes.push_back({.id = document.id,
                          .state = DocumentState::kFailed,
                          .failure = {document.id, Stage::kCatchUp, FailureKind::kChanging,
                                      std::string(emptied)}});
    }
    // One that failed before keeps that outcome.
  }
  return RecordOutcomes(journal_, tally_, outcomes);
}

}  // namespace reembed
