#include <random>
#include <set>

#include "src/io/typesense/search_fetcher.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"
#include "tests/typesense/fake_collection.h"

namespace reembed {
namespace {

using testing::FakeCollection;

// A collection that others insert into and delete from, between any two pages.
struct ChangingCollection {
  ChangingCollection(unsigned seed, bool by_seq_id, int pages)
      : random(seed), collection(Size()), changes(pages) {
    collection.sorts_by_seq_id = by_seq_id;
    permanent.insert(collection.ids.begin(), collection.ids.end());
    collection.before_page = [this] { Change(); };
  }

  int Size() { return static_cast<int>(random() % 1'500); }
  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

  void Change() {
    if (changes-- <= 0) return;
    for (std::size_t i = Below(40); i > 0; --i) collection.Append("new" + std::to_string(++added));
    const bool bulk = Below(4) == 0;
    for (std::size_t i = Below(bulk ? 400 : 30); i > 0; --i) DeleteOne();
  }

  void DeleteOne() {
    if (collection.ids.empty()) return;
    const std::string id = collection.ids[Below(collection.ids.size())];
    permanent.erase(id);
    collection.Delete(id);
  }

  std::mt19937 random;
  FakeCollection collection;
  std::set<std::string> permanent;  // existed the whole time
  int changes;                      // how many more times
  int added = 0;
};

struct Reading {
  Status status;
  std::set<std::string> delivered;
  int duplicates = 0;
};

Reading ReadAll(ChangingCollection& changing) {
  testing::ClientFixture fix;
  fix.http.Otherwise([&](const HttpRequest& r) { return changing.collection.Answer(r); });
  Reading reading;
  SearchFetcher fetcher(
      ReadClient(fix.client),
      {.collection = "c", .fields = {}, .filter_by = {}, .is_known = [&](auto id) {
         return reading.delivered.contains(std::string(id));
       }});
  auto page = fetcher.NextPage(fix.stop);
  while (page.ok() && page->has_value()) {
    for (const Document& document : **page) {
      reading.duplicates += reading.delivered.insert(document.id).second ? 0 : 1;
    }
    page = fetcher.NextPage(fix.stop);
  }
  if (!page.ok()) reading.status = page.error();
  return reading;
}

void CheckMissesNothing(unsigned seed, bool by_seq_id, int pages) {
  CAPTURE(seed, by_seq_id);
  ChangingCollection changing(seed, by_seq_id, pages);
  const Reading reading = ReadAll(changing);
  CHECK(reading.status.ok());
  CHECK(reading.duplicates == 0);
  std::vector<std::string> missed;
  std::set_difference(changing.permanent.begin(), changing.permanent.end(),
                      reading.delivered.begin(), reading.delivered.end(),
                      std::back_inserter(missed));
  CHECK(missed == std::vector<std::string>{});
}

TEST_CASE("paging: what existed throughout is delivered once, whatever changes beside it") {
  for (unsigned seed = 1; seed <= 40; ++seed) CheckMissesNothing(seed, true, 30);
}

// Newest first, what is inserted meanwhile is missed by right, and a count cannot tell it from what
// was lost: the second pass has to be calm.
TEST_CASE("paging: the same in the server's default order") {
  for (unsigned seed = 1; seed <= 40; ++seed) CheckMissesNothing(seed, false, 3);
}

}  // namespace
}  // namespace reembed
