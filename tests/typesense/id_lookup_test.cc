#include "src/io/typesense/id_lookup.h"

#include <algorithm>

#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

constexpr const char* kNoCollection = R"({"message": "Collection not found"})";

std::string Hits(const std::vector<std::string>& ids) {
  std::string hits;
  for (const std::string& id : ids) {
    hits += (hits.empty() ? "" : ",") + (R"({"document":{"id":")" + id + R"(","t":"x"}})");
  }
  return R"({"found":1,"hits":[)" + hits + R"(],"search_cutoff":false})";
}

struct LookupFixture : testing::ClientFixture {
  explicit LookupFixture(std::string filter = "")
      : lookup(ReadClient(client),
               {.collection = "c", .fields = {"t"}, .filter_by = filter, .is_known = nullptr}) {}

  void ReplyPages(const std::vector<std::string>& pages) {
    std::string body;
    for (const std::string& page : pages) body += (body.empty() ? "" : ",") + page;
    http.Reply(200, R"({"results":[)" + body + "]}");
  }
  void ReplyGone(const std::string& id) {
    http.Reply(404, R"({"message": "Could not find a document with id: )" + id + "\"}");
  }
  std::vector<FoundDocument> Find(const std::vector<std::string>& ids) {
    auto found = lookup.Find(ids, stop);
    REQUIRE(found.ok());
    return *found;
  }
  std::vector<LookupState> States(const std::vector<std::string>& ids) {
    std::vector<LookupState> states;
    for (const FoundDocument& found : Find(ids)) states.push_back(found.state);
    return states;
  }

  IdLookup lookup;
};

TEST_CASE("id lookup: which ids a filter can name") {
  for (const char* id : {"1", "a,b", "a b", "(x", "&&", "a:(b", "]", "id:[x]", "\\a", "\xC3\xA9"}) {
    CAPTURE(id);
    CHECK(IsNameable(id));
  }
  for (const char* id : {"", "`", "a`b", " a", "a ", "a\n", "\ta", "a\\", "\xFF"}) {
    CAPTURE(id);
    CHECK_FALSE(IsNameable(id));
  }
}

TEST_CASE("id lookup: the filter keeps what the user's filter means") {
  const std::string_view ids[] = {"a", "b,c"};
  CHECK(IdFilter("", ids) == "id:[`a`,`b,c`]");
  CHECK(IdFilter("n:1 || n:2", ids) == "(n:1 || n:2) && id:[`a`,`b,c`]");
}

TEST_CASE("id lookup: one request for all, answers in the order of the question") {
  LookupFixture fix;
  fix.ReplyPages({Hits({"b", "a"})});
  const auto found = fix.Find({"a", "b", "a"});
  REQUIRE(found.size() == 3);
  CHECK(found[0].document.json == R"({"id":"a","t":"x"})");
  CHECK(found[1].document.id == "b");
  CHECK(found[2].document.json == found[0].document.json);
  REQUIRE(fix.http.lines() == std::vector<std::string>{"POST http://ts:8108/multi_search"});
  CHECK(fix.http.sent()[0].body ==
        R"({"searches":[{"collection":"c","enable_analytics":"false","enable_overrides":"false",)"
        R"("filter_by":"id:[`a`,`b`]","include_fields":"id,t","limit_hits":"1000000",)"
        R"("offset":"0","per_page":"250","q":"*"}]})");
}

TEST_CASE("id lookup: nothing asked, nothing sent") {
  LookupFixture fix;
  CHECK(fix.Find({}).empty());
  CHECK(fix.http.sent().empty());
}

TEST_CASE("id lookup: what the page does not show is read by GET; a document's 404 is gone") {
  LookupFixture fix;
  fix.ReplyPages({Hits({"a"})});
  fix.http.Reply(200, R"({"id":"b","t":"y"})");
  fix.ReplyGone("no \"x");
  const auto found = fix.Find({"a", "b", "no \"x"});
  CHECK(found[1].state == LookupState::kFound);
  CHECK(found[1].document.json == R"({"id":"b","t":"y"})");
  CHECK(found[2].state == LookupState::kGone);
  CHECK(found[2].document.id == "no \"x");
  const std::string base = "GET http://ts:8108/collections/c/documents/";
  CHECK(fix.http.lines()[1] == base + "b?include_fields=id%2Ct");
  CHECK(fix.http.lines()[2] == base + "no%20%22x?include_fields=id%2Ct");
}

TEST_CASE("id lookup: an id that no filter can name goes by GET alone") {
  LookupFixture fix("n:1");
  fix.http.Reply(200, R"({"id":"b`t"})");
  fix.http.Reply(200, R"({"id":"a\\"})");
  fix.http.Reply(200, R"({"id":" lead"})");
  CHECK(fix.States({"b`t", "a\\", " lead"}) == std::vector<LookupState>(3, LookupState::kFound));
  const std::string base = "GET http://ts:8108/collections/c/documents/";
  CHECK(fix.http.lines() == std::vector<std::string>{base + "b%60t?include_fields=id%2Ct",
                                                     base + "a%5C?include_fields=id%2Ct",
                                                     base + "%20lead?include_fields=id%2Ct"});
}

TEST_CASE("id lookup: no document has an empty id") {
  LookupFixture fix;
  CHECK(fix.States({""}) == std::vector<LookupState>{LookupState::kGone});
  CHECK(fix.http.sent().empty());
}

TEST_CASE("id lookup: a collection that is gone is no missing document") {
  for (const char* body : {kNoCollection, R"({"message": "Not Found"})", "<html>404</html>"}) {
    CAPTURE(body);
    LookupFixture fix;
    fix.ReplyPages({Hits({})});
    fix.http.Reply(404, body);
    const std::vector<std::string> ids = {"a"};
    CHECK(fix.lookup.Find(ids, fix.stop).error().kind == ErrorKind::kNotFound);
  }
  LookupFixture fix;
  fix.http.Reply(200, R"({"results":[{"code":404,"error":"Collection not found"}]})");
  const std::vector<std::string> ids = {"a"};
  CHECK(fix.lookup.Find(ids, fix.stop).error().kind == ErrorKind::kNotFound);
}

TEST_CASE("id lookup: outside the filter is what the id alone finds and the filter does not") {
  LookupFixture fix("n:1");
  fix.ReplyPages({Hits({"in"})});
  for (const char* id : {"out", "late", "odd"}) {
    fix.http.Reply(200, R"({"id":")" + std::string(id) + R"(","t":"by get"})");
  }
  fix.ReplyGone("gone");
  fix.ReplyPages({Hits({"late"}), Hits({"out", "late"})});
  const auto found = fix.Find({"in", "out", "late", "odd", "gone"});
  CHECK(found[0].state == LookupState::kFound);
  CHECK(found[1].state == LookupState::kOutsideFilter);
  CHECK(found[1].document.id == "out");
  CHECK(found[1].document.json.empty());
  CHECK(found[2].state == LookupState::kFound);
  CHECK(found[2].document.json == R"({"id":"late","t":"x"})");
  CHECK(found[3].state == LookupState::kFound);  // no search finds it by its id
  CHECK(found[3].document.json == R"({"id":"odd","t":"by get"})");
  CHECK(found[4].state == LookupState::kGone);
  CHECK_THAT(fix.http.sent()[5].body,
             ContainsSubstring(R"("filter_by":"(n:1) && id:[`out`,`late`,`odd`]")"));
  CHECK_THAT(fix.http.sent()[5].body,
             ContainsSubstring(R"("filter_by":"id:[`out`,`late`,`odd`]")"));
}

TEST_CASE("id lookup: a document that was asked for and another that came are not mixed up") {
  LookupFixture fix;
  fix.ReplyPages({Hits({"a", "stranger"})});
  CHECK(fix.Find({"a"}).size() == 1);
  fix.ReplyPages({Hits({})});
  for (int i = 0; i < 6; ++i) fix.http.Reply(200, R"({"id":"other"})");
  const std::vector<std::string> ids = {"b"};
  const auto found = fix.lookup.Find(ids, fix.stop);
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().kind == ErrorKind::kOutage);
  CHECK_THAT(found.error().message, ContainsSubstring("not the one that was asked for"));
}

TEST_CASE("id lookup: a search that was cut off is asked again") {
  LookupFixture fix;
  fix.http.Reply(200, R"({"results":[{"found":1,"hits":[],"search_cutoff":true}]})");
  fix.ReplyPages({Hits({"a"})});
  CHECK(fix.States({"a"}) == std::vector<LookupState>{LookupState::kFound});
  CHECK(fix.http.lines().size() == 2);
}

TEST_CASE("id lookup: long ids are asked in bodies under 1 MB") {
  LookupFixture fix;
  std::vector<std::string> ids;
  for (int i = 0; i < 250; ++i) ids.push_back(std::to_string(i) + std::string(10'000, '"'));
  std::size_t searches = 0;
  fix.http.Otherwise([&](const HttpRequest& request) {
    if (request.method == "GET") {
      return HttpResponse{404, {}, R"({"message": "Could not find a document with id: x"})"};
    }
    ++searches;
    CHECK(request.body.size() < 1'000'000);
    return HttpResponse{200, {}, R"({"results":[{"found":0,"hits":[]}]})"};
  });
  CHECK(fix.States(ids) == std::vector<LookupState>(250, LookupState::kGone));
  CHECK(searches == 6);
}

TEST_CASE("id lookup: a 413 halves the questions, from then on; one alone goes by GET") {
  LookupFixture fix;
  const std::vector<std::string> ids = {"a", "b", "c", "dddddddddd"};
  std::vector<std::size_t> asked;
  fix.http.Otherwise([&asked](const HttpRequest& request) {
    if (request.method == "GET") return HttpResponse{200, {}, R"({"id":"dddddddddd","t":"x"})"};
    std::vector<std::string> shown;
    for (const char* id : {"a", "b", "c", "dddddddddd"}) {
      if (request.body.find('`' + std::string(id) + '`') != std::string::npos)
        shown.emplace_back(id);
    }
    asked.push_back(shown.size());
    if (shown.size() > 2 || (!shown.empty() && shown.back().size() > 1)) {
      return HttpResponse{413, {}, "<html>Request Entity Too Large</html>"};
    }
    return HttpResponse{200, {}, R"({"results":[)" + Hits(shown) + "]}"};
  });
  CHECK(fix.States(ids) == std::vector<LookupState>(4, LookupState::kFound));
  CHECK(asked == std::vector<std::size_t>{4, 2, 2, 1, 1});
  asked.clear();
  CHECK(fix.States({"a", "b"}) == std::vector<LookupState>(2, LookupState::kFound));
  CHECK(asked == std::vector<std::size_t>{1, 1});
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("id lookup: an outage ends it with the reads' errors") {
  LookupFixture fix;
  fix.http.Otherwise([](const HttpRequest&) {
    return Error{.kind = ErrorKind::kUnreachable, .message = "no connection to ts:8108"};
  });
  const std::vector<std::string> ids = {"a"};
  CHECK(fix.lookup.Find(ids, fix.stop).error().kind == ErrorKind::kOutage);
}

TEST_CASE("id lookup: whole documents, by search and by GET") {
  testing::ClientFixture fix;
  IdLookup lookup(ReadClient(fix.client),
                  {.collection = "c", .fields = {}, .filter_by = "", .whole = true});
  fix.http.Reply(200, R"({"results":[)" + Hits({"a"}) + "]}");
  fix.http.Reply(200, R"({"id":"b`c","t":"x","more":1.0})");
  const std::vector<std::string> ids = {"a", "b`c"};
  const auto found = lookup.Find(ids, fix.stop);
  REQUIRE(found.ok());
  CHECK((*found)[0].document.json == R"({"id":"a","t":"x"})");
  CHECK((*found)[1].document.json == R"({"id":"b`c","t":"x","more":1.0})");
  CHECK(fix.http.sent()[0].body.find("include_fields") == std::string::npos);
  CHECK(fix.http.lines()[1] == "GET http://ts:8108/collections/c/documents/b%60c");
}

}  // namespace
}  // namespace reembed
