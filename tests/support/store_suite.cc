#include "tests/support/store_suite.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "reembed/base/text.h"
#include "reembed/core/vectors.h"
#include "tests/support/catch2.h"
#include "tests/support/recording_visitor.h"

namespace reembed::testing {
namespace {

const std::string kDocs = "reembed_suite_docs";
constexpr const char* kPlainSchema =
    R"("fields":[{"name":"title","type":"string"},{"name":"n","type":"int32","optional":true},)"
    R"({"name":"vec","type":"float[]","num_dim":3,"optional":true}])";

std::string DocumentLines(const std::vector<std::string>& ids) {
  std::string lines;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const nlohmann::json document = {
        {"id", ids[i]}, {"title", "title of " + ids[i]}, {"n", i}, {"unknown", {{"deep", 1.0}}}};
    lines += document.dump() + "\n";
  }
  return lines;
}

std::vector<std::string> Numbered(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back("doc " + std::to_string(i));
  return ids;
}

FetchSpec Everything() {
  return {.collection = kDocs, .fields = {"title"}, .filter_by = {}, .is_known = nullptr};
}

std::vector<UpdateState> Update(StoreWriter& writer, const UpdateSpec& spec,
                                const std::vector<ReadyDocument>& documents) {
  const auto outcomes = writer.MakeUpdater(spec)->Apply(documents, {});
  REQUIRE(outcomes.ok());
  std::vector<UpdateState> states;
  for (const UpdateOutcome& outcome : *outcomes) states.push_back(outcome.state);
  return states;
}

void DescribesByAlias(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  access.PutAlias("reembed_suite_alias", kDocs);
  const auto schema = reader.Describe("reembed_suite_alias", {});
  REQUIRE(schema.ok());
  CHECK(schema->name == kDocs);
  CHECK(schema->Find("vec")->num_dim == 3);
  CHECK(reader.Describe("reembed_suite_none", {}).error().kind == ErrorKind::kNotFound);
  const auto aliases = reader.Aliases({});
  REQUIRE(aliases.ok());
  CHECK_FALSE(aliases->empty());
}

void FetchesEveryPage(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines(Numbered(620)));
  CHECK(FetchAll(reader, Everything()) == Numbered(620));
  CHECK(*reader.Count(kDocs, "n:<10", {}) == 10);
  FetchSpec some = Everything();
  some.filter_by = "n:<300";
  CHECK(FetchAll(reader, some) == Numbered(300));
}

void FetchesByALongFilter(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines(Numbered(900)));
  FetchSpec spec = Everything();
  spec.filter_by = "id:[";
  for (const std::string& id : Numbered(600)) spec.filter_by += "`" + id + "`,";
  spec.filter_by.back() = ']';
  CHECK(FetchAll(reader, spec) == Numbered(600));
}

void UpdatesAwkwardIds(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines(AwkwardIds()));
  const std::string before = access.ExportWithout(kDocs, "vec");
  const std::vector<std::string> ids = FetchAll(reader, Everything());
  CHECK(ids == AwkwardIds());
  std::vector<ReadyDocument> documents;
  for (const std::string& id : ids) {
    documents.push_back(Ready(id, static_cast<float>(documents.size())));
  }
  const std::vector<UpdateState> written(ids.size(), UpdateState::kWritten);
  CHECK(Update(writer, {.collection = kDocs, .field = "vec"}, documents) == written);
  for (const ReadyDocument& document : documents) {
    CAPTURE(document.id);
    const auto vector = reader.ReadVector(kDocs, "vec", document.id, {});
    REQUIRE(vector.ok());
    CHECK(*vector == *document.vector);
  }
  CHECK(access.ExportWithout(kDocs, "vec") == before);
}

// What a catch-up relies on to be quick, and not to be right.
void SpellsAVectorAsItWasSent(StoreAccess& access, StoreWriter& writer) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines({"a", "b"}));
  const std::vector<ReadyDocument> documents = {
      {"a", std::make_shared<Embedding>(Embedding{0.25F, -1.0F, 0.123456789F})},
      {"b", std::make_shared<Embedding>(Embedding{1e-7F, -0.00012345F, 0.0F})}};
  const auto outcomes =
      writer.MakeUpdater({.collection = kDocs, .field = "vec"})->Apply(documents, {});
  REQUIRE(outcomes.ok());
  const std::string exported = access.ExportWithout(kDocs, "none");
  for (std::size_t i = 0; i < documents.size(); ++i) {
    std::string text;
    AppendVectorJson(text, *documents[i].vector);
    CAPTURE(exported, text);
    CHECK((*outcomes)[i].spelling == HashText(text));
    CHECK(exported.find(text) != std::string::npos);
  }
}

void TellsOutcomesByPosition(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines({"a", "b", "c"}));
  ReadyDocument wrong = Ready("b", 1);
  wrong.vector = std::make_shared<Embedding>(Embedding{1.0F});
  const std::vector<ReadyDocument> documents = {Ready("a", 1), Ready("gone", 1), wrong,
                                                Ready("c", 1)};
  CHECK(Update(writer, {.collection = kDocs, .field = "vec"}, documents) ==
        std::vector<UpdateState>{UpdateState::kWritten, UpdateState::kDeleted,
                                 UpdateState::kRejected, UpdateState::kWritten});
  CHECK(*reader.Count(kDocs, "", {}) == 3);
  CHECK(reader.ReadVector(kDocs, "vec", "b", {})->empty());
  CHECK(reader.ReadVector(kDocs, "vec", "gone", {}).error().kind == ErrorKind::kNotFound);
}

void UpdatesNestedFields(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("enable_nested_fields":true,"fields":[{"name":"meta","type":"object"},)"
                       R"({"name":"meta.vec","type":"float[]","num_dim":3,"optional":true}])");
  access.Import(kDocs, R"({"id":"1","meta":{"text":"t","deep":{"k":1.0}}})");
  const std::string before = access.ExportWithout(kDocs, "meta.vec");
  CHECK(Update(writer, {.collection = kDocs, .field = "meta.vec", .nested = true},
               {Ready("1", 4)}) == std::vector<UpdateState>{UpdateState::kWritten});
  CHECK(*reader.ReadVector(kDocs, "meta.vec", "1", {}) == Embedding{4.0F, 0.1F, -2.5F});
  CHECK(access.ExportWithout(kDocs, "meta.vec") == before);
}

void UpdatesLiteralDottedFields(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  access.Create(kDocs, R"("fields":[{"name":"title","type":"string"},)"
                       R"({"name":"my.vec","type":"float[]","num_dim":3,"optional":true}])");
  access.Import(kDocs, R"({"id":"1","title":"t"})");
  CHECK(Update(writer, {.collection = kDocs, .field = "my.vec"}, {Ready("1", 4)}) ==
        std::vector<UpdateState>{UpdateState::kWritten});
  CHECK(*reader.ReadVector(kDocs, "my.vec", "1", {}) == Embedding{4.0F, 0.1F, -2.5F});
}

void SurvivesDeletionsBetweenPages(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines(Numbered(600)));
  const auto fetcher = reader.MakeFetcher(Everything());
  REQUIRE(fetcher->NextPage({})->value().size() == 250);
  for (int i = 0; i < 30; ++i) access.Delete(kDocs, "doc%20" + std::to_string(i));
  access.Delete(kDocs, "doc%20249");
  std::size_t rest = 0;
  for (auto page = fetcher->NextPage({}); page.ok() && page->has_value();
       page = fetcher->NextPage({})) {
    rest += (*page)->size();
  }
  CHECK(rest == 350);
}

void ScansOnce(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  access.Import(kDocs, DocumentLines(Numbered(300)));
  RecordingVisitor visitor;
  REQUIRE(reader.MakeScan(Everything())->Run(visitor, {}).ok());
  CHECK(visitor.ids == Numbered(300));
  RecordingVisitor some;
  FetchSpec filtered = Everything();
  filtered.filter_by = "n:<7";
  some.on_visit = [](const Document& document) {
    return document.id == "doc 4" ? ScanVisitor::Next::kEnough : ScanVisitor::Next::kGoOn;
  };
  REQUIRE(reader.MakeScan(filtered)->Run(some, {}).ok());
  CHECK(some.ids == Numbered(5));
}

void ScansAwkwardIds(StoreAccess& access, StoreReader& reader) {
  access.Create(kDocs, kPlainSchema);
  RecordingVisitor visitor;
  REQUIRE(reader.MakeScan(Everything())->Run(visitor, {}).ok());
  CHECK(visitor.visits == 0);
  access.Import(kDocs, DocumentLines(AwkwardIds()));
  REQUIRE(reader.MakeScan(Everything())->Run(visitor, {}).ok());
  CHECK(visitor.ids == AwkwardIds());
  for (std::size_t i = 0; i < visitor.ids.size(); ++i) {
    const nlohmann::json expected = {{"id", visitor.ids[i]},
                                     {"title", "title of " + visitor.ids[i]}};
    CHECK(nlohmann::json::parse(visitor.json[i]) == expected);
  }
}

}  // namespace

void StoreAccess::Create(const std::string& name, const std::string& schema) {
  Drop(name);
  REQUIRE(Ask("POST", "/collections", R"({"name":")" + name + "\"," + schema + "}").status == 201);
}

void StoreAccess::Drop(const std::string& name) {
  Ask("DELETE", "/collections/" + name);
}

void StoreAccess::PutAlias(const std::string& alias, const std::string& collection) {
  const std::string body = R"({"collection_name":")" + collection + "\"}";
  REQUIRE(Ask("PUT", "/aliases/" + alias, body).status == 200);
}

void StoreAccess::Import(const std::string& collection, const std::string& json_lines) {
  const auto answer =
      Ask("POST", "/collections/" + collection + "/documents/import?action=create", json_lines);
  REQUIRE(answer.status == 200);
  REQUIRE(answer.body.find("\"success\":false") == std::string::npos);
}

void StoreAccess::Delete(const std::string& collection, const std::string& encoded_id) {
  const std::string target = "/collections/" + collection + "/documents/" + encoded_id;
  REQUIRE(Ask("DELETE", target).status == 200);
}

std::string StoreAccess::ExportWithout(const std::string& collection, const std::string& field) {
  const auto answer =
      Ask("GET", "/collections/" + collection + "/documents/export?exclude_fields=" + field);
  REQUIRE(answer.status == 200);
  return answer.body;
}

HttpResponse StoreAccess::Ask(const std::string& method, const std::string& target,
                              std::string_view body) {
  HttpRequest request;
  request.method = method;
  request.url = url_ + target;
  request.headers.push_back({"X-TYPESENSE-API-KEY", key_.Reveal(), true});
  request.body = body;
  const Result<HttpResponse> answer = http_.Send(request, {});
  REQUIRE(answer.ok());
  return *answer;
}

std::vector<std::string> AwkwardIds() {
  return {"1",      "a/b",    "a b",    "a+b",  "100%", "%2F",  "q\"x", "back\\slash", "b`t",
          "search", "export", "import", "x?y",  "x#y",  "é",    "日本", "😀",           "a,b",
          "{}",     "'",      "<b>",    "a\tb", "&&",   "a\nb", "..",   "id:[x]"};
}

std::vector<std::string> FetchAll(StoreReader& reader, FetchSpec spec) {
  std::set<std::string> known;
  std::vector<std::string> ids;
  spec.is_known = [&known](std::string_view id) { return known.contains(std::string(id)); };
  const auto fetcher = reader.MakeFetcher(std::move(spec));
  for (;;) {
    const auto page = fetcher->NextPage({});
    REQUIRE(page.ok());
    if (!page->has_value()) return ids;
    for (const Document& document : **page) {
      CHECK(known.insert(document.id).second);
      ids.push_back(document.id);
    }
  }
}

ReadyDocument Ready(std::string id, float first) {
  return {.id = std::move(id),
          .vector = std::make_shared<Embedding>(Embedding{first, 0.1F, -2.5F})};
}

void RunStoreSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  SECTION("describes a collection by name and alias") {
    DescribesByAlias(access, reader);
  }
  SECTION("fetches every page, with and without a filter") {
    FetchesEveryPage(access, reader);
  }
  SECTION("fetches by a filter too long for a URL") {
    FetchesByALongFilter(access, reader);
  }
  SECTION("updates awkward ids and nothing else") {
    UpdatesAwkwardIds(access, reader, writer);
  }
  SECTION("spells a vector as it was sent") {
    SpellsAVectorAsItWasSent(access, writer);
  }
  SECTION("tells outcomes by position") {
    TellsOutcomesByPosition(access, reader, writer);
  }
  SECTION("updates nested fields") {
    UpdatesNestedFields(access, reader, writer);
  }
  SECTION("updates literal dotted fields") {
    UpdatesLiteralDottedFields(access, reader, writer);
  }
  SECTION("survives deletions between pages") {
    SurvivesDeletionsBetweenPages(access, reader);
  }
  SECTION("scans every document once") {
    ScansOnce(access, reader);
  }
  SECTION("scans awkward ids, and a collection without documents") {
    ScansAwkwardIds(access, reader);
  }
  RunLookupSuite(access, reader, writer);
  RunCutoverSuite(access, reader, writer);
  access.Drop(kDocs);
}

}  // namespace reembed::testing
