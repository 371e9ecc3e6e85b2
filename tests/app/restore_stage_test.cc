#include "src/app/restore_stage.h"

#include "rollback_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// Keeps what it is sent.
class RecordingRestorer final : public FieldRestorer {
 public:
  std::vector<RestoredField> sent;
  Result<std::vector<UpdateOutcome>> Apply(std::span<const RestoredField> documents,
                                           const StopTokens&) override {
    sent.insert(sent.end(), documents.begin(), documents.end());
    return std::vector<UpdateOutcome>(documents.size());
  }
};

/// Documents with a field `meta.vec` whose `meta` came with it, and a journal that knows so.
struct NestedFixture : RollbackFixture {
  RestoreSpec spec{{"a", 0, "meta.vec"}, true, {1}};

  NestedFixture() { store.collections["a"].schema.name = "a"; }

  void AddDocument(const std::string& id, const std::string& meta) {
    store.collections["a"].documents.push_back(
        {id, R"({"id":")" + id + R"(","meta":)" + meta + "}"});
  }

  // Embeds each document's text as [1.5,2.5]: what the documents hold is ours.
  void Migrate() {
    Recipe recipe;
    recipe.dimensions = 2;
    const auto run =
        Must(memory->OpenRun({"a", spec.target, recipe, {"http://a"}, true, false, clock.Wall()}));
    Must(run->BeginScan(WorkOrder::kWriteAtOnce));
    for (const Document& document : store.collections["a"].documents) {
      const std::vector<ScanRecord> records = {
          {document.id, HashText("t"), DocumentClass::kNew,
           FieldBackup{BackupKind::kAbsent, std::string(1, '\0')}}};
      Must(run->RecordScan(records));
    }
    Must(run->EndScan());
    const auto vector = std::make_shared<const Embedding>(Embedding{1.5F, 2.5F});
    const std::vector<EmbeddedText> texts = {{HashText("t"), vector}};
    Must(run->SaveVectors(texts));
  }

  std::vector<RestoredField> Restore() {
    Migrate();
    Must(journal.BeginRestore(spec.target));
    for (const Document& document : store.collections["a"].documents) {
      const std::vector<std::string_view> ids = {document.id};
      Must(journal.NoteToRestore(spec.target, ids));
    }
    RecordingRestorer restorer;
    CollectionRollback result;
    BacklogWatch backlog(reader, clock, activity, log);
    RestoreStage stage({restorer, reader, backlog, journal, clock, log}, spec, {}, true, result);
    Must(stage.Run([] {}, {}));
    return restorer.sent;
  }
};

}  // namespace

TEST_CASE("restore stage: an object that came with the vector goes, one with other keys stays") {
  NestedFixture fixture;
  fixture.AddDocument("1", R"({"vec":[1.5,2.5]})");
  fixture.AddDocument("2", R"({"note":"new","vec":[1.5,2.5]})");
  const auto sent = fixture.Restore();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].value.json == "null");
  CHECK(sent[0].value.levels == 0);
  CHECK(sent[1].value.json == "null");
  CHECK(sent[1].value.levels == 1);
}

TEST_CASE("restore stage: a damaged backup is listed, the other documents are restored") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 3);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  fixture.journal.damaged = "1";
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.counts.restored == 2);
  CHECK(result.counts.failed == 1);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "1");
  CHECK(collection.FieldJson("0") == before.at("0"));
  CHECK(collection.FieldJson("2") == before.at("2"));
}

TEST_CASE("restore stage: a backup that is no vector proves nothing, the next goes alone too") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 12);
  collection.raw_fields["0"] = "\"text\"";
  fixture.Migrate("a");
  fixture.Run();
  CHECK(fixture.store.request_sizes() == std::vector<std::size_t>{1, 1, 10});
}

TEST_CASE("restore stage: without a live index requests are full from the start") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 300);
  fixture.Migrate("a");
  collection.schema.fields.back().index = false;
  fixture.Run();
  CHECK(fixture.store.request_sizes() == std::vector<std::size_t>{1, 250, 49});
}

TEST_CASE("restore stage: a first document that does not hold its old field ends all") {
  RollbackFixture fixture;
  fixture.Add("a", 20);
  fixture.Add("b", 20);
  fixture.Migrate("a");
  fixture.Migrate("b");
  fixture.reader.lies = true;
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections[0].message.starts_with("document '0' of a was given its old field"));
  CHECK(report.collections[1].message.starts_with("not started: document '0' of a"));
  CHECK(fixture.store.request_sizes() == std::vector<std::size_t>{1});
  CHECK(fixture.clock.waits().size() == 9);
}

TEST_CASE("restore stage: one document first, then small requests that grow while they are fast") {
  RollbackFixture fixture;
  fixture.Add("a", 200);
  fixture.Migrate("a");
  fixture.Run();
  CHECK(fixture.store.request_sizes() == std::vector<std::size_t>{1, 10, 15, 22, 33, 49, 70});
}
