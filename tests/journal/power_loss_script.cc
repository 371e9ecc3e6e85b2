#include "power_loss_script.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "reembed/core/reconcile.h"

namespace reembed::testing {
namespace {

constexpr int kDocuments = 40;
constexpr std::size_t kScanPage = 16, kPage = 12, kDimensions = 5;

std::string IdOf(int i) {
  return (i < 10 ? "doc 0" : "doc ") + std::to_string(i);
}

/// One run under way.
class Migration {
 public:
  Migration(JournalStore& store, World& world, const RunSpec& spec, WorkOrder order,
            const std::function<void(const CallReturned&)>& returned,
            const std::function<void()>& changed)
      : store_(store),
        world_(world),
        spec_(spec),
        order_(order),
        returned_(returned),
        changed_(changed) {}

  std::set<std::string> Run(int end_day) {
    journal_ = Take(store_.OpenRun(spec_));
    returned_({});
    Scan();
    for (std::string after;;) {
      const auto page = Take(journal_->NextPending(after, kPage));
      if (page.empty()) break;
      after = page.back();
      Embed(page);
    }
    if (order_ == WorkOrder::kEmbedFirst) WriteEmbedded();
    Take(journal_->EndRun(WallTime{} + std::chrono::hours(24) * end_day));
    returned_({});
    return paid_;
  }

 private:
  void WriteEmbedded() {
    Cutover cutover = OpenCutover();
    Save(cutover, CutoverStep::kWriting);
    for (std::string after;;) {
      const auto page = Take(journal_->NextEmbedded(after, kPage));
      if (page.empty()) break;
      after = page.back().id;
      std::vector<ReadyDocument> ready;
      for (const EmbeddedDocument& document : page)
        ready.push_back({document.id, document.vector, document.truncated});
      Write(ready);
    }
    Save(cutover, CutoverStep::kDone);
  }

  // The one that was cut off, or a new one.
  Cutover OpenCutover() {
    const auto all = Take(store_.Cutovers());
    if (!all.empty() && all.back().IsOpen()) return all.back();
    Cutover cutover;
    cutover.name = spec_.name;
    cutover.nodes = spec_.nodes;
    cutover.started = spec_.now;
    return cutover;
  }

  void Save(Cutover& cutover, CutoverStep step) {
    cutover.step = step;
    Take(store_.SaveCutover(cutover));
    returned_({});
  }

  ScanRecord Judge(const std::string& id, const std::string& text) {
    const std::vector<std::string_view> ids = {id};
    const auto row = Take(journal_->Rows(ids)).at(0);
    const auto stored = world_.vectors.find(id);
    StoreRow seen = {.text = HashText(text), .vector = std::nullopt, .length = 0};
    if (stored != world_.vectors.end()) {
      seen.vector = HashVector(stored->second);
      seen.length = stored->second.size();
    }
    ScanRecord record = {.id = id, .text = seen.text, .found = {}, .backup = {}};
    record.found = Classify(&seen, row ? &*row : nullptr, kDimensions);
    const std::vector<VectorHash> hashes = {seen.vector.value_or(VectorHash{})};
    // A vector that is ours already needs no backup.
    if (!Take(store_.AreOurs(hashes)).at(0)) record.backup = FirstField(id);
    return record;
  }

  void Scan() {
    Take(journal_->BeginScan(order_));
    returned_({});
    std::vector<ScanRecord> page;
    for (auto entry = world_.texts.begin(); entry != world_.texts.end();) {
      page.push_back(Judge(entry->first, entry->second));
      if (++entry != world_.texts.end() && page.size() < kScanPage) continue;
      Take(journal_->RecordScan(page));
      CallReturned done;
      for (const ScanRecord& record : page) {
        if (record.backup) done.backups.emplace(record.id);
      }
      returned_(done);
      page.clear();
    }
    Take(journal_->EndScan());
    returned_({});
  }

  void Embed(const std::vector<std::string>& ids) {
    std::vector<SeenDocument> seen;
    std::vector<std::string> texts;
    std::vector<DocumentOutcome> skipped;
    for (const std::string& id : ids) {
      if (IsSkipped(id)) {
        skipped.push_back({.id = id, .state = DocumentState::kSkipped});
        continue;
      }
      texts.push_back(world_.texts.at(id));
      seen.push_back({id, HashText(texts.back())});
    }
    if (!skipped.empty()) Save(skipped);
    const Admitted admitted = Take(journal_->Admit(seen));
    returned_({});
    if (order_ == WorkOrder::kWriteAtOnce) Write(admitted.ready);
    // Two answers of the provider.
    const auto middle =
        admitted.embed.begin() + static_cast<std::ptrdiff_t>(admitted.embed.size() / 2);
    for (const auto& [from, to] :
         {std::pair(admitted.embed.begin(), middle), std::pair(middle, admitted.embed.end())}) {
      std::set<std::string> answer;
      for (auto index = from; index != to; ++index) answer.insert(texts.at(*index));
      if (!answer.empty()) Pay(answer);
    }
  }

  void Pay(const std::set<std::string>& texts) {
    std::vector<EmbeddedText> vectors;
    for (const std::string& text : texts) {
      vectors.push_back({HashText(text), std::make_shared<const Embedding>(
                                             ScriptedVector(spec_.recipe.model, text))});
    }
    paid_.insert(texts.begin(), texts.end());
    const auto ready = Take(journal_->SaveVectors(vectors));
    returned_({.texts = texts});
    if (order_ == WorkOrder::kWriteAtOnce) Write(ready);
  }

  void Write(const std::vector<ReadyDocument>& ready) {
    std::vector<DocumentOutcome> outcomes;
    for (const ReadyDocument& document : ready) {
      DocumentOutcome outcome = {.id = document.id, .state = DocumentState::kWritten};
      if (IsRefused(document.id)) {
        outcome.state = DocumentState::kFailed;
        outcome.failure = {document.id, Stage::kUpdate, FailureKind::kRejected, "refused"};
      } else {
        world_.vectors[document.id] = *document.vector;
        if (order_ == WorkOrder::kEmbedFirst) outcome.copy = HashText("copy of " + document.id);
      }
      outcomes.push_back(std::move(outcome));
    }
    if (outcomes.empty()) return;
    changed_();
    Save(outcomes);
  }

  void Save(const std::vector<DocumentOutcome>& outcomes) {
    Take(journal_->SaveOutcomes(outcomes));
    CallReturned done;
    for (const DocumentOutcome& outcome : outcomes) done.outcomes[outcome.id] = outcome.state;
    returned_(done);
  }

  JournalStore& store_;
  World& world_;
  const RunSpec& spec_;
  const WorkOrder order_;
  const std::function<void(const CallReturned&)>& returned_;
  const std::function<void()>& changed_;
  std::unique_ptr<Journal> journal_;
  std::set<std::string> paid_;
};

void DescribeRows(JournalStore& store, const std::string& model, std::ostringstream& out) {
  const RunSpec spec = ScriptedRun(model, 1);
  const auto view = Take(store.View(spec.target, spec.recipe));
  const World world = NewWorld();
  for (const auto& [id, text] : world.texts) {
    const std::vector<std::string_view> ids = {id};
    const std::vector<TextHash> texts = {HashText(text)};
    const auto row = Take(view->Rows(ids)).at(0);
    out << id << (Take(view->Paid(texts)).at(0) ? " paid" : " -");
    if (!row) {
      out << " unknown\n";
      continue;
    }
    out << " state " << static_cast<int>(row->state) << " text " << row->text.low << " vector "
        << (row->vector ? row->vector->low : 0) << " copy " << (row->copy ? row->copy->low : 0)
        << '\n';
  }
}

}  // namespace

World NewWorld() {
  World world;
  for (int i = 0; i < kDocuments; ++i) {
    const std::string id = IdOf(i);
    world.texts[id] = "text " + std::to_string(i % 26);
    if (i % 3 != 0) world.vectors[id] = ScriptedVector("old", id);
  }
  return world;
}

RunSpec ScriptedRun(const std::string& model, int day) {
  RunSpec spec;
  spec.name = "books";
  spec.target = {.collection = "books", .created_at = 1'700'000'000, .field = "v"};
  spec.recipe.family = "fake";
  spec.recipe.model = model;
  spec.recipe.dimensions = static_cast<int>(kDimensions);
  spec.nodes = {"http://one.test:8108"};
  spec.now = WallTime{} + std::chrono::hours(24) * day;
  return spec;
}

Embedding ScriptedVector(const std::string& model, const std::string& text) {
  const auto bits = static_cast<float>(HashText(model + "/" + text).low % 1'000'003);
  return {bits / 7.0F, -0.0F, 1e-42F, -3.4e38F, 1.0F / (bits + 3.0F)};
}

FieldBackup FirstField(const std::string& id) {
  const World world = NewWorld();
  if (!world.vectors.contains(id)) return {BackupKind::kAbsent, std::string(1, '\0')};
  return {BackupKind::kText, "the first vector of " + id};
}

bool IsRefused(const std::string& id) {
  return id == "doc 07";
}

bool IsSkipped(const std::string& id) {
  return id == "doc 13";
}

std::set<std::string> Migrate(JournalStore& store, World& world, const RunSpec& spec, int end_day,
                              WorkOrder order,
                              const std::function<void(const CallReturned&)>& returned,
                              const std::function<void()>& changed) {
  return Migration(store, world, spec, order, returned, changed).Run(end_day);
}

std::string Describe(JournalStore& store) {
  std::ostringstream out;
  DescribeRows(store, "m1", out);
  DescribeRows(store, "m2", out);
  const World world = NewWorld();
  const Target target = ScriptedRun("m1", 1).target;
  for (const RunRecord& run : Take(store.Runs())) {
    if (run.target != target) continue;
    out << "run " << run.number << ' ' << run.id << ' ' << run.recipe.model << ' '
        << static_cast<int>(run.state) << " ended "
        << (run.ended ? run.ended->time_since_epoch().count() : 0) << " pruned " << run.pruned
        << '\n';
    const std::vector<std::int64_t> numbers = {run.number};
    for (const auto& [id, text] : world.texts) {
      const std::vector<std::string_view> ids = {id};
      const auto backup = Take(store.FirstBackups(target, numbers, ids)).at(0);
      if (backup) out << id << ' ' << static_cast<int>(backup->kind) << ' ' << backup->blob << '\n';
    }
  }
  for (const Cutover& cutover : Take(store.Cutovers()))
    out << "cutover " << cutover.number << ' ' << ToString(cutover.step) << '\n';
  const TargetCounts counts = Take(store.CountsOf(target));
  out << "counts " << counts.pending << ' ' << counts.embedded << ' ' << counts.written << ' '
      << counts.skipped << ' ' << counts.failed << '\n';
  return out.str();
}

}  // namespace reembed::testing
