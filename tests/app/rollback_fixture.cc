#include "rollback_fixture.h"

namespace reembed::testing {
namespace {

// Notes what the collection holds, as a scan of a run does, with the backup of every foreign field.
void Record(Journal& run, const FakeCollection& collection, bool backup) {
  Must(run.BeginScan(WorkOrder::kWriteAtOnce));
  for (const Document& document : collection.documents) {
    StoredField field;
    Must(ReadStoredField(collection.Exported(document).json, "vec", false, field));
    const std::vector<std::string_view> ids = {document.id};
    const auto row = Must(run.Rows(ids)).front();
    StoreRow seen{HashText("text " + document.id), std::nullopt, 2};
    if (field.kind == FieldKind::kVector) seen.vector = HashVector(field.vector);
    const DocumentClass found = Classify(&seen, row ? &*row : nullptr, 2);
    ScanRecord record{document.id, seen.text, found, std::nullopt};
    if (backup && found != DocumentClass::kUpToDate) record.backup = EncodeBackup(field);
    const std::vector<ScanRecord> records = {record};
    Must(run.RecordScan(records));
  }
  Must(run.EndScan());
}

void Write(FakeCollection& collection, const ReadyDocument& document) {
  collection.raw_fields.erase(document.id);
  collection.vectors[document.id] = *document.vector;
}

}  // namespace

std::size_t RollbackFixture::Migrate(const std::string& name, const Migrated& how) {
  FakeCollection& collection = store.collections.at(name);
  Recipe recipe;
  recipe.family = "fake";
  recipe.model = how.model;
  recipe.dimensions = 2;
  clock.Advance(Seconds(60));
  const auto run = Must(
      memory->OpenRun({name, TargetOf(name), recipe, how.nodes, how.backup, false, clock.Wall()}));
  Record(*run, collection, how.backup);
  std::size_t paid = 0;
  for (const std::string& id : Must(run->NextPending("", 10'000))) {
    const std::vector<SeenDocument> documents = {{id, HashText("text " + id)}};
    Admitted admitted = Must(run->Admit(documents));
    if (!admitted.embed.empty()) {
      ++paid;
      const auto vector = std::make_shared<const Embedding>(NewVector(how.model, id));
      const std::vector<EmbeddedText> texts = {{documents.front().hash, vector}};
      admitted.ready = Must(run->SaveVectors(texts));
    }
    for (const ReadyDocument& document : admitted.ready) Write(collection, document);
    const std::vector<DocumentOutcome> outcomes = {{.id = id}};
    Must(run->SaveOutcomes(outcomes));
  }
  Must(run->EndRun(clock.Wall()));
  BeginSession(*memory);
  return paid;
}

}  // namespace reembed::testing
