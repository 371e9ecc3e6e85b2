#include "verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "batch_limits.h"
#include "index_check.h"
#include "planner.h"
#include "recompute.h"
#include "reconcile_visitor.h"
#include "reembed/base/text.h"
#include "reembed/core/open_cutovers.h"

namespace reembed {
namespace {

// Few enough that a sample is paid for in small steps.
constexpr std::size_t kMostTextsAtOnce = 50;

// What a run that is not simply done means for the counts. A cutover that was cut off says more.
void NoteState(const RunRecord& run, bool cut_off, std::vector<std::string>& notes) {
  if (run.state == RunState::kOpen) {
    if (cut_off) return;
    notes.push_back(fmt::format("the last run ({}) has not ended: run again to finish it", run.id));
  } else if (run.state == RunState::kRolledBack) {
    notes.push_back(fmt::format("the last run ({}) was rolled back", run.id));
  }
}

void NoteMissingRun(const std::vector<RunRecord>& runs, const CollectionConfig& config,
                    const std::vector<std::string>& nodes, std::vector<std::string>& notes) {
  const auto earlier = std::find_if(runs.rbegin(), runs.rend(), [&](const RunRecord& run) {
    return run.name == config.name && SameCluster(run.nodes, nodes);
  });
  if (earlier != runs.rend()) {
    notes.push_back(
        fmt::format("the last run ({}) wrote field `{}` of `{}` made at {}: this is another one",
                    earlier->id, earlier->target.field, earlier->target.collection,
                    IsoTime(WallTime(Seconds(earlier->target.created_at)))));
  }
  notes.emplace_back(
      "the journal knows no run of this collection: only missing vectors and wrong lengths can be "
      "told, and every other document counts as new");
}

// Clusters that share a state directory share what it knows of documents: it is that of the latest.
void NoteOtherCluster(const std::vector<RunRecord>& runs, const RunRecord& own,
                      std::vector<std::string>& notes) {
  const auto latest = std::find_if(runs.rbegin(), runs.rend(),
                                   [&](const RunRecord& run) { return run.target == own.target; });
  if (latest == runs.rend() || SameCluster(latest->nodes, own.nodes)) return;
  notes.push_back(
      fmt::format("run {} has since worked on the same collection of another cluster ({}): "
                  "documents whose text differs there are shown as stale here until the next run, "
                  "which pays for nothing. Separate --state-dir folders avoid that",
                  latest->id, fmt::join(latest->nodes, ", ")));
}

std::string LabelOf(const Recipe& recipe) {
  if (recipe.dimensions != 0) return Label(recipe);
  return fmt::format("{} / {} / dimensions not known", recipe.family, recipe.model);
}

std::string OtherRecipe(const RunRecord& run, const Recipe& asked) {
  const std::string label = LabelOf(run.recipe);
  return label == LabelOf(asked)
             ? fmt::format(
                   "the last run ({}) had other settings (task type, prefix, server, normalisation "
                   "or long texts): verified is what is configured",
                   run.id)
             : fmt::format("the last run ({}) used {}: verified is what is configured", run.id,
                           label);
}

std::string CutOffNote(const Cutover& cutover, const CollectionId& served) {
  const bool waits = cutover.kind == CutoverKind::kAlias && served == cutover.from;
  return fmt::format("{}{}; {}", CutOffText(cutover),
                     waits ? fmt::format("; {} serves as before", served.name) : std::string(),
                     GoOnText(cutover, ""));
}

// Only a nested field comes back by itself, with the next document that has it.
bool WasDetected(const CollectionSchema& schema, const FieldSchema& field) {
  return !field.num_dim && schema.IsNested(field.name);
}

std::string DetectedText(const CollectionSchema& schema, const std::string& field, int length,
                         const std::string& recovery_file) {
  return fmt::format(
      "vector search on {} is away: field `{}` has no `num_dim`, although the journal says {} "
      "dimensions; {}, then run `reembed` again",
      schema.name, field, length,
      recovery_file.empty() ? "drop it and add it with that `num_dim` in one request"
                            : fmt::format("bring it back with the calls in {}", recovery_file));
}

}  // namespace

struct Verification::Subject {
  const CollectionConfig& config;
  CollectionSchema schema;
  bool nested = false;
  bool indexed = false;
  int dimensions = 0;
  std::unique_ptr<JournalView> view = nullptr;
};

VerifyReport Verification::Run(const StopTokens& stop) {
  VerifyReport report;
  report.version = REEMBED_VERSION;
  report.started_at = tools_.clock.Wall();
  const SteadyTime begun = tools_.clock.Now();
  const StopTokens at_once = StopAtOnce(stop);
  ExitCode code = kExitDone;
  for (const CollectionConfig& config : tools_.config.collections) {
    CollectionVerification& result = report.collections.emplace_back();
    result.name = config.name;
    result.collection = config.collection;
    result.field = config.embedding_field;
    result.skip_reason = config.skip_reason;
    if (!config.skip_reason) code = Worse(code, VerifyOne(config, result, at_once));
  }
  if (ends_all_) report.message = ends_all_->message;
  report.finished_at = tools_.clock.Wall();
  report.seconds = SecondsBetween(begun, tools_.clock.Now());
  report.exit_code = code;
  return report;
}

ExitCode Verification::VerifyOne(const CollectionConfig& config, CollectionVerification& result,
                                 const StopTokens& stop) {
  if (ends_all_) {
    result.error = "not verified: " + ends_all_->message;
    return ExitCodeFor(ends_all_->kind);
  }
  tools_.log.Info(fmt::format("{}: reading all documents", config.name));
  const auto subject = Look(config, result, stop);
  if (subject.ok()) return Scan(*subject, result, stop);
  result.error = subject.error().message;
  if (ConcernsAll(subject.error().kind)) ends_all_ = subject.error();
  return ExitCodeFor(subject.error().kind);
}

Result<Verification::Subject> Verification::Look(const CollectionConfig& config,
                                                 CollectionVerification& result,
                                                 const StopTokens& stop) const {
  auto schema = tools_.reader.Describe(config.collection, stop);
  if (!schema.ok()) return schema.error();
  result.collection = schema->name;
  const auto open = LookAtSearch(config, *schema, result);
  if (!open.ok()) return open.error();
  const FieldSchema* field = schema->Find(config.embedding_field);
  if (field == nullptr && result.search_away.empty()) return MissingField(config, *schema);
  Subject subject{.config = config, .schema = std::move(*schema)};
  subject.nested = subject.schema.IsNested(config.embedding_field);
  subject.dimensions = static_cast<int>(tools_.provider.dimensions);
  auto view = FindRun(config, subject.schema, open->has_value(), subject.dimensions, result);
  if (!view.ok()) return view.error();
  subject.view = std::move(*view);
  field = subject.schema.Find(config.embedding_field);
  subject.indexed = field != nullptr && field->HasVectorIndex();
  return subject;
}

// The open cutover, if there is one. A field without a length may also be as it was declared.
Result<std::optional<Cutover>> Verification::LookAtSearch(const CollectionConfig& config,
                                                          const CollectionSchema& schema,
                                                          CollectionVerification& result) const {
  if (tools_.journal == nullptr) return std::optional<Cutover>();
  const auto cutovers = tools_.journal->Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  const FieldSchema* field = schema.Find(config.embedding_field);
  const CollectionId id{schema.name, schema.created_at};
  const auto nodes = ClusterNodes(tools_.config);
  const auto open = FindOpenCutover(*cutovers, id, config.embedding_field, nodes);
  if (open && IsAway(*open, field)) {
    result.search_away = fmt::format("vector search on {} is away: {}; {}", schema.name,
                                     CutOffText(*open), GoOnText(*open, RecoveryFile(schema.name)));
    return open;
  }
  if (open) result.notes.push_back(CutOffNote(*open, id));
  const auto length = LengthByJournal(*cutovers, id, config.embedding_field, nodes);
  if (field != nullptr && !field->num_dim && length) {
    result.search_away =
        DetectedText(schema, config.embedding_field, *length, RecoveryFile(schema.name));
  }
  return open;
}

std::string Verification::RecoveryFile(const std::string& collection) const {
  return tools_.recovery == nullptr ? std::string() : tools_.recovery->Find(collection);
}

Error Verification::MissingField(const CollectionConfig& config,
                                 const CollectionSchema& schema) const {
  const std::string file = RecoveryFile(schema.name);
  return {.kind = ErrorKind::kRefused,
          .message = fmt::format(
              "the schema of `{}` has no field `{}`: {}", schema.name, config.embedding_field,
              file.empty() ? "correct `embedding_field`, or add the field"
                           : fmt::format("an earlier run dropped it, and the journal does not know "
                                         "of it; the calls in {} bring it back",
                                         file))};
}

// Null without a run. A length that is neither configured nor known of the model is the last run's.
Result<std::unique_ptr<JournalView>> Verification::FindRun(const CollectionConfig& config,
                                                           const CollectionSchema& schema,
                                                           bool cut_off, int& dimensions,
                                                           CollectionVerification& result) const {
  const auto recipe = [&] {
    return RecipeOf(tools_.config.embedding, config, dimensions, tools_.provider.max_text_tokens);
  };
  result.recipe = LabelOf(recipe());
  if (tools_.journal == nullptr) {
    NoteMissingRun({}, config, {}, result.notes);
    return std::unique_ptr<JournalView>();
  }
  const Target target{schema.name, schema.created_at, config.embedding_field};
  const auto runs = tools_.journal->Runs();
  if (!runs.ok()) return runs.error();
  const auto& nodes = tools_.config.typesense.nodes;
  const auto last = std::find_if(runs->rbegin(), runs->rend(), [&](const RunRecord& run) {
    return run.target == target && SameCluster(run.nodes, nodes);
  });
  if (last == runs->rend()) {
    NoteMissingRun(*runs, config, nodes, result.notes);
    return std::unique_ptr<JournalView>();
  }
  if (dimensions == 0) dimensions = last->recipe.dimensions;
  const Recipe asked = recipe();
  result.recipe = LabelOf(asked);
  result.run = VerifiedRun{last->id, last->started, LabelOf(last->recipe), last->recipe == asked};
  if (!result.run->same_recipe) {
    result.notes.push_back(OtherRecipe(*last, asked));
  }
  NoteState(*last, cut_off, result.notes);
  const FieldSchema* field = schema.Find(config.embedding_field);
  const bool detected = field != nullptr && WasDetected(schema, *field);
  if (detected && last->recipe.dimensions != 0 && result.search_away.empty()) {
    result.search_away = DetectedText(schema, config.embedding_field, last->recipe.dimensions,
                                      RecoveryFile(schema.name));
  }
  NoteOtherCluster(*runs, *last, result.notes);
  return tools_.journal->View(target, asked);
}

ExitCode Verification::Scan(const Subject& subject, CollectionVerification& result,
                            const StopTokens& stop) {
  const CollectionConfig& config = subject.config;
  const bool searchable = subject.indexed && options_.sample > 0;
  VerifyScan scan({.config = config,
                   .nested = subject.nested,
                   .dimensions = static_cast<std::size_t>(subject.dimensions),
                   .view = subject.view.get(),
                   .sample = searchable ? options_.sample : 0,
                   .recompute = tools_.embedder != nullptr ? options_.recompute : 0},
                  tools_.random);
  Status status = tools_.reader.MakeScan(ScanSpec(subject.schema.name, config))->Run(scan, stop);
  if (status.ok()) status = scan.Finish();
  result.scanned = status.ok();
  result.counts = scan.counts();
  result.differences = scan.differences();
  if (status.ok()) status = SampleIndex(subject, scan, result, stop);
  if (status.ok()) status = EmbedAgain(config, scan, result, stop);
  const ExitCode code = result.Differs() ? kExitPartial : kExitDone;
  if (status.ok()) return code;
  result.error = status.error().message;
  // A provider that is out does not keep the store from being read.
  const bool of_provider = ends_recomputing_ && result.recomputed;
  if (status.error().kind == ErrorKind::kInterrupted ||
      (ConcernsAll(status.error().kind) && !of_provider)) {
    ends_all_ = status.error();
  }
  return Worse(code, ExitCodeFor(status.error().kind));
}

Status Verification::SampleIndex(const Subject& subject, const VerifyScan& scan,
                                 CollectionVerification& result, const StopTokens& stop) const {
  if (options_.sample == 0 || !result.search_away.empty()) return {};
  if (!subject.indexed) {
    result.notes.push_back(fmt::format("field `{}` has no vector index, so no search was tried",
                                       subject.config.embedding_field));
    return {};
  }
  result.index.emplace();
  return CheckIndex(tools_.reader, subject.schema.name, subject.config.embedding_field,
                    scan.matching().items(), *result.index, stop);
}

Status Verification::EmbedAgain(const CollectionConfig& config, const VerifyScan& scan,
                                CollectionVerification& result, const StopTokens& stop) {
  if (options_.recompute == 0 || tools_.embedder == nullptr) return {};
  if (ends_recomputing_) {
    result.notes.push_back("no document was embedded again: " + ends_recomputing_->message);
    return {};
  }
  BatchLimits limits = BatchLimitsFor(tools_.provider, tools_.config.embedding);
  limits.max_texts = std::min(limits.max_texts, kMostTextsAtOnce);
  const auto& documents = scan.texts().items();
  const auto batches = BatchesOf(documents, limits, tools_.embedder->Estimate());
  std::uint64_t texts = 0;
  std::uint64_t tokens = 0;
  for (const Batch& batch : batches) {
    texts += batch.texts.size();
    tokens += batch.estimated_tokens;
  }
  // Shown by default: it is the only thing here that costs money.
  if (texts > 0) {
    tools_.log.Warning(
        fmt::format("{}: embedding {} texts again to compare them (about {} tokens, which the "
                    "provider bills)",
                    config.name, WithThousands(texts), WithThousands(tokens)));
  }
  result.recomputed.emplace();
  result.recomputed->population = scan.texts().seen();
  Status status = Recompute(*tools_.embedder, config, documents, batches, *result.recomputed, stop);
  if (!status.ok()) ends_recomputing_ = status.error();
  return status;
}

}  // namespace reembed
