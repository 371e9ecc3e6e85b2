#include "doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probe.h"

#include "reembed/core/exit_code.h"
#include "reembed/core/journal_size.h"
#include "reembed/core/open_cutovers.h"

namespace reembed {
namespace {

constexpr Millis kDoctorProbeTimeout{120'000};

DoctorLine NoAnswerLine(const Error& error) {
  return {DoctorLevel::kProblem, "Typesense: " + error.message,
          "check the address and that the server runs, then try again"};
}

DoctorLine JournalTroubleLine(const Error& error) {
  return {DoctorLevel::kProblem, "journal: " + error.message,
          "restore the state directory from a backup, or choose another: --state-dir"};
}

// Ends a scan with its first document: enough to know that the key may export.
class FirstDocument final : public ScanVisitor {
 public:
  Status Restart() override { return {}; }
  Result<Next> Visit(const Document&) override { return Next::kEnough; }
};

std::string TaskTypeOf(const Config& config) {
  const auto found = std::find_if(
      config.collections.begin(), config.collections.end(),
      [](const CollectionConfig& collection) { return !collection.skip_reason.has_value(); });
  return found == config.collections.end() ? std::string() : found->task_type;
}

std::uint64_t NewLength(const CollectionPlan& plan) {
  return static_cast<std::uint64_t>(plan.new_dimensions != 0 ? plan.new_dimensions
                                                             : plan.old_dimensions.value_or(0));
}

std::uint64_t IndexBytes(const std::vector<CollectionPlan>& plans) {
  std::uint64_t bytes = 0;
  for (const CollectionPlan& plan : plans)
    bytes += plan.documents * NewLength(plan) * sizeof(float);
  return bytes;
}

}  // namespace

DoctorReport Doctor::Run(const StopTokens& stop) {
  const StopTokens at_once = StopAtOnce(stop);
  report_ = {};
  report_.version = REEMBED_VERSION;
  report_.checked_at = tools_.clock.Wall();
  dimensions_ = static_cast<int>(tools_.provider.dimensions);
  plans_.clear();
  answers_ = false;
  Add(ConfigurationLine(tools_.config));
  AddAll(StateDirLines(tools_.config.journal.dir, tools_.state_dir));
  const auto unless_stopped = [&](auto check) {
    if (!at_once.drain.stop_requested()) check();
  };
  // Before the store: its plans depend on the true vector length.
  unless_stopped([&] { CheckProvider(at_once); });
  unless_stopped([&] { CheckStore(at_once); });
  unless_stopped([&] { CheckSpace(); });
  unless_stopped([&] { CheckJournal(at_once); });
  unless_stopped([&] { CheckClock(); });
  const bool problem = report_.CountOf(DoctorLevel::kProblem) > 0;
  report_.exit_code = problem ? kExitRefused : kExitDone;
  if (at_once.drain.stop_requested()) report_.exit_code = kExitInterrupted;
  return std::move(report_);
}

void Doctor::AddAll(DoctorLines lines) {
  for (DoctorLine& line : lines) Add(std::move(line));
}

void Doctor::CheckProvider(const StopTokens& stop) {
  std::optional<Result<int>> probed;
  if (tools_.probe != nullptr) {
    probed = ProbeVectorLength(*tools_.probe, TaskTypeOf(tools_.config), kDoctorProbeTimeout,
                               tools_.provider.dimensions, stop);
  }
  if (stop.drain.stop_requested()) return;
  if (probed && probed->ok()) dimensions_ = **probed;
  Add(ProviderLine(tools_.config.embedding, tools_.provider, probed));
}

void Doctor::CheckStore(const StopTokens& stop) {
  const auto nodes = tools_.reader.Nodes(stop);
  if (stop.drain.stop_requested()) return;
  AddAll(NodeLines(nodes));
  if (!AnyHealthy(nodes)) return;
  std::vector<Cutover> cutovers;
  if (tools_.journal != nullptr) {
    // A journal that cannot be read has a line of its own.
    if (auto known = tools_.journal->Cutovers(); known.ok()) cutovers = *std::move(known);
  }
  const auto entries =
      GatherFacts(tools_.reader, tools_.config.collections,
                  {cutovers, ClusterNodes(tools_.config), dimensions_}, tools_.log, stop);
  if (!entries.ok()) {
    if (!stop.drain.stop_requested()) Add(NoAnswerLine(entries.error()));
    return;
  }
  answers_ = true;
  CheckCollections(*entries, stop);
  if (stop.drain.stop_requested()) return;
  CheckOptionalRights(*entries, stop);
  AddAll(HeadroomLines(nodes, IndexBytes(plans_)));
}

void Doctor::CheckCollections(const std::vector<PlanEntry>& entries, const StopTokens& stop) {
  bool answers = true;
  for (const PlanEntry& entry : entries) {
    if (stop.drain.stop_requested()) return;
    if (entry.error) Add(CollectionTroubleLine(entry.config, *entry.error));
    if (!entry.facts) continue;
    plans_.push_back(MakePlan(entry.config, *entry.facts, dimensions_,
                              {tools_.config.cutover, RecoveryFile(entry.facts->schema.name)}));
    AddAll(CollectionLines(plans_.back()));
    answers = answers && CheckExport(entry, stop);
  }
}

// False when no node answers any more, which is said once.
bool Doctor::CheckExport(const PlanEntry& entry, const StopTokens& stop) {
  FirstDocument first;
  FetchSpec spec{entry.facts->schema.name, entry.config.text.fields, entry.config.filter_by,
                 /*is_known=*/{}};
  const Status read = tools_.reader.MakeScan(std::move(spec))->Run(first, stop);
  if (read.ok() || stop.drain.stop_requested()) return true;
  if (ConcernsAll(read.error().kind)) {
    Add(NoAnswerLine(read.error()));
    answers_ = false;
    return false;
  }
  DoctorLine line = CollectionTroubleLine(entry.config, read.error());
  if (read.error().kind == ErrorKind::kRefused) line.remedy = "give the key documents:export";
  Add(std::move(line));
  return true;
}

void Doctor::CheckOptionalRights(const std::vector<PlanEntry>& entries, const StopTokens& stop) {
  const bool aliases_unknown = std::any_of(
      entries.begin(), entries.end(),
      [](const PlanEntry& entry) { return entry.facts && !entry.facts->aliases_known; });
  if (aliases_unknown) {
    Add({DoctorLevel::kWarning, "key: it may not list aliases",
         "give the key aliases:list, so that other aliases of a collection are seen"});
  }
  const auto pending = tools_.reader.PendingWrites(stop);
  if (!pending.ok() && !stop.drain.stop_requested()) {
    const bool refused = !ConcernsAll(pending.error().kind);
    Add({DoctorLevel::kWarning,
         "Typesense: pending writes are not known: " + pending.error().message,
         refused ? "give the key stats.json:list, so that a run can slow down when the server lags"
                 : "try again"});
  }
  if (plans_.empty() || aliases_unknown || !pending.ok()) return;
  Add({DoctorLevel::kOk,
       "key: it may read all that a run reads; only a run shows whether it may write", ""});
}

void Doctor::CheckSpace() {
  std::uint64_t bytes = 0;
  for (const CollectionPlan& plan : plans_) {
    bytes += JournalBytes(plan.documents, plan.documents, NewLength(plan),
                          static_cast<std::uint64_t>(plan.old_dimensions.value_or(0)),
                          tools_.config.journal.backup);
  }
  Add(SpaceLine(tools_.state_dir, bytes, tools_.journal != nullptr));
}

void Doctor::CheckJournal(const StopTokens& stop) {
  if (tools_.journal_error) {
    Add(JournalTroubleLine(*tools_.journal_error));
    return;
  }
  if (tools_.journal == nullptr) {
    Add({DoctorLevel::kOk, "journal: there is none yet", ""});
    return;
  }
  const auto runs = tools_.journal->Runs();
  if (!runs.ok()) {
    Add(JournalTroubleLine(runs.error()));
    return;
  }
  Add({DoctorLevel::kOk, fmt::format("journal: readable, {} runs", runs->size()), ""});
  AddAll(FutureRunLines(*runs, tools_.clock.Wall()));
  const auto cutovers = tools_.journal->Cutovers();
  if (!cutovers.ok()) {
    Add(JournalTroubleLine(cutovers.error()));
    return;
  }
  const std::vector<Cutover> open = OpenHere(*cutovers);
  for (const Cutover& cutover : open) {
    const FieldOnServer field = LookAt(cutover, stop);
    if (stop.drain.stop_requested()) return;
    Add(CutoverLine(cutover, field, RecoveryFile(cutover.to.name)));
  }
  CheckRuns(*runs, open);
}

void Doctor::CheckRuns(const std::vector<RunRecord>& runs, const std::vector<Cutover>& open) {
  // No run goes on while a rollback is to be finished, whose line stands above.
  const auto waits = [&](const RunRecord& run) {
    const CollectionId id{run.target.collection, run.target.created_at};
    return std::any_of(open.begin(), open.end(), [&](const Cutover& cutover) {
      return LeadsBack(cutover) && cutover.field == run.target.field &&
             (cutover.from == id || cutover.to == id);
    });
  };
  for (const RunRecord& run : runs) {
    if (run.state != RunState::kOpen) continue;
    if (!SameCluster(run.nodes, tools_.config.typesense.nodes)) continue;
    if (waits(run)) continue;
    const auto counts = tools_.journal->CountsOf(run.target);
    if (counts.ok()) Add(OpenRunLine(run, *counts, GoesOn(run)));
  }
}

std::vector<Cutover> Doctor::OpenHere(const std::vector<Cutover>& all) const {
  std::vector<Cutover> open = OpenCutovers(all);
  const auto nodes = ClusterNodes(tools_.config);
  std::erase_if(open, [&](const Cutover& one) { return !SameCluster(one.nodes, nodes); });
  return open;
}

// Also for a collection that is not configured any more: its search may be away all the same.
FieldOnServer Doctor::LookAt(const Cutover& cutover, const StopTokens& stop) const {
  if (!MayBeAway(cutover)) return FieldOnServer::kThere;
  if (!answers_) return FieldOnServer::kUnknown;
  const auto schema = tools_.reader.Describe(cutover.to.name, stop);
  if (!schema.ok()) {
    const bool gone = schema.error().kind == ErrorKind::kNotFound;
    return gone ? FieldOnServer::kGone : FieldOnServer::kUnknown;
  }
  if (CollectionId{schema->name, schema->created_at} != cutover.to) return FieldOnServer::kGone;
  const bool away = IsAway(cutover, schema->Find(cutover.field));
  return away ? FieldOnServer::kAway : FieldOnServer::kThere;
}

std::string Doctor::RecoveryFile(const std::string& collection) const {
  return tools_.recovery == nullptr ? std::string() : tools_.recovery->Find(collection);
}

// Without a known length the model's name must do.
bool Doctor::GoesOn(const RunRecord& run) const {
  const auto& collections = tools_.config.collections;
  const auto config =
      std::find_if(collections.begin(), collections.end(),
                   [&](const CollectionConfig& one) { return one.name == run.name; });
  if (config == collections.end()) return false;
  const int length = dimensions_ != 0 ? dimensions_ : run.recipe.dimensions;
  return RecipeOf(tools_.config.embedding, *config, length, tools_.provider.max_text_tokens) ==
         run.recipe;
}

void Doctor::CheckClock() {
  if (!tools_.server_time) return;
  if (const auto server = tools_.server_time()) Add(ClockLine(*server, tools_.clock.Wall()));
}

}  // namespace reembed
