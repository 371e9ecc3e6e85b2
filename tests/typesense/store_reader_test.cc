#include "src/io/typesense/store_reader.h"

#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

struct ReaderFixture : testing::ClientFixture {
  TypesenseReader reader{ReadClient(client)};
};

TEST_CASE("reader: an alias is described as the collection behind it") {
  ReaderFixture fix;
  fix.http.Reply(200, R"({"name":"docs_v2","num_documents":3,"fields":[]})");
  const auto schema = fix.reader.Describe("my docs", fix.stop);
  REQUIRE(schema.ok());
  CHECK(schema->name == "docs_v2");
  CHECK(fix.http.lines() == std::vector<std::string>{"GET http://ts:8108/collections/my%20docs"});
}

TEST_CASE("reader: a missing collection is named with what to do") {
  ReaderFixture fix;
  fix.http.Reply(404, R"({"message": "Not Found"})");
  const auto schema = fix.reader.Describe("docs", fix.stop);
  REQUIRE_FALSE(schema.ok());
  CHECK(schema.error().kind == ErrorKind::kNotFound);
  CHECK(schema.error().message ==
        "Typesense at ts:8108 has no collection or alias 'docs'. Check its name under "
        "`collections` in the config file, and that this is the right server.");
}

TEST_CASE("reader: planning gives up after num_retries") {
  ReaderFixture fix;
  fix.ReplyNotReady(4);
  CHECK(fix.reader.Describe("docs", fix.stop).error().kind == ErrorKind::kUnreachable);
  CHECK(fix.clock.waits() == testing::InSeconds({1, 1, 1}));
}

TEST_CASE("reader: something that is no Typesense is said to be none") {
  ReaderFixture fix;
  fix.http.Otherwise([](const HttpRequest&) { return HttpResponse{200, {}, "<html>"}; });
  const auto schema = fix.reader.Describe("docs", fix.stop);
  CHECK_THAT(schema.error().message, ContainsSubstring("is that a Typesense?"));
}

TEST_CASE("reader: aliases, and a key that may not list them") {
  ReaderFixture fix;
  fix.http.Reply(200, R"({"aliases":[{"collection_name":"c","name":"a"}]})");
  fix.http.Reply(401, R"({"message": "Forbidden"})");
  CHECK(fix.reader.Aliases(fix.stop)->front().collection == "c");
  CHECK(fix.reader.Aliases(fix.stop).error().kind == ErrorKind::kRefused);
}

TEST_CASE("reader: counts by a search without hits") {
  ReaderFixture fix;
  fix.http.Reply(200, R"({"found":7,"hits":[],"search_cutoff":false})");
  CHECK(*fix.reader.Count("c", "n:>5", fix.stop) == 7);
  CHECK(fix.http.sent()[0].url ==
        "http://ts:8108/collections/c/documents/search?q=%2A&per_page=0&offset=0"
        "&limit_hits=1000000&include_fields=id&enable_overrides=false&enable_analytics=false"
        "&filter_by=n%3A%3E5");
}

TEST_CASE("reader: a bad filter is refused with the server's words") {
  ReaderFixture fix;
  fix.http.Reply(400, R"({"message":"Could not find a filter field named `x` in the schema."})");
  const auto count = fix.reader.Count("c", "x:1", fix.stop);
  CHECK(count.error().kind == ErrorKind::kRefused);
  CHECK_THAT(count.error().message, ContainsSubstring("filter field named `x`"));
}

TEST_CASE("reader: a vector is read by an encoded id") {
  ReaderFixture fix;
  for (int i = 0; i < 6; ++i) fix.http.Reply(200, R"({"v":[0.5]})");
  for (const char* id : {"a/b +%", "search", "export", "import", "..", "\xC3\xA9"}) {
    CHECK(*fix.reader.ReadVector("my docs", "v", id, fix.stop) == Embedding{0.5F});
  }
  const std::string base = "GET http://ts:8108/collections/my%20docs/documents/";
  CHECK(fix.http.lines() == std::vector<std::string>{base + "a%2Fb%20%2B%25?include_fields=v",
                                                     base + "%73%65%61%72%63%68?include_fields=v",
                                                     base + "%65%78%70%6F%72%74?include_fields=v",
                                                     base + "%69%6D%70%6F%72%74?include_fields=v",
                                                     base + "%2E%2E?include_fields=v",
                                                     base + "%C3%A9?include_fields=v"});
}

TEST_CASE("reader: the schema says what a dotted field means") {
  for (const bool nested : {true, false}) {
    CAPTURE(nested);
    ReaderFixture fix;
    fix.http.Reply(200, std::string(R"({"name":"c","num_documents":1,"fields":[],)") +
                            R"("enable_nested_fields":)" + (nested ? "true}" : "false}"));
    fix.http.Reply(200, R"({"m":{"v":[1]},"m.v":[2]})");
    CHECK(*fix.reader.ReadVector("c", "m.v", "1", fix.stop) == Embedding{nested ? 1.0F : 2.0F});
    CHECK(fix.http.lines() ==
          std::vector<std::string>{"GET http://ts:8108/collections/c",
                                   "GET http://ts:8108/collections/c/documents/1?"
                                   "include_fields=m.v"});
  }
}

TEST_CASE("reader: pending writes, a key that may not see them, a server that is away") {
  ReaderFixture fix;
  fix.http.Reply(200, R"({"pending_write_batches": 12})");
  fix.http.Reply(401, R"({"message": "Forbidden"})");
  fix.ReplyNotReady(4);
  CHECK(*fix.reader.PendingWrites(fix.stop) == 12);
  CHECK(fix.reader.PendingWrites(fix.stop).error().kind == ErrorKind::kRefused);
  CHECK(fix.reader.PendingWrites(fix.stop).error().kind == ErrorKind::kUnreachable);
  CHECK(fix.http.lines()[0] == "GET http://ts:8108/stats.json");
}

TEST_CASE("reader: a document that is gone is not found, even with a broken error body") {
  ReaderFixture fix;
  fix.http.Reply(404, R"({"message": "Could not find a document with id: no "x"})");
  const auto vector = fix.reader.ReadVector("c", "v", "no \"x", fix.stop);
  CHECK(vector.error().kind == ErrorKind::kNotFound);
  CHECK_THAT(vector.error().message, ContainsSubstring("with id: no \"x"));
}

}  // namespace
}  // namespace reembed
