#include "src/io/typesense/search_fetcher.h"

#include <set>

#include "src/io/typesense/search_scan.h"
#include "tests/support/catch2.h"
#include "tests/support/recording_visitor.h"
#include "tests/typesense/client_fixture.h"
#include "tests/typesense/fake_collection.h"

namespace reembed {
namespace {

using testing::FakeCollection;
using Offsets = std::vector<std::uint64_t>;

struct FetcherFixture : testing::ClientFixture {
  explicit FetcherFixture(int count, TypesenseConfig config = testing::Nodes({"http://ts:8108"}))
      : ClientFixture(std::move(config)), collection(count) {
    http.Otherwise([this](const HttpRequest& request) { return collection.Answer(request); });
  }

  FetchSpec Spec() {
    return {.collection = "c", .fields = {}, .filter_by = {}, .is_known = [this](auto id) {
              return known.contains(std::string(id));
            }};
  }

  /// Reads to the end, as a caller does: what was delivered is known from then on.
  Status ReadAll() {
    SearchFetcher fetcher(ReadClient(client), Spec());
    for (;;) {
      const auto page = fetcher.NextPage(stop);
      if (!page.ok()) return page.error();
      if (!page->has_value()) return {};
      sizes.push_back((*page)->size());
      for (const Document& document : **page) {
        order.push_back(document.id);
        duplicates += known.insert(document.id).second ? 0 : 1;
      }
    }
  }

  FakeCollection collection;
  std::set<std::string> known;
  std::vector<std::string> order;
  std::vector<std::size_t> sizes;
  int duplicates = 0;
};

TEST_CASE("fetcher: pages overlap by one document") {
  FetcherFixture fix(600);
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.sizes == std::vector<std::size_t>{250, 249, 101});
  CHECK(fix.order == fix.collection.ids);
  CHECK(fix.collection.offsets == Offsets{0, 249, 498});
}

TEST_CASE("fetcher: the requests of a small collection") {
  FetcherFixture fix(3);
  SearchFetcher fetcher(
      ReadClient(fix.client),
      {.collection = "my docs", .fields = {"title"}, .filter_by = "n:>1", .is_known = nullptr});
  CHECK((*fetcher.NextPage(fix.stop))->size() == 3);
  CHECK_FALSE((*fetcher.NextPage(fix.stop)).has_value());
  CHECK_FALSE((*fetcher.NextPage(fix.stop)).has_value());
  const std::string base = "GET http://ts:8108/collections/my%20docs/documents/search?q=%2A";
  const std::string off = "&enable_overrides=false&enable_analytics=false";
  const std::string count = base + "&per_page=0&offset=0&limit_hits=1000000&include_fields=id" +
                            off + "&filter_by=n%3A%3E1";
  CHECK(fix.http.lines() ==
        std::vector<std::string>{
            count,
            base + "&per_page=250&offset=0&limit_hits=1000000&include_fields=id%2Ctitle" + off +
                "&sort_by=_seq_id%3Aasc&filter_by=n%3A%3E1",
            count});
}

TEST_CASE("fetcher: an empty collection has no page") {
  FetcherFixture fix(0);
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.sizes.empty());
}

TEST_CASE("fetcher: full pages at the very end") {
  FetcherFixture fix(250);
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.collection.offsets == Offsets{0});
  FetcherFixture one_more(251);
  REQUIRE(one_more.ReadAll().ok());
  CHECK(one_more.sizes == std::vector<std::size_t>{250, 1});
}

TEST_CASE("fetcher: limit_hits lies above the count") {
  FetcherFixture fix(0);
  fix.http.Reply(200, R"({"found":5000000,"hits":[]})");
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.collection.limits[0] == 5'010'000);
}

TEST_CASE("fetcher: deletions in front make it step back") {
  FetcherFixture fix(600);
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 2) fix.collection.DeleteFirst(100);
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 600);
  CHECK(fix.collection.offsets == Offsets{0, 249, 0, 249, 498});
}

TEST_CASE("fetcher: the anchor alone is deleted") {
  FetcherFixture fix(400);
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 2) fix.collection.Delete("d249");
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 400);
  CHECK(fix.collection.offsets == Offsets{0, 249, 0, 249});
}

TEST_CASE("fetcher: a page past the new end is no end") {
  FetcherFixture fix(600);
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 3) fix.collection.DeleteFirst(490);
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 600);
}

TEST_CASE("fetcher: when all recent ids are gone it begins again and skips what is known") {
  FetcherFixture fix(3'000);
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 10) fix.collection.DeleteFirst(2'242);
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 3'000);
  CHECK(fix.duplicates == 0);
}

TEST_CASE("fetcher: what an earlier pass delivered is not delivered again") {
  FetcherFixture fix(300);
  for (int i = 0; i < 299; ++i) fix.known.insert("d" + std::to_string(i));
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order == std::vector<std::string>{"d299"});
}

TEST_CASE("fetcher: a known document of an earlier pass does not hide a gap") {
  FetcherFixture fix(900);
  for (int i = 300; i < 900; ++i) fix.known.insert("d" + std::to_string(i));
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 2) fix.collection.DeleteFirst(100);
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 300);
}

TEST_CASE("fetcher: a server that refuses _seq_id is read in its own order") {
  FetcherFixture fix(300);
  fix.collection.sorts_by_seq_id = false;
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.front() == "d299");
  CHECK(fix.order.size() == 300);
  CHECK(fix.log.lines().size() == 1);
  CHECK(fix.http.sent().size() == 5);  // count, refusal, two pages, count
}

TEST_CASE("fetcher: a collection that is not there is not found") {
  FetcherFixture fix(3);
  fix.http.Otherwise([](const HttpRequest&) {
    return HttpResponse{404, {}, R"({"message":"Collection not found"})"};
  });
  CHECK(fix.ReadAll().error().kind == ErrorKind::kNotFound);
  CHECK(fix.http.sent().size() == 1);
}

TEST_CASE("fetcher: documents that no page shows are looked for once more, then an outage") {
  FetcherFixture fix(300);
  fix.collection.unreadable = {"d7", "d8"};
  const Status status = fix.ReadAll();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().kind == ErrorKind::kOutage);
  CHECK(status.error().message ==
        "reading 'c': 2 of 300 documents are counted but on no page, twice in a row. A rerun reads "
        "it again.");
  CHECK(fix.order.size() == 298);
  CHECK(fix.collection.offsets == Offsets{0, 249, 0, 249});
}

TEST_CASE("fetcher: documents that show up in the second pass are enough") {
  FetcherFixture fix(300);
  fix.collection.unreadable = {"d7", "d8"};
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 3) fix.collection.unreadable.clear();
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 300);
}

TEST_CASE("fetcher: unreadable documents at the overlap do not stop it") {
  FetcherFixture fix(600);
  fix.collection.before_page = [&] {
    fix.collection.unreadable.clear();
    if (fix.collection.offsets.size() == 2) fix.collection.unreadable = {"d249", "d248"};
  };
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order.size() == 600);
}

TEST_CASE("fetcher: a failing node makes the pass begin again on the next one") {
  FetcherFixture fix(600, testing::Nodes({"http://a:1", "http://b:2"}));
  int asked = 0;
  fix.http.Otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
    const bool lost = request.url.starts_with("http://a:1") && ++asked > 2;
    if (lost) return Error{.kind = ErrorKind::kUnreachable, .message = "a:1: refused"};
    return fix.collection.Answer(request);
  });
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order == fix.collection.ids);
  CHECK(fix.collection.offsets == Offsets{0, 249, 0, 249, 498});
  CHECK(fix.clock.waits() == testing::InSeconds({1}));
}

TEST_CASE("fetcher: single faults of a node do not make the pass begin again") {
  FetcherFixture fix(600, testing::Nodes({"http://a:1", "http://b:2"}));
  int asked = 0;
  fix.http.Otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
    const bool reset = ++asked % 2 == 0;
    if (reset) return Error{.kind = ErrorKind::kTransient, .message = "a:1: connection reset"};
    return fix.collection.Answer(request);
  });
  REQUIRE(fix.ReadAll().ok());
  CHECK(fix.order == fix.collection.ids);
  CHECK(fix.collection.offsets == Offsets{0, 249, 498});
}

TEST_CASE("fetcher: a drain ends the pass") {
  FetcherFixture fix(600);
  SearchFetcher fetcher(ReadClient(fix.client), fix.Spec());
  REQUIRE(fetcher.NextPage(fix.stop).ok());
  fix.drain.request_stop();
  CHECK(fetcher.NextPage(fix.stop).error().kind == ErrorKind::kInterrupted);
}

TEST_CASE("fetcher: a page that shows nothing new for ever is an outage") {
  FetcherFixture fix(600);
  fix.collection.before_page = [&] { fix.collection.unreadable.clear(); };
  fix.http.Otherwise([&](const HttpRequest& request) {
    HttpResponse answer = fix.collection.Answer(request);
    const bool beyond = fix.collection.offsets.size() > 1 && fix.collection.offsets.back() > 0;
    return beyond ? HttpResponse{200, {}, R"({"found":600,"hits":[]})"} : answer;
  });
  CHECK(fix.ReadAll().error().kind == ErrorKind::kOutage);
}

TEST_CASE("scan: visits every document once and keeps nothing") {
  FetcherFixture fix(600);
  fix.collection.before_page = [&] {
    if (fix.collection.offsets.size() == 2) fix.collection.DeleteFirst(10);
  };
  testing::RecordingVisitor visitor;
  SearchScan scan(ReadClient(fix.client),
                  {.collection = "c", .fields = {}, .filter_by = {}, .is_known = nullptr});
  REQUIRE(scan.Run(visitor, fix.stop).ok());
  CHECK(visitor.ids.size() == 600);
  CHECK(visitor.ids.front() == "d0");
  visitor.ids.clear();
  REQUIRE(scan.Run(visitor, fix.stop).ok());
  CHECK(visitor.ids.size() == 590);
}

TEST_CASE("scan: ends where the visitor wants no more, and with its errors") {
  FetcherFixture fix(600);
  testing::RecordingVisitor visitor;
  SearchScan scan(ReadClient(fix.client),
                  {.collection = "c", .fields = {}, .filter_by = {}, .is_known = nullptr});
  visitor.on_visit = [](const Document& document) {
    return document.id == "d7" ? ScanVisitor::Next::kEnough : ScanVisitor::Next::kGoOn;
  };
  REQUIRE(scan.Run(visitor, fix.stop).ok());
  CHECK(visitor.visits == 8);
  visitor.on_visit = [](const Document&) -> Result<ScanVisitor::Next> {
    return Error{.kind = ErrorKind::kLocal, .message = "disk full"};
  };
  CHECK(scan.Run(visitor, fix.stop).error().kind == ErrorKind::kLocal);
  CHECK(visitor.visits == 9);
}

}  // namespace
}  // namespace reembed
