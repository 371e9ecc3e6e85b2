#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/mutex.h"
#include "run_fixture.h"
#include "src/app/alias.h"
#include "src/app/embed_first.h"
#include "tests/support/memory_recovery.h"

namespace reembed::testing {

/// Keeps what was told.
class KeepingLog final : public Log {
 public:
  void Write(LogLevel, std::string_view message) override {
    MutexLock lock(mutex_);
    lines_.emplace_back(message);
  }
  /// How many lines hold all of these.
  std::size_t Count(std::initializer_list<std::string_view> parts) const {
    MutexLock lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
          return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
            return line.find(part) != std::string::npos;
          });
        }));
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ REEMBED_GUARDED_BY(mutex_);
};

/// The alias `docs` leads to `docs_old`, whose vectors have three components; new ones have two.
struct AliasFixture {
  FakeStore store;
  FakeEmbedder embedder;
  FakeClock clock;
  KeepingLog log;
  ActivityBoard activity;
  MemoryRecovery recovery;
  std::unique_ptr<JournalStore> journals = MakeMemoryJournal();
  CollectionConfig config = Configured("docs");
  bool allow_missing = false, all_aliases = false;
  int dimensions = 2;
  std::optional<std::uint64_t> limit;
  std::stop_source drain, abort;
  std::vector<std::string> nodes = {"http://fake:8108"};

  FirstBatchGate gate;
  BacklogWatch backlog{store, clock, activity, log};

  explicit AliasFixture(std::size_t documents = 5) {
    FakeCollection old = MakeCollection("docs_old", documents, 3);
    old.schema.created_at = 100;
    old.schema.metadata = R"({"owner":"me"})";
    for (const Document& document : old.documents) old.vectors[document.id] = {1, 2, 3};
    store.collections["docs_old"] = std::move(old);
    store.aliases = {{"docs", "docs_old"}};
  }

  StrategyTools Tools() {
    return {store, store, embedder, clock, gate, backlog, activity, log, {.max_texts = 50},
            {},    3,     limit,    true};
  }

  FakeCollection& Old() { return store.collections.at("docs_old"); }
  std::string ServedName() const {
    for (const Alias& alias : store.aliases) {
      if (alias.name == "docs") return alias.collection;
    }
    throw std::logic_error("no alias");
  }
  FakeCollection& Served() { return store.collections.at(ServedName()); }
  /// The only collection beside the old one.
  FakeCollection& Clone() {
    for (auto& [name, collection] : store.collections) {
      if (name != "docs_old") return collection;
    }
    throw std::logic_error("no clone");
  }

  /// Makes the field of the old collection one that must be there.
  void Require() {
    for (FieldSchema& field : Old().schema.fields) {
      if (field.name != "vec") continue;
      field.optional = false;
      field.definition = R"({"name":"vec","num_dim":3,"optional":false,"type":"float[]"})";
    }
  }

  CollectionPlan Plan() {
    const CollectionSchema schema = *store.Describe("docs", {});
    const FieldSchema* field = schema.Find("vec");
    CollectionPlan plan;
    plan.config = config;
    plan.collection = schema.name;
    plan.created_at = schema.created_at;
    plan.alias = "docs";
    for (const Alias& alias : store.aliases) {
      if (alias.collection == schema.name) plan.aliases.push_back(alias.name);
    }
    plan.old_dimensions = field->num_dim;
    plan.new_dimensions = dimensions;
    plan.strategy = StrategyChoice::kAlias;
    plan.optional_field = field->optional;
    plan.definition = field->definition;
    plan.metadata = schema.metadata;
    plan.allow_missing = allow_missing;
    plan.all_aliases = all_aliases;
    const auto cutovers = *journals->Cutovers();
    plan.cutover = FindOpenCutover(cutovers, {schema.name, schema.created_at}, "vec", nodes);
    return plan;
  }

  struct End {
    CollectionEnd end;
    Counts counts;
    std::vector<Failure> failures;
    /// What went wrong or was left; empty when nothing was.
    std::string trouble() const {
      if (end.error) return end.error->message;
      if (!end.stopped_because.empty()) return end.stopped_because;
      if (!failures.empty()) return failures.front().id + ": " + failures.front().message;
      return end.complete ? "" : "not complete";
    }
    bool whole() const { return trouble().empty(); }
  };

  /// Opens the run of the clone.
  std::unique_ptr<Journal> OpenFor(const CollectionId& clone) {
    RunSpec spec;
    spec.name = "docs";
    spec.target = {clone.name, clone.created_at, "vec"};
    spec.recipe.dimensions = dimensions;
    spec.nodes = nodes;
    return *journals->OpenRun(spec);
  }

  /// One start of the program.
  End Run() {
    BeginSession(*journals);
    const StrategyTools strategy = Tools();
    const CutoverTools tools{strategy, *journals, recovery, nodes};
    const CollectionPlan plan = Plan();
    const StopTokens stop{drain.get_token(), abort.get_token()};
    RunTotals totals{FailureLimit()};
    Tally tally(totals, log, "docs");
    End result;
    auto cutover = PrepareClone(tools, plan, stop);
    if (!cutover.ok()) {
      result.end.error = cutover.error();
      return result;
    }
    const auto journal = OpenFor(cutover->to);
    result.end = AliasStrategy(tools, *cutover).Run(plan, *journal, tally, stop);
    if (result.whole() && !journal->EndRun(clock.Wall()).ok()) throw std::logic_error("end");
    CollectionReport report;
    tally.FillIn(report);
    result.counts = report.counts;
    result.failures = report.failures;
    return result;
  }

  Cutover LastCutover() { return journals->Cutovers()->back(); }
  static bool IsSwitch(const std::string& what) { return what.starts_with("alias docs "); }
  /// Of the document as it is; empty when there is none.
  static std::string Title(const FakeCollection& collection, const std::string& id) {
    for (const Document& document : collection.documents) {
      if (document.id == id) return TitleOf(document);
    }
    return {};
  }
  /// The next switch is done and its answer lost.
  void LoseSwitch() {
    store.alter_lost = [this](std::size_t) -> std::optional<Error> {
      if (!IsSwitch(store.alterations.back())) return std::nullopt;
      return Error{.kind = ErrorKind::kOutage, .message = "lost"};
    };
  }

  /// How many documents hold the vector of their title.
  static std::size_t Right(const FakeCollection& collection) {
    std::size_t right = 0;
    for (const Document& document : collection.documents) {
      const auto found = collection.vectors.find(document.id);
      if (found != collection.vectors.end() && found->second == VectorOf(TitleOf(document))) {
        ++right;
      }
    }
    return right;
  }
  static std::string TitleOf(const Document& document) {
    const std::string key = R"("title":")";
    const std::size_t from = document.json.find(key) + key.size();
    return document.json.substr(from, document.json.find('"', from) - from);
  }
};

}  // namespace reembed::testing
