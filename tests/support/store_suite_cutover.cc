// The parts of the store suite about what replaces a whole field or collection: schemas, copies,
// aliases, documents with all their fields.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/catch2.h"
#include "tests/support/recording_visitor.h"
#include "tests/support/store_suite.h"

namespace reembed::testing {
namespace {

const std::string kDocs = "reembed_suite_docs";
const std::string kCopy = "reembed_suite_copy";
const std::string kAlias = "reembed_suite_alias";
constexpr const char* kSchema =
    R"("fields":[{"name":"title","type":"string"},)"
    R"({"name":"vec","type":"float[]","num_dim":3,"vec_dist":"ip",)"
    R"("hnsw_params":{"M":8,"ef_construction":40}}],"metadata":{"k":"v"})";
const std::string kThree = R"({"id":"1","title":"one","vec":[1,0.5,0],"more":{"deep":1.0}})"
                           "\n"
                           R"({"id":"a`b","title":"two","vec":[0.25,1,0],"list":[1,2.5,"x"]})"
                           "\n"
                           R"({"id":"search","title":"three","vec":[0,0,1.0]})";

FetchSpec Whole(const std::string& filter = "") {
  return {.collection = kDocs, .fields = {}, .filter_by = filter, .is_known = {}, .whole = true};
}

// The definition of `vec` as the server shows it, with another length.
std::string WithLength(const CollectionSchema& schema, const std::string& field, int length) {
  nlohmann::json definition = nlohmann::json::parse(schema.Find(field)->definition);
  definition["type"] = "float[]";
  definition["num_dim"] = length;
  return definition.dump();
}

CollectionSchema Describe(StoreReader& reader, const std::string& name) {
  const auto schema = reader.Describe(name, {});
  REQUIRE(schema.ok());
  return *schema;
}

// Sets `vec` to [first,0.1,-2.5,1].
void WriteFour(StoreWriter& writer, const UpdateSpec& spec, const std::vector<std::string>& ids) {
  std::vector<ReadyDocument> documents;
  for (const std::string& id : ids) {
    documents.push_back({id, std::make_shared<Embedding>(Embedding{1.0F, 0.1F, -2.5F, 1.0F})});
  }
  const auto outcomes = writer.MakeUpdater(spec)->Apply(documents, {});
  REQUIRE(outcomes.ok());
  for (const UpdateOutcome& outcome : *outcomes) CHECK(outcome.state == UpdateState::kWritten);
}

void ReadsWholeDocuments(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kSchema);
  access.Import(kDocs, kThree);
  const std::string exported = access.ExportWithout(kDocs, "none");
  RecordingVisitor visitor;
  REQUIRE(reader.MakeScan(Whole())->Run(visitor, {}).ok());
  std::string scanned;
  for (const std::string& line : visitor.json) scanned += (scanned.empty() ? "" : "\n") + line;
  CHECK(scanned == exported);

  // One is found by a search, two by GET: neither changes a byte.
  const std::vector<std::string> ids = {"1", "a`b", "search", "none"};
  const auto found = reader.MakeLookup(Whole())->Find(ids, {});
  REQUIRE(found.ok());
  for (std::size_t i = 0; i < 3; ++i) CHECK((*found)[i].document.json == visitor.json[i]);
  CHECK((*found)[3].state == LookupState::kGone);

  const auto page = reader.MakeFetcher(Whole())->NextPage({});
  REQUIRE((page.ok() && page->has_value()));
  for (std::size_t i = 0; i < 3; ++i) CHECK((**page)[i].json == visitor.json[i]);
  const auto outside = reader.MakeLookup(Whole("title:=two"))->Find(ids, {});
  REQUIRE(outside.ok());
  CHECK((*outside)[0].state == LookupState::kOutsideFilter);
}

void ListsCollections(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kSchema);
  access.Import(kDocs, kThree);
  const auto all = reader.Collections({});
  REQUIRE(all.ok());
  const auto found = std::find_if(all->begin(), all->end(), [](const CollectionSchema& schema) {
    return schema.name == kDocs;
  });
  REQUIRE(found != all->end());
  CHECK(found->metadata == R"({"k":"v"})");
  CHECK(found->num_documents == 3);
  CHECK(found->Find("vec")->num_dim == 3);
  const auto counts = reader.CountOnNodes(kDocs, {});
  const auto pending = reader.PendingOnNodes({});
  REQUIRE_FALSE(counts.empty());
  REQUIRE(pending.size() == counts.size());
  for (const auto& count : counts) CHECK((count.ok() && *count == 3));
  for (const auto& writes : pending) CHECK(writes.ok());
  for (const auto& count : reader.CountOnNodes("reembed_suite_none", {})) {
    CHECK(count.error().kind == ErrorKind::kNotFound);
  }
}

void ChangesTheLength(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, kSchema);
  access.Import(kDocs, kThree);
  const std::string before = access.ExportWithout(kDocs, "none");
  const std::string definition = WithLength(Describe(reader, kDocs), "vec", 4);
  const auto editor = writer.MakeSchemaEditor();
  CHECK(*editor->ReplaceField(kDocs, definition, {}) == AlterResult::kUnfit);
  REQUIRE(editor->DropField(kDocs, "vec", {}).ok());
  REQUIRE(editor->DropField(kDocs, "vec", {}).ok());
  CHECK(access.ExportWithout(kDocs, "none") == before);
  CHECK(Describe(reader, kDocs).Find("vec") == nullptr);

  WriteFour(writer, {.collection = kDocs, .field = "vec"}, {"1", "a`b"});
  CHECK(*editor->AddField(kDocs, definition, {}) == AlterResult::kUnfit);
  const std::vector<RestoredField> none = {{"search", {"null", 0}}};
  REQUIRE(writer.MakeRestorer({.collection = kDocs, .field = "vec"})->Apply(none, {}).ok());
  CHECK(*editor->AddField(kDocs, definition, {}) == AlterResult::kUnfit);  // it is required
  WriteFour(writer, {.collection = kDocs, .field = "vec"}, {"search"});
  CHECK(*editor->AddField(kDocs, definition, {}) == AlterResult::kDone);
  CHECK(*editor->AddField(kDocs, definition, {}) == AlterResult::kDone);

  const CollectionSchema after = Describe(reader, kDocs);
  CHECK(nlohmann::json::parse(after.Find("vec")->definition) == nlohmann::json::parse(definition));
  const auto other = editor->AddField(kDocs, WithLength(after, "vec", 5), {});
  CHECK(other.error().kind == ErrorKind::kRefused);
  CHECK(editor->DropField("reembed_suite_none", "vec", {}).error().kind == ErrorKind::kNotFound);
}

void ChangesANestedLength(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("enable_nested_fields":true,"fields":[{"name":"meta","type":"object"},)"
                       R"({"name":"meta.vec","type":"float[]","num_dim":3}])");
  access.Import(kDocs, R"({"id":"1","meta":{"a":"x","vec":[1,0,0]}})");
  const std::string definition = WithLength(Describe(reader, kDocs), "meta.vec", 4);
  const auto editor = writer.MakeSchemaEditor();
  REQUIRE(editor->DropField(kDocs, "meta.vec", {}).ok());
  WriteFour(writer, {.collection = kDocs, .field = "meta.vec", .nested = true}, {"1"});
  const CollectionSchema detected = Describe(reader, kDocs);
  REQUIRE(detected.Find("meta.vec") != nullptr);
  CHECK_FALSE(detected.Find("meta.vec")->num_dim.has_value());
  CHECK(*editor->AddField(kDocs, definition, {}) == AlterResult::kDone);
  CHECK(Describe(reader, kDocs).Find("meta.vec")->num_dim == 4);
}

void ClonesAndSwitches(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, kSchema);
  access.Import(kDocs, kThree);
  access.PutAlias(kAlias, kDocs);
  const CollectionSchema old = Describe(reader, kAlias);
  const auto editor = writer.MakeSchemaEditor();
  REQUIRE(editor->Clone(kDocs, kCopy, {}).ok());
  REQUIRE(editor->Clone(kDocs, kCopy, {}).ok());
  CHECK(editor->Clone("reembed_suite_none", "reembed_suite_none2", {}).error().kind ==
        ErrorKind::kNotFound);
  CHECK(*editor->ReplaceField(kCopy, WithLength(old, "vec", 4), {}) == AlterResult::kDone);
  REQUIRE(editor->SetMetadata(kCopy, old.metadata, {}).ok());
  const CollectionSchema clone = Describe(reader, kCopy);
  CHECK(clone.metadata == old.metadata);
  CHECK(clone.num_documents == 0);
  CHECK(clone.Find("vec")->num_dim == 4);
  CHECK(clone.Find("vec")->vec_dist == "ip");
  CHECK(clone.Find("title")->definition == old.Find("title")->definition);

  REQUIRE(editor->PointAlias(kAlias, kCopy, {}).ok());
  CHECK(Describe(reader, kAlias).name == kCopy);
  CHECK(editor->PointAlias(kDocs, kCopy, {}).error().kind == ErrorKind::kRefused);
  REQUIRE(editor->PointAlias(kAlias, kDocs, {}).ok());
  REQUIRE(editor->DeleteCollection(kCopy, {}).ok());
  REQUIRE(editor->DeleteCollection(kCopy, {}).ok());
  CHECK(Describe(reader, kAlias).name == kDocs);
}

std::vector<CopyState> Copy(DocumentCopier& copier, const std::vector<DocumentCopy>& documents,
                            CopyAction action) {
  const auto outcomes = copier.Apply(documents, action, {});
  REQUIRE(outcomes.ok());
  std::vector<CopyState> states;
  for (const CopyOutcome& outcome : *outcomes) states.push_back(outcome.state);
  return states;
}

void CopiesWholeDocuments(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, kSchema);
  access.Import(kDocs, kThree);
  REQUIRE(writer.MakeSchemaEditor()->Clone(kDocs, kCopy, {}).ok());
  RecordingVisitor visitor;
  REQUIRE(reader.MakeScan(Whole())->Run(visitor, {}).ok());
  std::vector<DocumentCopy> documents;
  for (std::size_t i = 0; i < visitor.ids.size(); ++i) {
    documents.push_back({visitor.ids[i], visitor.json[i]});
  }
  const auto copier = writer.MakeCopier(kCopy);
  using States = std::vector<CopyState>;
  CHECK(Copy(*copier, documents, CopyAction::kUpsert) == States(3, CopyState::kWritten));
  CHECK(access.ExportWithout(kCopy, "none") == access.ExportWithout(kDocs, "none"));
  CHECK(Copy(*copier, documents, CopyAction::kCreate) == States(3, CopyState::kExists));

  // An upsert keeps nothing of what was there.
  CHECK(Copy(*copier,
             {{"1", R"({"id":"1","title":"new","vec":[1,1,1]})"},
              {"2", R"({"id":"2","title":"short","vec":[1]})"}},
             CopyAction::kUpsert) == States{CopyState::kWritten, CopyState::kRejected});
  const std::vector<std::string> ids = {"1", "2"};
  FetchSpec copies = Whole();
  copies.collection = kCopy;
  const auto found = reader.MakeLookup(copies)->Find(ids, {});
  CHECK((*found)[0].document.json == R"({"id":"1","title":"new","vec":[1,1,1]})");
  CHECK((*found)[1].state == LookupState::kGone);
}

void ChangesWhatIsAsItWasSeen(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("fields":[{"name":"title","type":"string"},)"
                       R"({"name":"n","type":"int32","optional":true},)"
                       R"({"name":"vec","type":"float[]","num_dim":3,"optional":true}])");
  const std::string seen = R"({"id":"1","n":1,"other":["x"],"title":"Old Words"})";
  access.Import(kDocs, seen);
  const std::vector<std::string> ids = {"1"};
  const auto stands = [&] { return (*reader.MakeLookup(Whole())->Find(ids, {}))[0].document.json; };
  const auto copier = writer.MakeCopier(kDocs);
  const auto change = [&](const std::string& members, const std::string& as) {
    return copier->Change({.id = "1", .members = members, .seen = as}, {})->state;
  };
  // The other members stay, whatever they are by now.
  CHECK(change(R"({"other":["y"]})", "") == ChangeState::kWritten);
  CHECK(change(R"({"title":"New","n":null,"vec":[1,2,3]})", seen) == ChangeState::kWritten);
  CHECK(stands() == R"({"id":"1","other":["y"],"title":"New","vec":[1,2,3]})");
  // Not as it was seen.
  CHECK(change(R"({"title":"Newer"})", seen) == ChangeState::kNotAsSeen);
  CHECK(stands() == R"({"id":"1","other":["y"],"title":"New","vec":[1,2,3]})");
  CHECK(change(R"({"title":"Newer"})", "") == ChangeState::kWritten);
  CHECK(stands() == R"({"id":"1","other":["y"],"title":"Newer","vec":[1,2,3]})");
  CHECK(change(R"({"vec":[1]})", "") == ChangeState::kRejected);
  CHECK(*copier->Take("1", {}) == R"({"id":"1","other":["y"],"title":"Newer","vec":[1,2,3]})");
  CHECK(copier->Take("1", {})->empty());
  CHECK(change(R"({"title":"Newest"})", "") == ChangeState::kGone);
  CHECK(*reader.Count(kDocs, "", {}) == 0);
}

void DeletesAwkwardIds(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("fields":[{"name":"title","type":"string"}])");
  std::string lines;
  for (const std::string& id : AwkwardIds()) {
    lines += nlohmann::json{{"id", id}, {"title", "t"}}.dump() + "\n";
  }
  access.Import(kDocs, lines + R"({"id":"stays","title":"t"})");
  std::vector<std::string> ids = AwkwardIds();
  ids.emplace_back("never");
  ids.emplace_back("");
  const auto outcomes = writer.MakeCopier(kDocs)->Delete(ids, {});
  REQUIRE(outcomes.ok());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CAPTURE(ids[i]);
    const bool was_there = i + 2 < ids.size();
    CHECK((*outcomes)[i].state == (was_there ? UpdateState::kWritten : UpdateState::kDeleted));
  }
  CHECK(FetchAll(reader, Whole()) == std::vector<std::string>{"stays"});
}

void UsesUpIds(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("fields":[{"name":"title","type":"string","optional":true},)"
                       R"({"name":"vec","type":"float[]","num_dim":3,"optional":true}])");
  access.Import(kDocs, R"({"id":"x","title":"t"})");
  const auto copier = writer.MakeCopier(kDocs);
  REQUIRE(copier->UseUpIds("x", 10'500, {}).ok());
  access.Import(kDocs, R"({"title":"automatic"})");
  CHECK(FetchAll(reader, Whole()) == std::vector<std::string>{"x", "10501"});
  CHECK(*reader.Count(kDocs, "", {}) == 2);
}

}  // namespace

void RunCutoverSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Drop(kCopy);
  SECTION("reads whole documents byte for byte") {
    ReadsWholeDocuments(access, reader);
  }
  SECTION("lists collections and what each node counts") {
    ListsCollections(access, reader);
  }
  SECTION("changes the length of a field") {
    ChangesTheLength(access, reader, writer);
  }
  SECTION("changes the length of a nested field that the server detects again") {
    ChangesANestedLength(access, reader, writer);
  }
  SECTION("clones a collection and switches its alias") {
    ClonesAndSwitches(access, reader, writer);
  }
  SECTION("copies whole documents") {
    CopiesWholeDocuments(access, reader, writer);
  }
  SECTION("changes single members of what is as it was seen") {
    ChangesWhatIsAsItWasSeen(access, reader, writer);
  }
  SECTION("deletes awkward ids one by one") {
    DeletesAwkwardIds(access, reader, writer);
  }
  SECTION("uses up automatic ids and creates nothing") {
    UsesUpIds(access, reader, writer);
  }
  access.Drop(kCopy);
}

}  // namespace reembed::testing
