// What a broken config file is answered with. Each row is a whole file and the start of the first
// problem, after the name of the file.
#include <array>
#include <string>
#include <string_view>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;
using testing::WithNotes;

struct Row {
  std::string_view json;
  std::string_view problem;
};

void CheckAll(const std::vector<Row>& rows, const std::string& before, const std::string& after) {
  for (const Row& row : rows) {
    INFO(row.json);
    const std::string problems = ProblemsOf(GoodSources(before + std::string(row.json) + after));
    const std::string expected = "reembed.json: " + std::string(row.problem);
    CHECK(problems.substr(0, expected.size()) == expected);
    CHECK(problems.substr(0, problems.find('\n') + 1) == problems);
  }
}

TEST_CASE("broken config: top level") {
  CheckAll(
      {
          {"[]", "top level: expected an object, found an empty array"},
          {"7", "top level: expected an object, found the number 7"},
          {R"({"colections": {}})",
           "/colections: unknown key; did you mean \"collections\"? allowed: $schema, embedding, "},
          {R"({"x/y~": 1})", "/x~1y~0: unknown key; allowed: $schema, embedding, collections, "},
          {R"({"$schema": 1})", "/$schema: expected a string, found the number 1"},
          {R"({"embedding": null})", "/embedding: expected an object, found null"},
          {R"({"typesense": "x"})", "/typesense: expected an object, found a string"},
          {R"({"update": {}, "update": {}})", "/update: repeated key"},
          {R"({"collections": []})", "/collections: expected an object, found an empty array"},
          {R"({"collections": {}})", "/collections: expected at least one collection, found none"},
          {R"({"collections": {" ": {"skip": "x"}}})",
           "/collections/ : the name of a collection is empty"},
          {R"({"collections": {"a": "b"}})", "/collections/a: expected an object, found a string"},
      },
      "", "");
}

TEST_CASE("broken config: embedding") {
  CheckAll(
      {
          {R"("dimensions": 0)",
           "/embedding/dimensions: expected an integer from 1 to 65536, found 0"},
          {R"("dimensions": 65537)",
           "/embedding/dimensions: expected an integer from 1 to 65536, found 65537"},
          {R"("dimensions": 1.5)",
           "/embedding/dimensions: expected an integer from 1 to 65536, found 1.5"},
          {R"("dimensions": "768")",
           "/embedding/dimensions: expected an integer from 1 to 65536, found a string"},
          {R"("dimensions": true)",
           "/embedding/dimensions: expected an integer from 1 to 65536, found true"},
          {R"("concurrency": -3)",
           "/embedding/concurrency: expected an integer from 1 to 256, found -3"},
          {R"("concurrency": 257)",
           "/embedding/concurrency: expected an integer from 1 to 256, found 257"},
          {R"("requests_per_minute": 0)", "/embedding/requests_per_minute: expected a number from"},
          {R"("tokens_per_minute": -1)", "/embedding/tokens_per_minute: expected a number from"},
          {R"("usd_per_million_tokens": -0.1)",
           "/embedding/usd_per_million_tokens: expected a number from 0 to 1000000, found -0.1"},
          {R"("max_wait_seconds": -1)",
           "/embedding/max_wait_seconds: expected an integer from 0 to 31536000, found -1"},
          {R"("outage_patience_seconds": 1e12)",
           "/embedding/outage_patience_seconds: expected an integer from 0 to 31536000, found"},
          {R"("normalize": "allways")",
           "/embedding/normalize: found \"allways\"; did you mean \"always\"? allowed: auto, "
           "always, never"},
          {R"("family": "birhc")",
           "/embedding/family: found \"birhc\"; did you mean \"birch\"? allowed: acorn, birch"},
          {R"("model": "")",
           "/embedding/model: expected a non-empty string, found an empty string"},
          {R"("model": 5)", "/embedding/model: expected a non-empty string, found the number 5"},
          {R"("model": "a\u0007b")", "/embedding/model: the string holds control characters"},
          {R"("brich": {})", "/embedding/brich: unknown key; did you mean \"birch\"? allowed: "},
          {R"("acorn": {"task_type": "X"})",
           "/embedding/acorn/task_type: found \"X\"; allowed: QUERY, DOCUMENT"},
          {R"("acorn": {"task": "X"})",
           "/embedding/acorn/task: unknown key; did you mean \"task_type\"? allowed: task_type"},
          {R"("birch": {"prefix": []})",
           "/embedding/birch/prefix: expected a string, found an empty array"},
          {R"("birch": {"task_type": "QUERY"})",
           "/embedding/birch/task_type: unknown key; allowed: prefix"},
      },
      R"({"embedding": {)", "}}");
}

TEST_CASE("broken config: typesense, update and journal") {
  CheckAll(
      {
          {R"("typesense": {"node": []})",
           "/typesense/node: unknown key; did you mean \"nodes\"? allowed: nodes, nearest_node, "},
          {R"("typesense": {"nodes": "http://a"})",
           "/typesense/nodes: expected a non-empty array of non-empty strings, found a string"},
          {R"("typesense": {"nodes": []})",
           "/typesense/nodes: expected a non-empty array of non-empty strings, found an empty"},
          {R"("typesense": {"nodes": ["a:8108"]})",
           "/typesense/nodes/0: a URL must begin with http:// or https://, found \"a:8108\""},
          {R"("typesense": {"nodes": ["http://a", "http://a"]})",
           "/typesense/nodes/1: \"http://a\" stands in the array already"},
          {R"("typesense": {"nodes": ["http://me:hunter2@a"]})",
           "/typesense/nodes/0: the value looks like a secret, which does not belong"},
          {R"("typesense": {"nearest_node": "http://a:0"})",
           "/typesense/nearest_node: the port must be from 1 to 65535"},
          {R"("typesense": {"connection_timeout_seconds": 0})",
           "/typesense/connection_timeout_seconds: expected a number from 0.001 to 31536000"},
          {R"("typesense": {"num_retries": -1})",
           "/typesense/num_retries: expected an integer from 0 to 1000, found -1"},
          {R"("typesense": {"retry_interval_seconds": "1"})",
           "/typesense/retry_interval_seconds: expected a number from 0 to 31536000, found a str"},
          {R"("typesense": {"healthcheck_interval_seconds": 1.5})",
           "/typesense/healthcheck_interval_seconds: expected an integer from 0 to 31536000"},
          {R"("update": {"target_ms": 0})",
           "/update/target_ms: expected an integer from 1 to 600000, found 0"},
          {R"("update": {"patience_seconds": -1})",
           "/update/patience_seconds: expected an integer from 0 to 31536000, found -1"},
          {R"("journal": {"dir": " "})",
           "/journal/dir: expected a non-empty string, found a string"},
          {R"("journal": {"dir": 1})",
           "/journal/dir: expected a non-empty string, found the number 1"},
          {R"("journal": {"dir": "a\nb"})", "/journal/dir: "},
          {R"("journal": {"keep_days": 36501})",
           "/journal/keep_days: expected an integer from 0 to 36500, found 36501"},
          {R"("journal": {"keep_days": 1.5})",
           "/journal/keep_days: expected an integer from 0 to 36500, found 1.5"},
          {R"("journal": {"backup": "yes"})",
           "/journal/backup: expected true or false, found a string"},
          {R"("journal": {"keep_days": -1})",
           "/journal/keep_days: expected an integer from 0 to 36500, found -1"},
      },
      "{", "}");
}

TEST_CASE("broken config: a collection") {
  CheckAll(
      {
          {R"("embedding_field": "v", "text_feilds": ["t"], "skip": "x")",
           "/collections/notes/text_feilds: unknown key; did you mean \"text_fields\"? allowed: "
           "embedding_field, text_fields, "},
          {R"("embedding_field": "v", "text_fields": [])",
           "/collections/notes/text_fields: expected a non-empty array of non-empty strings, "},
          {R"("embedding_field": "v", "text_fields": "t")",
           "/collections/notes/text_fields: expected a non-empty array of non-empty strings, "},
          {R"("embedding_field": "v", "text_fields": ["t", ""])",
           "/collections/notes/text_fields/1: expected a non-empty string, found an empty string"},
          {R"("embedding_field": "v", "text_fields": ["t", 1])",
           "/collections/notes/text_fields/1: expected a non-empty string, found the number 1"},
          {R"("embedding_field": "v", "text_fields": ["t", "t"])",
           "/collections/notes/text_fields/1: \"t\" stands in the array already"},
          {R"("embedding_field": "v", "text_fields": ["t"], "template": "{t}")",
           "/collections/notes/template: stands beside \"text_fields\"; keep one of the two"},
          {R"("embedding_field": "v")", "/collections/notes: \"text_fields\" is missing"},
          {R"("text_fields": ["t"])", "/collections/notes: \"embedding_field\" is missing"},
          {R"("embedding_field": "id", "text_fields": ["t"])",
           "/collections/notes/embedding_field: \"id\" identifies the document"},
          {R"("embedding_field": "t", "text_fields": ["t"])",
           "/collections/notes/embedding_field: the same field is one of those"},
          {R"("embedding_field": "v", "template": "no field")",
           "/collections/notes/template: the template names no field"},
          {R"("embedding_field": "v", "template": "{t")",
           "/collections/notes/template: an opening brace without a closing one"},
          {R"("skip": true)", "/collections/notes/skip: expected a non-empty string, found true"},
          {R"("skip": "x", "on_empty_text": "ignore")",
           "/collections/notes/on_empty_text: found \"ignore\"; allowed: fail, skip"},
          {R"("skip": "x", "on_long_text": "cut")",
           "/collections/notes/on_long_text: found \"cut\"; allowed: truncate, fail, average"},
          {R"("skip": "x", "strategy": "in_place")",
           "/collections/notes/strategy: found \"in_place\"; did you mean \"in-place\"? allowed: "},
          {R"("skip": "x", "automatic_ids": 1)",
           "/collections/notes/automatic_ids: expected true or false, found the number 1"},
          {R"("skip": "x", "collection": "")",
           "/collections/notes/collection: expected a non-empty string, found an empty string"},
          {R"("skip": "x", "filter_by": ["a"])",
           "/collections/notes/filter_by: expected a string, found an array"},
          {R"("skip": "x", "separator": null)",
           "/collections/notes/separator: expected a string, found null"},
      },
      R"({"collections": {"notes": {)", "}}}");
}

TEST_CASE("broken config: all problems are told at once, in the order of the sources") {
  ConfigSources sources = GoodSources(R"({"embedding": {"dimensions": 0},
                                          "update": {"target": 1}})");
  sources.env_file = NamedText{".env", "oops"};
  sources.environment["TYPESENSE_PORT"] = "x";
  sources.environment.erase("ACORN_API_KEY");
  CHECK(ProblemsOf(sources) ==
        ".env:1: expected KEY=value\n"
        "reembed.json: /embedding/dimensions: expected an integer from 1 to 65536, found 0\n"
        "reembed.json: /update/target: unknown key; did you mean \"target_ms\"? allowed: "
        "target_ms, patience_seconds\n"
        "environment: TYPESENSE_PORT: expected a port from 1 to 65535, found \"x\"\n"
        "ACORN_API_KEY or OAK_API_KEY is missing: set it in the environment or in .env\n");
}

TEST_CASE("broken config: a file that is not JSON is not blamed for what it may hold") {
  ConfigSources sources = GoodSources("{\"embedding\": ");
  sources.environment.erase("EMBEDDING_FAMILY");
  sources.environment.erase("EMBEDDING_MODEL");
  sources.flags.collections = {"mine"};
  CHECK(ProblemsOf(sources) ==
        "reembed.json:1:15: not valid JSON: unexpected end of input; expected '[', '{', or a "
        "literal\n");
}

TEST_CASE("broken config: a wrong family in the file is told once") {
  ConfigSources sources = GoodSources(R"({"embedding": {"family": 5, "model": ""}})");
  sources.environment.erase("EMBEDDING_FAMILY");
  sources.environment.erase("EMBEDDING_MODEL");
  CHECK(ProblemsOf(sources) ==
        "reembed.json: /embedding/family: expected one of acorn, birch, found the number 5\n"
        "reembed.json: /embedding/model: expected a non-empty string, found an empty string\n");
}

}  // namespace
}  // namespace reembed
