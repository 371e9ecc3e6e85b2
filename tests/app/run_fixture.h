#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "fake_embedder.h"
#include "fake_store.h"
#include "src/app/dry_run.h"
#include "src/app/migration.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_journal.h"
#include "tests/support/memory_recovery.h"

namespace reembed::testing {

/// Keeps what was shown.
class RecordingReporter final : public Reporter {
 public:
  std::vector<std::string> events;
  std::vector<PlannedCollection> plans;
  RunHeader header;

  void Begin(const RunHeader& shown) override {
    header = shown;
    events.emplace_back("begin");
  }
  void ShowPlan(const PlannedCollection& planned) override {
    plans.push_back(planned);
    events.push_back("plan " + planned.plan.config.name);
  }
  void Started(const CollectionPlan& plan) override {
    events.push_back("started " + plan.config.name);
  }
  void Finished(const CollectionReport& report) override {
    events.push_back(std::string(ToString(report.status)) + " " + report.name);
  }
  void End(const RunReport&) override { events.emplace_back("end"); }
};

class SilentLog final : public Log {
 public:
  void Write(LogLevel, std::string_view) override {}
};

class SilentProgress final : public ProgressDisplay {
 public:
  bool Wanted() const override { return false; }
  void Show(const Progress&) override {}
  void Clear() override {}
};

inline CollectionConfig Configured(const std::string& name) {
  CollectionConfig config;
  config.name = name;
  config.collection = name;
  config.embedding_field = "vec";
  config.text.fields = {"title"};
  return config;
}

/// A run over fakes: change what is public, then Run() or DryRun().
struct RunFixture {
  Config config;
  FakeStore store;
  FakeEmbedder embedder;
  ProviderProperties provider;
  FakeClock clock;
  SilentLog log;
  RecordingReporter reporter;
  SilentProgress progress;
  ActivityBoard activity;
  Result<std::unique_ptr<JournalStore>> journal = MakeMemoryJournal();
  MemoryRecovery recovery;
  FailureLimit max_failures;
  std::optional<std::uint64_t> limit;
  std::size_t workers = 3;
  std::size_t batch_texts = 50;
  bool probe = true;
  bool force = false;
  bool backup = true;
  std::stop_source drain;
  std::stop_source abort;

  RunFixture() {
    provider.dimensions = 2;
    provider.preferred_texts = 50;
    config.typesense.nodes = {"http://fake:8108"};
    config.embedding.provider.family = "fake";
    config.embedding.provider.model = "model-1";
  }

  void Add(const std::string& name, std::size_t documents) {
    config.collections.push_back(Configured(name));
    store.collections[name] = MakeCollection(name, documents);
  }

  /// Runs as a program that is started anew: stops are forgotten, the journal is not.
  RunReport Rerun() {
    BeginSession(**journal);
    drain = {};
    abort = {};
    return Run();
  }

  RunReport Run() {
    FirstBatchGate gate;
    BacklogWatch backlog(store, clock, activity, log);
    const StrategyTools strategy{
        store, store,   embedder, clock, gate, backlog, activity, log, {.max_texts = batch_texts},
        {},    workers, limit,    backup};
    const RunTools tools{config, store, provider, clock, log, reporter, probe, force};
    return Migration(tools, strategy, journal, recovery, std::nullopt, max_failures, activity,
                     progress)
        .Run({drain.get_token(), abort.get_token()});
  }

  DryRunResult RunDry(Provider& asked) {
    const RunTools tools{config, store, provider, clock, log, reporter, probe, force};
    return DryRun(tools, asked, journal).Run({drain.get_token(), abort.get_token()});
  }
};

/// The journal of a run whose scan has shown new documents of these ids.
inline std::unique_ptr<Journal> OpenWith(JournalStore& store, const std::vector<std::string>& ids) {
  RunSpec spec;
  spec.target = {"a", 0, "vec"};
  spec.recipe.dimensions = 2;
  auto journal = *store.OpenRun(spec);
  std::vector<ScanRecord> records;
  for (const std::string& id : ids) records.push_back({id, {}, DocumentClass::kNew, {}});
  if (!journal->BeginScan(WorkOrder::kWriteAtOnce).ok() || !journal->RecordScan(records).ok())
    std::abort();
  return journal;
}

/// How many documents of the collection hold the vector of their text.
inline std::size_t RightVectors(const FakeCollection& collection) {
  return static_cast<std::size_t>(std::count_if(
      collection.documents.begin(), collection.documents.end(), [&](const Document& document) {
        const auto found = collection.vectors.find(document.id);
        return found != collection.vectors.end() &&
               found->second == VectorOf("text " + document.id);
      }));
}

}  // namespace reembed::testing
