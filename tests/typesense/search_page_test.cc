#include "src/io/typesense/search_page.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const Redactor kRedact;
const AnswerOrigin kOrigin{.host = "ts:8108", .redact = kRedact};

Result<SearchPage> Parse(std::string body) {
  return ParseSearchPage(body, kOrigin);
}
Result<std::vector<SearchPage>> ParseMulti(std::string body, std::size_t searches = 1) {
  return ParseMultiSearch(body, searches, kOrigin);
}
Result<Document> ParseOne(std::string body, std::string_view id) {
  return ParseDocument(body, id, kOrigin);
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

TEST_CASE("search page: the items of a multi search") {
  const std::string body =
      R"({"results":[{"found":2,"hits":[{"document":{"id":"7"}}]},{"found":0,"hits":[]}]})";
  const auto pages = ParseMulti(body, 2);
  REQUIRE(pages.ok());
  CHECK((*pages)[0].found == 2);
  CHECK((*pages)[0].documents[0].id == "7");
  CHECK((*pages)[1].documents.empty());
  for (const std::size_t searches : {std::size_t{1}, std::size_t{3}}) {
    const auto other = ParseMulti(body, searches);
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().kind == ErrorKind::kTransient);
  }
}

TEST_CASE("search page: an error or a cut in any item is the answer's") {
  CHECK(ParseMulti(R"({"results":[{"found":0,"hits":[]},{"code":400,"error":"bad"}]})", 2)
            .error()
            .kind == ErrorKind::kRefused);
  CHECK(ParseMulti(
            R"({"results":[{"found":0,"hits":[],"search_cutoff":true},{"found":0,"hits":[]}]})", 2)
            .error()
            .kind == ErrorKind::kTransient);
}

TEST_CASE("search page: the answer to a document's GET") {
  const auto document = ParseOne(R"({"id":"a\"b","n":1.0})", "a\"b");
  REQUIRE(document.ok());
  CHECK(document->id == "a\"b");
  CHECK(document->json == R"({"id":"a\"b","n":1.0})");
  for (const char* body :
       {"", "<html>", "[]", "{}", R"({"id":1})", R"({"id":"b"})", R"({"id":"a)"}) {
    CAPTURE(body);
    const auto other = ParseOne(body, "a");
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().kind == ErrorKind::kTransient);
    CHECK_THAT(other.error().message, ContainsSubstring("Typesense at ts:8108 sent a document"));
  }
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
