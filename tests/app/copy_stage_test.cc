#include "src/app/copy_stage.h"

#include "alias_fixture.h"
#include "reembed/core/spliced_document.h"
#include "src/app/collection_scan.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

/// Shows another vector than the store holds.
class LyingReader final : public StoreReader {
 public:
  explicit LyingReader(StoreReader& store) : store_(store) {}
  Result<Embedding> ReadVector(const std::string& name, const std::string& field,
                               const std::string& id, const StopTokens& stop) override {
    auto vector = store_.ReadVector(name, field, id, stop);
    if (vector.ok()) vector->push_back(1);
    return vector;
  }
  Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) override {
    return store_.Describe(name, stop);
  }
  Result<std::vector<CollectionSchema>> Collections(const StopTokens& stop) override {
    return store_.Collections(stop);
  }
  Result<std::vector<Alias>> Aliases(const StopTokens& stop) override {
    return store_.Aliases(stop);
  }
  Result<std::uint64_t> Count(const std::string& name, const std::string& filter_by,
                              const StopTokens& stop) override {
    return store_.Count(name, filter_by, stop);
  }
  Result<std::uint64_t> PendingWrites(const StopTokens& stop) override {
    return store_.PendingWrites(stop);
  }
  Result<std::vector<std::string>> FindNearest(const NearestQuery& query,
                                               const StopTokens& stop) override {
    return store_.FindNearest(query, stop);
  }
  std::vector<Result<std::uint64_t>> CountOnNodes(const std::string& name,
                                                  const StopTokens& stop) override {
    return store_.CountOnNodes(name, stop);
  }
  std::vector<Result<std::uint64_t>> PendingOnNodes(const StopTokens& stop) override {
    return store_.PendingOnNodes(stop);
  }
  std::vector<NodeStatus> Nodes(const StopTokens& stop) override { return store_.Nodes(stop); }
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) override {
    return store_.MakeFetcher(std::move(spec));
  }
  std::unique_ptr<DocumentLookup> MakeLookup(FetchSpec spec) override {
    return store_.MakeLookup(std::move(spec));
  }
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override {
    return store_.MakeScan(std::move(spec));
  }

 private:
  StoreReader& store_;
};

/// The old collection with its vectors in the journal, and an empty clone of two components.
struct CopyFixture {
  AliasFixture base;
  StrategyTools tools = base.Tools();
  CollectionPlan plan;
  std::unique_ptr<Journal> journal;
  RunTotals totals{FailureLimit()};
  Tally tally{totals, base.log, "docs"};
  std::optional<CopyStage> stage;

  explicit CopyFixture(std::size_t documents = 5) : base(documents) {
    base.store.collections["clone"] = MakeCollection("clone", 0);
    plan = base.Plan();
    journal = base.OpenFor({"clone", 0});
  }
  CopyStage& Stage() {
    if (!stage) stage.emplace(tools, plan, CopySpec{"docs_old", "clone", "vec"}, *journal, tally);
    return *stage;
  }
  void Embed() {
    const ScanJob job{.collection = "docs_old",
                      .order = WorkOrder::kEmbedFirst,
                      .scope = Scope::kAll,
                      .fingerprint = Fingerprint::kWholeDocument,
                      .backup = false};
    if (!EmbedFirst(tools, plan, job, *journal, tally, {}).complete) std::abort();
  }
  std::optional<TextHash> CopyOf(const std::string& id) {
    const std::vector<std::string_view> ids = {id};
    const auto row = journal->Rows(ids)->front();
    return row ? row->copy : std::nullopt;
  }
};

TEST_CASE("copy: whole documents with their new vectors, and what was copied is in the journal") {
  CopyFixture fixture;
  fixture.base.Old().Put("3", R"({"id":"3","n":1.50,"title":"text 3","vec":[1,2,3],"z":[{}]})");
  fixture.Embed();
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.Stage().moved() == 5);
  CHECK(AliasFixture::Right(fixture.base.Clone()) == 5);
  CHECK(fixture.base.Clone().documents[3].json == fixture.base.Old().documents[3].json);
  CHECK(fixture.CopyOf("3") == *HashWithoutField(fixture.base.Old().Whole("3"), "vec", false));
  CHECK(*fixture.journal->CopyCount() == 5);
  CHECK(*fixture.journal->EmbeddedCount() == 0);
  CHECK(fixture.tally.counts().success == 5);
}

TEST_CASE("copy: the first goes alone and is read back, the others a page at a time") {
  CopyFixture fixture(600);
  fixture.Embed();
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.base.store.request_sizes() == std::vector<std::size_t>{1, 249, 250, 100});
}

TEST_CASE("copy: documents without vector go together until one has a vector") {
  CopyFixture fixture;
  fixture.base.config.on_empty_text = EmptyTextRule::kSkip;
  fixture.plan = fixture.base.Plan();
  for (const char* id : {"0", "1", "2"}) fixture.base.Old().SetTitle(id, "");
  fixture.Embed();
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.base.store.request_sizes() == std::vector<std::size_t>{3, 1, 1});
  CHECK(fixture.base.Clone().FieldJson("0").empty());
}

TEST_CASE("copy: a clone that does not hold what was sent ends it after one document") {
  CopyFixture fixture;
  fixture.Embed();
  LyingReader reader(fixture.base.store);
  const StrategyTools& tools = fixture.tools;
  const StrategyTools lying{reader,
                            tools.writer,
                            tools.embedder,
                            tools.clock,
                            tools.gate,
                            tools.backlog,
                            tools.activity,
                            tools.log,
                            {},
                            {},
                            8,
                            {},
                            true};
  CopyStage stage(lying, fixture.plan, {"docs_old", "clone", "vec"}, *fixture.journal,
                  fixture.tally);
  const Status copied = stage.Copy(ChangedText::kLeave, {});
  REQUIRE_FALSE(copied.ok());
  CHECK(copied.error().kind == ErrorKind::kRefused);
  CHECK_THAT(copied.error().message, ContainsSubstring("document '0'"));
  CHECK(fixture.base.Clone().documents.size() == 1);
  CHECK(*fixture.journal->CopyCount() == 0);
}

TEST_CASE("copy: a document whose text has changed waits for the next round, or comes as it is") {
  CopyFixture fixture;
  fixture.Embed();
  fixture.base.Old().SetTitle("2", "edited");
  SECTION("there is a next round") {
    REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
    CHECK_FALSE(fixture.base.Clone().Has("2"));
    fixture.Embed();
    REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
    CHECK(AliasFixture::Right(fixture.base.Clone()) == 5);
  }
  SECTION("there is none") {
    REQUIRE(fixture.Stage().Copy(ChangedText::kCopy, {}).ok());
    CHECK_THAT(fixture.base.Clone().Whole("2"), ContainsSubstring("edited"));
    CHECK(fixture.base.Clone().vectors["2"] == VectorOf("text 2"));
  }
}

TEST_CASE("copy: one that is gone by now is left to the next scan, and its copy is deleted") {
  CopyFixture fixture;
  fixture.Embed();
  fixture.base.Old().RemoveDocument("1");
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.base.Clone().documents.size() == 4);
  fixture.base.Old().RemoveDocument("2");
  fixture.Embed();
  REQUIRE(fixture.Stage().DeleteOrphans({}).ok());
  CHECK_FALSE(fixture.base.Clone().Has("2"));
  CHECK(*fixture.journal->CopyCount() == 3);
  CHECK(fixture.Stage().moved() == 5);
  CHECK(fixture.tally.counts().deleted == 1);
}

TEST_CASE("copy: what the clone refuses has failed, the rest goes on") {
  CopyFixture fixture;
  fixture.Embed();
  fixture.base.Clone().rejected = {"0", "3"};
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.Stage().refused() == 2);
  CHECK(fixture.Stage().moved() == 3);
  CHECK(fixture.tally.counts().failed == 2);
  CHECK_FALSE(fixture.CopyOf("0"));
}

TEST_CASE("copy: a second round copies only what has changed") {
  CopyFixture fixture;
  fixture.Embed();
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  fixture.base.Old().Put("4", R"({"id":"4","n":7,"title":"text 4","vec":[1,2,3]})");
  const std::size_t requests = fixture.base.store.request_sizes().size();
  fixture.Embed();
  REQUIRE(fixture.Stage().Copy(ChangedText::kLeave, {}).ok());
  CHECK(fixture.base.store.request_sizes().size() == requests + 1);
  CHECK(fixture.base.store.request_sizes().back() == 1);
  CHECK(fixture.base.embedder.texts().size() == 5);
  CHECK_THAT(fixture.base.Clone().Whole("4"), ContainsSubstring("\"n\":7"));
}

TEST_CASE("copy: a drain ends it between two pages") {
  CopyFixture fixture(600);
  fixture.Embed();
  std::stop_source drain;
  fixture.base.store.on_write = [&](const std::string& id) {
    if (id == "0") drain.request_stop();
  };
  const Status copied = fixture.Stage().Copy(ChangedText::kLeave, {drain.get_token(), {}});
  REQUIRE_FALSE(copied.ok());
  CHECK(copied.error().kind == ErrorKind::kInterrupted);
  CHECK(fixture.base.Clone().documents.size() == 250);
  CHECK(*fixture.journal->CopyCount() == 250);
}

}  // namespace
}  // namespace reembed::testing
