#include "reembed/core/recovery.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch2.h"

using namespace reembed;
using nlohmann::json;

namespace {

Cutover Dropped(const std::string& field = "vec") {
  Cutover cutover;
  cutover.step = CutoverStep::kWriting;
  cutover.name = "docs";
  cutover.nodes = {"http://a:8108/", "http://b:8108"};
  cutover.field = field;
  cutover.from = cutover.to = {"docs", 7};
  cutover.old_definition = R"({"name":")" + field + R"(","num_dim":3,"type":"float[]"})";
  cutover.new_definition = R"({"name":")" + field + R"(","num_dim":4,"type":"float[]"})";
  cutover.started = WallTime(std::chrono::seconds(1'795'228'455));
  return cutover;
}

// What a call says, as one line.
std::string Line(const RecoveryCall& call) {
  return call.method + " " + call.path + " " + call.body;
}

}  // namespace

TEST_CASE("recovery: the old field, the new one, or none and then an optional one") {
  const auto ways = RecoveryWays(Dropped(), false);
  REQUIRE(ways.size() == 3);
  REQUIRE(ways[0].calls.size() == 1);
  CHECK(Line(ways[0].calls[0]) ==
        R"(PATCH /collections/docs {"fields":[{"name":"vec","num_dim":3,"type":"float[]"}]})");
  REQUIRE(ways[1].calls.size() == 1);
  CHECK(Line(ways[1].calls[0]) ==
        R"(PATCH /collections/docs {"fields":[{"name":"vec","num_dim":4,"type":"float[]"}]})");
  REQUIRE(ways[2].calls.size() == 2);
  CHECK(Line(ways[2].calls[0]) == R"(PATCH /collections/docs/documents?filter_by=* {"vec":null})");
  CHECK(Line(ways[2].calls[1]) ==
        R"(PATCH /collections/docs {"fields":[{"name":"vec","num_dim":4,"type":"float[]",)"
        R"("optional":true}]})");
}

TEST_CASE("recovery: a nested field is set to null inside and added by drop and add") {
  const auto ways = RecoveryWays(Dropped("meta.vec"), true);
  REQUIRE(ways.size() == 3);
  REQUIRE(ways[2].calls.size() == 3);
  CHECK(ways[2].calls[0].body == R"({"meta":{"vec":null}})");
  CHECK(ways[2].calls[1].body ==
        R"({"fields":[{"name":"meta.vec","drop":true},{"name":"meta.vec","num_dim":4,)"
        R"("type":"float[]","optional":true}]})");
}

TEST_CASE(
    "recovery: the server may not have detected a nested field: then the plain add is right") {
  const auto ways = RecoveryWays(Dropped("meta.vec"), true);
  for (const RecoveryWay& way : ways) {
    const std::size_t last = way.calls.size() - 1;
    CHECK(json::parse(way.calls[last - 1].body).at("fields").size() == 2);
    CHECK(json::parse(way.calls[last].body).at("fields").size() == 1);
    CHECK_THAT(way.when, ContainsSubstring("refuses one"));
  }
}

TEST_CASE("recovery: a dotted name that is not nested is one key") {
  const auto ways = RecoveryWays(Dropped("meta.vec"), false);
  CHECK(ways[2].calls[0].body == R"({"meta.vec":null})");
  CHECK(ways[2].calls.size() == 2);
}

TEST_CASE("recovery: a collection's name is one segment of the path") {
  Cutover cutover = Dropped();
  cutover.from.name = "a b/c";
  CHECK(RecoveryWays(cutover, false)[0].calls[0].path == "/collections/a%20b%2Fc");
}

TEST_CASE("recovery: the file is JSON and says everything") {
  const json file = json::parse(RecoveryFileText(Dropped(), false));
  CHECK(file.at("collection") == "docs");
  CHECK(file.at("created_at") == 7);
  CHECK(file.at("field") == "vec");
  CHECK(file.at("begun") == "2026-11-21T02:34:15Z");
  CHECK(file.at("nodes") == json({"http://a:8108/", "http://b:8108"}));
  CHECK(file.at("old_definition").at("num_dim") == 3);
  CHECK(file.at("new_definition").at("num_dim") == 4);
  REQUIRE(file.at("ways").size() == 3);
  const json& call = file.at("ways").at(2).at("calls").at(0);
  CHECK(call.at("method") == "PATCH");
  CHECK(call.at("path") == "/collections/docs/documents?filter_by=*");
  CHECK(call.at("body") == json{{"vec", nullptr}});
  CHECK_THAT(file.at("what_happened").get<std::string>(), ContainsSubstring("'docs'"));
}

TEST_CASE("recovery: the log has a line for each call, fit for a shell") {
  const auto lines = RecoveryLogLines(Dropped(), false);
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[0], ContainsSubstring("way 1 of 3"));
  CHECK_THAT(lines[3], ContainsSubstring("curl -sS -X PATCH 'http://a:8108/collections/docs' "
                                         "-H \"X-TYPESENSE-API-KEY: $TYPESENSE_API_KEY\" "
                                         "-H 'Content-Type: application/json' --data "
                                         "'{\"fields\":[{\"name\":\"vec\",\"num_dim\":4,"
                                         "\"type\":\"float[]\",\"optional\":true}]}'"));
  Cutover quoted = Dropped("it's");
  CHECK_THAT(RecoveryLogLines(quoted, false)[2], ContainsSubstring(R"('{"it'\''s":null}')"));
}

TEST_CASE("recovery: a damaged definition is shown, not thrown over") {
  Cutover cutover = Dropped();
  cutover.new_definition = "{damaged";
  CHECK(json::parse(RecoveryFileText(cutover, false)).at("new_definition") == "{damaged");
}
