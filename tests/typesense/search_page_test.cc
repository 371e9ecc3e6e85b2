#include "src/io/typesense/search_page.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const Redactor kRedact;
const AnswerOrigin kOrigin{.host = "ts:8108", .redact = kRedact};

Result<SearchPage> Parse(std::string body) {
  return ParseSearchPage(body, kOrigin);
}
Result<SearchPage> ParseMulti(std::string body) {
  return ParseMultiSearchPage(body, kOrigin);
}

TEST_CASE("search page: ids are decoded, documents are kept byte for byte") {
  const auto page =
      Parse(R"({"facet_counts":[],"found":9,"hits":[)"
            R"({"document":{"id":"a\"\/\u00e9","n":1.0,"e":1e+15},"highlight":{},"highlights":[]},)"
            R"({"curated":true,"document":{"big":12345678901234567890,"id":"2","o":{"id":"x"}}}],)"
            R"("out_of":12,"search_cutoff":false,"search_time_ms":0})");
  REQUIRE(page.ok());
  CHECK(page->found == 9);
  REQUIRE(page->documents.size() == 2);
  CHECK(page->documents[0].id == "a\"/\xC3\xA9");
  CHECK(page->documents[0].json == R"({"id":"a\"\/\u00e9","n":1.0,"e":1e+15})");
  CHECK(page->documents[1].id == "2");
  CHECK(page->documents[1].json == R"({"big":12345678901234567890,"id":"2","o":{"id":"x"}})");
}

TEST_CASE("search page: the order of the keys does not matter") {
  const auto page = Parse(R"({"hits":[{"document":{"id":"1"}}],"search_cutoff":false,"found":1})");
  REQUIRE(page.ok());
  CHECK(page->found == 1);
  CHECK(page->documents[0].id == "1");
}

TEST_CASE("search page: what cannot be trusted is transient") {
  const char* bodies[] = {
      "",
      "<html>",
      "[]",
      R"({"found":1})",
      R"({"hits":[]})",
      R"({"found":1,"hits":[{"document":{"id":1}}]})",
      R"({"found":1,"hits":[{"document":{"n":1}}]})",
      R"({"found":1,"hits":[{"document":"1"}]})",
      R"({"found":1,"hits":[{"highlight":{}}]})",
      R"({"found":1,"hits":[{"document":{"id":"1")",
      R"({"found":1,"hits":[{"document":{"id":"1"}}],"search_cutoff":true})",
  };
  for (const char* body : bodies) {
    CAPTURE(body);
    const auto page = Parse(body);
    REQUIRE_FALSE(page.ok());
    CHECK(page.error().kind == ErrorKind::kTransient);
    CHECK_THAT(page.error().message, ContainsSubstring("Typesense at ts:8108"));
  }
}

TEST_CASE("search page: the item of a multi search") {
  const auto page = ParseMulti(R"({"results":[{"found":2,"hits":[{"document":{"id":"7"}}]}]})");
  REQUIRE(page.ok());
  CHECK(page->found == 2);
  CHECK(page->documents[0].id == "7");
}

TEST_CASE("search page: errors of a multi search item") {
  CHECK(ParseMulti(R"({"results":[{"code":404,"error":"Not found."}]})").error().kind ==
        ErrorKind::kNotFound);
  CHECK(ParseMulti(R"({"results":[{"code":400,"error":"bad filter"}]})").error().message ==
        "Typesense at ts:8108 answered 400: bad filter");
  CHECK(ParseMulti(R"({"results":[{"code":503}]})").error().kind == ErrorKind::kBusy);
  CHECK(ParseMulti(R"({"results":[]})").error().kind == ErrorKind::kTransient);
  CHECK(ParseMulti("{").error().kind == ErrorKind::kTransient);
}

}  // namespace
}  // namespace reembed
