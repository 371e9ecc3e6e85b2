// The parts of the store suite about single documents: by id, by vector, and given back.
#include <nlohmann/json.hpp>

#include "tests/support/catch2.h"
#include "tests/support/store_suite.h"

namespace reembed::testing {
namespace {

const std::string kDocs = "reembed_suite_docs";
constexpr const char* kSchema =
    R"("fields":[{"name":"title","type":"string"},{"name":"n","type":"int32"},)"
    R"({"name":"raw","type":"float[]","num_dim":3,"optional":true,"index":false},)"
    R"({"name":"vec","type":"float[]","num_dim":3,"optional":true}])";

// Document i has the title `t<i>`, n = i and the vector [i,1,0].
void Fill(StoreAccess& access, const std::vector<std::string>& ids) {
  access.Create(kDocs, kSchema);
  std::string lines;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const nlohmann::json document = {
        {"id", ids[i]}, {"title", "t" + std::to_string(i)}, {"n", i}, {"vec", {i, 1, 0}}};
    lines += document.dump() + "\n";
  }
  access.Import(kDocs, lines);
}

std::vector<std::string> VeryAwkwardIds() {
  std::vector<std::string> ids = AwkwardIds();
  for (const char* id : {" lead", "trail ", "end\\", "a:(b", "(", "]", "`", "x`,`y"}) {
    ids.emplace_back(id);
  }
  return ids;
}

std::vector<FoundDocument> Find(StoreReader& reader, const std::vector<std::string>& ids,
                                const std::string& filter = "") {
  const auto lookup = reader.MakeLookup(
      {.collection = kDocs, .fields = {"title"}, .filter_by = filter, .is_known = nullptr});
  const auto found = lookup->Find(ids, {});
  REQUIRE(found.ok());
  REQUIRE(found->size() == ids.size());
  return *found;
}

void FindsAwkwardIds(StoreAccess& access, StoreReader& reader) {
  const std::vector<std::string> ids = VeryAwkwardIds();
  Fill(access, ids);
  const auto found = Find(reader, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CAPTURE(ids[i]);
    CHECK(found[i].state == LookupState::kFound);
    CHECK(found[i].document.id == ids[i]);
    const nlohmann::json expected = {{"id", ids[i]}, {"title", "t" + std::to_string(i)}};
    CHECK(nlohmann::json::parse(found[i].document.json) == expected);
  }
}

void TellsGoneFromOutside(StoreAccess& access, StoreReader& reader) {
  const std::vector<std::string> ids = VeryAwkwardIds();
  Fill(access, ids);
  const auto found = Find(reader, ids, "n:<5 || n:>20");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CAPTURE(ids[i]);
    const bool inside = i < 5 || i > 20;
    // No filter can name an id with a backtick, so nobody can tell that the filter leaves it out.
    const bool named = ids[i].find('`') == std::string::npos;
    CHECK(found[i].state == (inside || !named ? LookupState::kFound : LookupState::kOutsideFilter));
  }
  access.Delete(kDocs, "a%2Fb");
  const auto after = Find(reader, {"a/b", "never", "1", "a/b"}, "n:<5 || n:>20");
  CHECK(after[0].state == LookupState::kGone);
  CHECK(after[1].state == LookupState::kGone);
  CHECK(after[2].state == LookupState::kFound);
  CHECK(after[3].state == LookupState::kGone);
}

void FindsFullPages(StoreAccess& access, StoreReader& reader) {
  std::vector<std::string> ids;
  for (int i = 0; i < 250; ++i) ids.push_back("doc " + std::to_string(i));
  Fill(access, ids);
  for (int i = 0; i < 60; ++i) access.Delete(kDocs, "doc%20" + std::to_string(4 * i));
  const auto found = Find(reader, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i].state == (i % 4 == 0 && i < 240 ? LookupState::kGone : LookupState::kFound));
  }
}

void MissesTheCollection(StoreAccess& access, StoreReader& reader) {
  access.Drop(kDocs);
  const std::vector<std::string> ids = {"1"};
  const auto lookup =
      reader.MakeLookup({.collection = kDocs, .fields = {}, .filter_by = "", .is_known = nullptr});
  CHECK(lookup->Find(ids, {}).error().kind == ErrorKind::kNotFound);
}

// Writes a vector into every document, gives `values` back, and compares the exports.
void CheckRestores(StoreAccess& access, StoreWriter& writer, const UpdateSpec& spec,
                   const std::vector<RestoredField>& values) {
  const std::string before = access.ExportWithout(kDocs, "none");
  std::vector<ReadyDocument> documents;
  for (const RestoredField& value : values) documents.push_back(Ready(value.id, 7));
  REQUIRE(writer.MakeUpdater(spec)->Apply(documents, {}).ok());
  REQUIRE(access.ExportWithout(kDocs, "none") != before);
  const auto outcomes = writer.MakeRestorer(spec)->Apply(values, {});
  REQUIRE(outcomes.ok());
  for (const UpdateOutcome& outcome : *outcomes) {
    CHECK(outcome.message.empty());
    CHECK(outcome.state == UpdateState::kWritten);
  }
  CHECK(access.ExportWithout(kDocs, "none") == before);
}

void RestoresByteForByte(StoreAccess& access, StoreWriter& writer) {
  access.Create(kDocs, kSchema);
  const std::string number = "[1.0,0.10000000149011612,1e-07]";
  access.Import(kDocs, R"({"id":"a","title":"t","n":1,"vec":)" + number + "}\n" +
                           R"({"id":"q\"x","title":"t","n":1,"vec":[1,2,3]})" + "\n" +
                           R"({"id":"none","title":"t","n":1})");
  CheckRestores(access, writer, {.collection = kDocs, .field = "vec"},
                {{"a", {number, 0}}, {"q\"x", {"[1,2,3]", 0}}, {"none", {"null", 0}}});
  const auto gone = writer.MakeRestorer({.collection = kDocs, .field = "vec"});
  const std::vector<RestoredField> missing = {{"gone", {"[1,2,3]", 0}}, {"a", {"[1]", 0}}};
  const auto outcomes = gone->Apply(missing, {});
  CHECK((*outcomes)[0].state == UpdateState::kDeleted);
  CHECK((*outcomes)[1].state == UpdateState::kRejected);
}

void RestoresNestedLevels(StoreAccess& access, StoreWriter& writer) {
  access.Create(kDocs, R"("enable_nested_fields":true,"fields":[)"
                       R"({"name":"meta","type":"object","optional":true},)"
                       R"({"name":"meta.vec","type":"float[]","num_dim":3,"optional":true}])");
  access.Import(kDocs,
                "{\"id\":\"1\",\"meta\":{\"s\":\"t\",\"vec\":[1,2.5,3]}}\n"
                "{\"id\":\"2\",\"meta\":{\"s\":\"t\"}}\n{\"id\":\"3\"}");
  CheckRestores(access, writer, {.collection = kDocs, .field = "meta.vec", .nested = true},
                {{"1", {"[1,2.5,3]", 1}}, {"2", {"null", 1}}, {"3", {"null", 0}}});
}

void FindsTheNearest(StoreAccess& access, StoreReader& reader) {
  Fill(access, {"zero", "one", "a`b", "three"});
  const Embedding vector = {2.0F, 1.0F, 1e-7F};
  NearestQuery query{.collection = kDocs, .field = "vec", .vector = vector, .count = 3};
  CHECK(*reader.FindNearest(query, {}) == std::vector<std::string>{"a`b", "three", "one"});
  query.filter_by = "n:[0,3]";
  CHECK(*reader.FindNearest(query, {}) == std::vector<std::string>{"three", "zero"});
  query.field = "raw";
  CHECK(reader.FindNearest(query, {}).error().kind == ErrorKind::kRefused);
  query.field = "unknown";
  CHECK(reader.FindNearest(query, {}).error().kind == ErrorKind::kRefused);
  query.field = "vec";
  query.vector = query.vector.first(2);
  CHECK(reader.FindNearest(query, {}).error().kind == ErrorKind::kRefused);
  query.collection = "reembed_suite_none";
  CHECK(reader.FindNearest(query, {}).error().kind == ErrorKind::kNotFound);
}

void DescribesTheNodes(StoreReader& reader) {
  const std::vector<NodeStatus> nodes = reader.Nodes({});
  REQUIRE_FALSE(nodes.empty());
  for (const NodeStatus& node : nodes) {
    CAPTURE(node.url, node.trouble);
    CHECK(node.healthy);
    CHECK_FALSE(node.version.empty());
    CHECK(node.memory_free_bytes.has_value());
    CHECK(node.disk_free_bytes.has_value());
  }
}

}  // namespace

void RunLookupSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer) {
  SECTION("finds awkward ids") {
    FindsAwkwardIds(access, reader);
  }
  SECTION("tells what is gone from what the filter leaves out") {
    TellsGoneFromOutside(access, reader);
  }
  SECTION("finds a full page of ids, many of them gone") {
    FindsFullPages(access, reader);
  }
  SECTION("looks ids up in a collection that is gone") {
    MissesTheCollection(access, reader);
  }
  SECTION("gives fields back byte for byte") {
    RestoresByteForByte(access, writer);
  }
  SECTION("gives nested fields back at their level") {
    RestoresNestedLevels(access, writer);
  }
  SECTION("finds the nearest documents") {
    FindsTheNearest(access, reader);
  }
  SECTION("describes the nodes") {
    DescribesTheNodes(reader);
  }
}

}  // namespace reembed::testing
