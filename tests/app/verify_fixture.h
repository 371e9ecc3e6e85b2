#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_embedder.h"
#include "fake_store.h"
#include "reembed/core/source_text.h"
#include "src/app/verify.h"
#include "tests/support/catch2.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_journal.h"
#include "tests/support/memory_recovery.h"

namespace reembed::testing {

/// Keeps every line.
class ListLog final : public Log {
 public:
  std::vector<std::string> warnings;
  void Write(LogLevel level, std::string_view message) override {
    if (level == LogLevel::kWarning) warnings.emplace_back(message);
  }
};

inline CollectionConfig VerifiedConfig(const std::string& name) {
  CollectionConfig config;
  config.name = name;
  config.collection = name;
  config.embedding_field = "vec";
  config.text.fields = {"title"};
  return config;
}

/// Collections in a fake store and what a journal in memory knows of them.
struct VerifyFixture {
  Config config;
  FakeStore store;
  FakeEmbedder embedder;
  ProviderProperties provider;
  FakeClock clock;
  ListLog log;
  std::unique_ptr<JournalStore> journal = MakeMemoryJournal();
  bool with_journal = true;
  bool with_embedder = true;
  MemoryRecovery recovery;
  VerifyOptions options{.sample = 0, .recompute = 0};
  std::stop_source drain;

  VerifyFixture() {
    provider.dimensions = 2;
    provider.preferred_texts = 50;
    config.embedding.provider.family = "fake";
    config.embedding.provider.model = "model-1";
    config.typesense.nodes = {"http://one:8108"};
  }

  FakeCollection& Add(const std::string& name, std::size_t documents) {
    config.collections.push_back(VerifiedConfig(name));
    return store.collections[name] = MakeCollection(name, documents);
  }

  RunSpec Spec(const CollectionConfig& collection) const {
    const CollectionSchema& schema = store.collections.at(collection.collection).schema;
    return {.name = collection.name,
            .target = {schema.name, schema.created_at, collection.embedding_field},
            .recipe = RecipeOf(config.embedding, collection, 2, provider.max_text_tokens),
            .nodes = config.typesense.nodes,
            .now = clock.Wall()};
  }

  /// As if a run had written every document of the collection: those named in `states` end that
  /// way and are not written. Each vector is VectorOf the text. The run stays open unless `end`.
  void Migrate(const std::string& name, const std::map<std::string, DocumentState>& states = {},
               bool end = true) {
    const auto& found =
        *std::find_if(config.collections.begin(), config.collections.end(),
                      [&](const CollectionConfig& one) { return one.name == name; });
    auto run = journal->OpenRun(Spec(found)).value();
    FakeCollection& collection = store.collections.at(name);
    REQUIRE(run->BeginScan(WorkOrder::kWriteAtOnce).ok());
    std::vector<DocumentOutcome> outcomes;
    for (const Document& document : collection.documents) {
      const std::string text = found.prefix + *ComposeSourceText(found.text, document.json);
      const ScanRecord record{document.id, HashText(text), DocumentClass::kNew, std::nullopt};
      REQUIRE(run->RecordScan({&record, 1}).ok());
      const SeenDocument seen{document.id, HashText(text)};
      const auto state = states.find(document.id);
      if (state == states.end() || state->second == DocumentState::kEmbedded) {
        Pay(*run, seen, text);
      }
      if (state == states.end()) {
        collection.vectors[document.id] = VectorOf(text);
        outcomes.push_back({.id = document.id});
      } else if (state->second == DocumentState::kFailed ||
                 state->second == DocumentState::kSkipped) {
        outcomes.push_back({.id = document.id, .state = state->second});
      }
    }
    REQUIRE(run->EndScan().ok());
    REQUIRE(run->SaveOutcomes(outcomes).ok());
    if (end) REQUIRE(run->EndRun(clock.Wall()).ok());
  }

  /// As if a cutover of that kind had been cut off, or ended, at `step`.
  void Cut(CutoverKind kind, CutoverStep step, const CollectionId& from, const CollectionId& to) {
    Cutover cutover;
    cutover.kind = kind;
    cutover.step = step;
    cutover.name = from.name;
    cutover.nodes = config.typesense.nodes;
    cutover.field = config.collections.front().embedding_field;
    cutover.from = from;
    cutover.to = to;
    cutover.old_definition = R"({"name":"vec","num_dim":3,"type":"float[]"})";
    cutover.new_definition = R"({"name":"vec","num_dim":2,"type":"float[]"})";
    cutover.started = cutover.changed = clock.Wall();
    REQUIRE(journal->SaveCutover(cutover).ok());
  }

  VerifyReport Run() {
    const VerifyTools tools{config,
                            store,
                            provider,
                            clock,
                            log,
                            [this] { return random; },
                            with_journal ? journal.get() : nullptr,
                            with_embedder ? &embedder : nullptr,
                            &recovery};
    return Verification(tools, options).Run({drain.get_token(), {}});
  }

  double random = 0;

 private:
  static void Pay(Journal& run, const SeenDocument& seen, const std::string& text) {
    const auto admitted = run.Admit({&seen, 1});
    REQUIRE(admitted.ok());
    if (admitted->embed.empty()) return;
    const EmbeddedText paid{HashText(text), std::make_shared<const Embedding>(VectorOf(text)),
                            false};
    REQUIRE(run.SaveVectors({&paid, 1}).ok());
  }
};

}  // namespace reembed::testing
