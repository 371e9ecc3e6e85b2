// From one vector length to another behind an alias, with nobody else at work.

#include <fmt/format.h>

#include "alias_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// Everything that a schema can say, each unlike its default where there is one.
constexpr const char* kRichSchema = R"({
  "name": "rich", "enable_nested_fields": true, "default_sorting_field": "rank",
  "token_separators": ["-"], "symbols_to_index": ["+"],
  "metadata": {"owner": "ü", "deep": {"k": [1, 2.5]}},
  "fields": [
    {"name": "title", "type": "string", "facet": true, "infix": true, "locale": "de", "stem": true},
    {"name": "rank", "type": "int32", "range_index": true},
    {"name": "note", "type": "string", "optional": true, "index": false},
    {"name": "meta", "type": "object", "optional": true},
    {"name": "meta.vec", "type": "float[]", "num_dim": 8, "optional": true, "vec_dist": "ip",
     "hnsw_params": {"M": 8, "ef_construction": 100}},
    {"name": "tags", "type": "string[]", "sort": false, "optional": true}]})";

std::string RichLines() {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += fmt::format(
        R"({{"beside":[null,{{"x":1.0}}],"id":"r {0}/ü","meta":{{"a":1e-07,"vec":[{0}.5,0,0,0,0,0,0,1],)"
        R"("z":"0.10"}},"note":"n","rank":{0},"tags":[],"title":"north-east {0}"}})",
        i);
    lines += '\n';
  }
  return lines + R"({"id":"bare","meta":{"kept":1},"rank":99,"title":"without a vector"})";
}

// The fields by name, the one of the vectors without its length.
Json ComparableSchema(Json schema, const std::string& vector_field, int length) {
  Json fields = Json::object();
  for (Json& field : schema.at("fields")) {
    const std::string name = field.at("name");
    if (name == vector_field) {
      CHECK(field.at("num_dim") == length);
      field.erase("num_dim");
    }
    fields[name] = field;
  }
  schema["fields"] = fields;
  for (const char* const other : {"name", "created_at", "num_documents"}) schema.erase(other);
  return schema;
}

// How many documents a search for their own vector finds, as the nearest.
std::size_t Searchable(AliasStory& story) {
  std::size_t found = 0;
  for (const auto& [id, document] : ParseExport(story.Exported(story.Served()))) {
    const Json search = {{"searches",
                          {{{"collection", "docs"},
                            {"q", "*"},
                            {"vector_query", "vec:(" + document.at("vec").dump() + ")"},
                            {"include_fields", "title"},
                            {"per_page", 1}}}}};
    const Json answer = Json::parse(story.Ask("POST", "/multi_search", search.dump()).body);
    const Json& hits = answer.at("results").at(0).at("hits");
    found +=
        hits.size() == 1 && hits[0].at("document").at("title") == document.at("title") ? 1U : 0U;
  }
  return found;
}

std::string FilterDocuments() {
  return R"({"id":"in1","title":"inside one","draft":false,"vec":[1,0,0,0,0,0,0,1]}
{"id":"in2","title":"inside two","draft":false}
{"id":"out1","title":"outside one","draft":true,"vec":[1,0,0,0,0,0,0,2.5]}
{"id":"out2","title":"outside two","draft":true})";
}

}  // namespace

TEST_CASE("alias: the clone takes over, only the vectors differ; further runs do nothing") {
  AliasStory story;
  story.Begin(OldDocuments(600));
  const std::string before = story.Exported("docs_v1");
  const Json schema = story.Schema("docs_v1");
  const Json report = story.Migrate();
  CHECK(DocsOf(report).at("strategy") == "alias");
  CHECK(DocsOf(report).at("success") == 600);
  CHECK(DocsOf(report).at("failed") == 0);
  story.CheckTakenOver();
  CHECK(story.Exported("docs_v1") == before);
  CHECK(story.Schema("docs_v1") == schema);
  const Json served = story.Schema("docs");
  CHECK(served.at("name") == story.Served());
  CHECK(served.at("num_documents") == 600);
  CHECK(ComparableSchema(served, "vec", kNewLength) == ComparableSchema(schema, "vec", kOldLength));
  CHECK(served.at("metadata") == Json{{"owner", "tests"}});
  CHECK(Searchable(story) == 600);
  CHECK(story.Paid() == 600);
  CHECK(story.PaidTwice() == 0);
  story.CheckNothingLeft();
  story.CheckNothingLeft();
  CHECK(story.Expect(0, {"verify", "--dimensions", "4"}).at("exit_code") == 0);
}

TEST_CASE("alias: a schema with everything in it and a nested field comes over as it is") {
  AliasStory story;
  story.typesense().CreateCollection(kRichSchema);
  const std::string imported = story.typesense().Import("rich", RichLines(), "create");
  REQUIRE(imported.find("\"success\":false") == std::string::npos);
  story.Ask("PUT", "/aliases/live", R"({"collection_name":"rich"})");
  story.Configure(R"({"docs": {"collection": "live", "embedding_field": "meta.vec",
                               "text_fields": ["title"]}})");
  const std::string before = story.Exported("rich");
  const Json schema = story.Schema("rich");
  CHECK(DocsOf(story.Migrate()).at("success") == 21);
  const std::string clone = story.Served("live");
  REQUIRE(clone.starts_with("rich_r20"));
  CHECK(ComparableSchema(story.Schema(clone), "meta.vec", kNewLength) ==
        ComparableSchema(schema, "meta.vec", kOldLength));
  CHECK(ContentsOf(story.Exported(clone)) == ContentsOf(before));
  CHECK(story.Exported("rich") == before);
  for (const auto& [id, document] : ParseExport(story.Exported(clone))) {
    const std::string text = document.at("title");
    CHECK(StoredVector(document.at("meta"), "vec") == OpenAiVector(text, kNewLength));
  }
  story.CheckNothingLeft();
}

TEST_CASE("alias: at the same length on request; a second switch goes on from the first") {
  AliasStory story;
  story.Begin(OldDocuments(40));
  const Json first = story.Expect(0, {"--dimensions", "8", "--strategy", "alias"});
  CHECK(DocsOf(first).at("strategy") == "alias");
  const std::string clone = story.Served();
  REQUIRE(clone != "docs_v1");
  CHECK(RightVectors(story.Export(clone), kOldLength) == 40);
  story.Migrate();
  const std::string second = story.Served();
  CHECK(second.starts_with("docs_v1_r20"));
  CHECK(second != clone);
  CHECK(second.find("_r", 9) == std::string::npos);  // one suffix, not two
  CHECK(RightNew(story.Exported(second)) == 40);
  CHECK(ContentsOf(story.Exported(second)) == ContentsOf(story.Exported("docs_v1")));
  story.CheckNothingLeft();
}

TEST_CASE("alias: others stay where they lead, and follow with --all-aliases") {
  AliasStory story;
  story.Begin(OldDocuments(10));
  story.Ask("PUT", "/aliases/other", R"({"collection_name":"docs_v1"})");
  const Json plan = story.Migrate(0, {"--dry-run"});
  CHECK(plan.dump().find("other") != std::string::npos);
  SECTION("only the configured one is switched") {
    story.Migrate();
    CHECK(story.Served("other") == "docs_v1");
    CHECK(story.Served() != "docs_v1");
  }
  SECTION("all are switched, and led back") {
    story.Migrate(0, {"--all-aliases"});
    CHECK(story.Served() != "docs_v1");
    CHECK(story.Served("other") == story.Served());
    story.Expect(0, {"rollback", "--yes"});
    CHECK(story.Served() == "docs_v1");
    CHECK(story.Served("other") == "docs_v1");
  }
}

TEST_CASE("alias: documents outside the filter come along, without a vector if they had none") {
  AliasStory story;
  story.settings["filter_by"] = "draft:=false";
  story.Begin(FilterDocuments());
  const std::string before = story.Exported("docs_v1");
  SECTION("they are embedded too") {
    const Json report = story.Migrate();
    CHECK(DocsOf(report).at("outside_filter") == 2);
    const Documents after = ParseExport(story.Exported(story.Served()));
    CHECK(ContentsOf(story.Exported(story.Served())) == ContentsOf(before));
    CHECK(RightNew(story.Exported(story.Served())) == 3);
    CHECK_FALSE(after.at("out2").contains("vec"));
    CHECK(story.Paid() == 3);
    story.CheckNothingLeft();
  }
  SECTION("or it stops in the plan") {
    story.typesense().ClearRequests();
    const Json report = story.Migrate(4, {"--outside-filter", "refuse"});
    CHECK(story.sandbox().provider().requests().empty());
    CHECK(story.Writes() == 0);
    CHECK(story.Collections() == std::vector<std::string>{"docs_v1"});
  }
  CHECK(story.Exported("docs_v1") == before);
}
