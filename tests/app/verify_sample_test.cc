#include <array>
#include <cstdlib>
#include <random>

#include "reembed/core/exit_code.h"
#include "src/app/index_check.h"
#include "src/app/recompute.h"
#include "verify_fixture.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

using Ids = std::vector<std::string>;

/// Documents `long0` … `long11` that every search finds before `short`.
FakeCollection ShadowedCollection() {
  FakeCollection collection = MakeCollection("books", 0);
  for (int i = 0; i < 12; ++i) {
    const std::string id = "long" + std::to_string(i);
    collection.documents.push_back({id, "{\"id\":\"" + id + "\"}"});
    collection.vectors[id] = {10.0F + static_cast<float>(i), 0};
  }
  collection.documents.push_back({"short", R"({"id":"short"})"});
  collection.vectors["short"] = {1, 0};
  return collection;
}

IndexSample Checked(FakeStore& store, const SampledVector& document) {
  IndexSample sample;
  REQUIRE(CheckIndex(store, "books", "vec", {document}, sample, {}).ok());
  CHECK(sample.checked == 1);
  return sample;
}

}  // namespace

TEST_CASE("sample: every item has the same chance") {
  std::mt19937_64 engine;  // always the same sequence
  const Jitter random = [&engine] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
  std::array<int, 20> taken{};
  for (int round = 0; round < 4000; ++round) {
    Reservoir<std::size_t> sample(5, random);
    for (std::size_t i = 0; i < taken.size(); ++i) sample.Offer([i] { return i; });
    REQUIRE(sample.items().size() == 5);
    for (const std::size_t item : sample.items()) ++taken.at(item);
  }
  // 1000 on average.
  for (const int count : taken) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("sample: a short stream is taken whole, and nothing when nothing is asked for") {
  const Jitter random = [] { return 0.5; };
  Reservoir<int> all(5, random);
  Reservoir<int> none(0, random);
  for (int i = 0; i < 3; ++i) {
    all.Offer([i] { return i; });
    none.Offer([i] { return i; });
  }
  CHECK(all.items() == std::vector{0, 1, 2});
  CHECK(none.items().empty());
  CHECK(none.seen() == 3);
  all.Clear();
  CHECK(all.seen() == 0);
}

TEST_CASE("index sample: a document among the first ten is found") {
  FakeStore store;
  store.collections["books"] = ShadowedCollection();
  CHECK(Checked(store, {"long11", {21, 0}}).found == 1);
}

TEST_CASE("index sample: a document that only an exact search finds is a matter of recall") {
  FakeStore store;
  store.collections["books"] = ShadowedCollection();
  const IndexSample sample = Checked(store, {"short", {1, 0}});
  CHECK(sample.recall == 1);
  CHECK(sample.recall_ids == Ids{"short"});
  CHECK(sample.not_indexed == 0);
}

TEST_CASE("index sample: a document that no search finds is not indexed") {
  FakeStore store;
  store.collections["books"] = ShadowedCollection();
  store.collections["books"].not_indexed = {"short"};
  const IndexSample sample = Checked(store, {"short", {1, 0}});
  CHECK(sample.not_indexed == 1);
  CHECK(sample.not_indexed_ids == Ids{"short"});
}

TEST_CASE("index sample: another document with the same vector does as well") {
  FakeStore store;
  FakeCollection& books = store.collections["books"] = ShadowedCollection();
  for (int i = 0; i < 12; ++i) books.vectors["long" + std::to_string(i)] = {1, 0};
  // By id the twelve others come first.
  CHECK(Checked(store, {"short", {1, 0}}).found == 1);
}

TEST_CASE("index sample: a document that was written or deleted meanwhile is not judged") {
  FakeStore store;
  FakeCollection& books = store.collections["books"] = ShadowedCollection();
  books.not_indexed = {"short"};
  SECTION("written") {
    books.vectors["short"] = {2, 2};
  }
  SECTION("deleted") {
    books.RemoveDocument("short");
  }
  const IndexSample sample = Checked(store, {"short", {1, 0}});
  CHECK(sample.changed == 1);
  CHECK(sample.not_indexed == 0);
}

TEST_CASE("verify: a sampled document that is not indexed is a difference, recall is not") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 5);
  fixture.Migrate("books");
  fixture.options.sample = 20;
  CHECK(fixture.Run().collections.at(0).index->found == 5);
  CHECK(fixture.Run().exit_code == kExitDone);
  books.not_indexed = {"3"};
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitPartial);
  CHECK(report.collections.at(0).index->not_indexed_ids == Ids{"3"});
  CHECK(report.collections.at(0).counts.match == 5);
}

TEST_CASE("verify: an id that no filter can name is left out of the sample") {
  VerifyFixture fixture;
  fixture.Add("books", 1).SetTitle("a`b", "quoted");
  fixture.Migrate("books");
  fixture.options.sample = 20;
  CHECK(fixture.Run().collections.at(0).index->checked == 1);
}

TEST_CASE("verify: a field without index is not searched") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  fixture.Migrate("books");
  books.schema.fields.back().index = false;
  fixture.options.sample = 20;
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK_FALSE(report.collections.at(0).index);
  CHECK_THAT(report.collections.at(0).notes.at(0), ContainsSubstring("no search was tried"));
}

TEST_CASE("cosine: of the angle, whatever the lengths") {
  const auto cosine = [](const Embedding& a, const Embedding& b) { return Cosine(a, b); };
  CHECK(cosine({1, 0}, {5, 0}) == Approx(1).margin(1e-12));
  CHECK(cosine({1, 0}, {0, 2}) == Approx(0).margin(1e-12));
  CHECK(cosine({1, 1}, {-2, -2}) == Approx(-1).margin(1e-12));
  CHECK(cosine({1, 0}, {3, 4}) == Approx(0.6).margin(1e-12));
  CHECK(cosine({1, 0}, {1, 0, 0}) == 0);
  CHECK(cosine({0, 0}, {1, 0}) == 0);
}

TEST_CASE("verify: embeds a sample again and says how much can differ at most") {
  VerifyFixture fixture;
  fixture.Add("books", 100);
  fixture.Migrate("books");
  fixture.options.recompute = 10;
  fixture.config.collections[0].task_type = "";
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  const RecomputeSample& sample = *report.collections.at(0).recomputed;
  CHECK(sample.population == 100);
  CHECK(sample.compared == 10);
  CHECK(sample.texts == 10);
  CHECK(*sample.min_cosine == Approx(1).margin(1e-9));
  CHECK(*sample.mean_cosine == Approx(1).margin(1e-9));
  // 1 - 0.05^(1/10)
  CHECK(sample.at_most == Approx(0.258866).margin(1e-6));
  REQUIRE(fixture.log.warnings.size() == 1);
  CHECK_THAT(fixture.log.warnings[0], ContainsSubstring("books: embedding 10 texts again"));
}

TEST_CASE("verify: a vector of another direction differs") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 4);
  fixture.with_journal = false;
  for (const Document& document : books.documents) {
    books.vectors[document.id] = VectorOf("text " + document.id);
  }
  books.vectors["2"] = {1, -1};
  fixture.options.recompute = 10;
  const VerifyReport report = fixture.Run();
  const RecomputeSample& sample = *report.collections.at(0).recomputed;
  CHECK(sample.compared == 4);
  CHECK(sample.differing == 1);
  REQUIRE(sample.differences.size() == 1);
  CHECK(sample.differences[0].id == "2");
  CHECK(sample.differences[0].cosine < 0);
  CHECK(sample.at_most == 0.25);  // all were compared
}

TEST_CASE("verify: the same text is paid once, in batches of 50 at most") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 130);
  fixture.provider.preferred_texts = 1000;
  for (const char* id : {"0", "1", "2"}) books.SetTitle(id, "the same");
  fixture.config.collections[0].prefix = "query: ";
  fixture.Migrate("books");
  fixture.options.recompute = 130;
  const VerifyReport report = fixture.Run();
  CHECK(report.collections.at(0).recomputed->compared == 130);
  CHECK(report.collections.at(0).recomputed->texts == 128);
  CHECK(fixture.embedder.batches() == std::vector<std::size_t>{50, 50, 28});
  CHECK(fixture.embedder.texts().at(0) == "query: the same");
}

TEST_CASE("verify: a text that gets no vector is not compared") {
  VerifyFixture fixture;
  fixture.Add("books", 3);
  fixture.Migrate("books");
  fixture.options.recompute = 3;
  fixture.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 1") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "refused"};
  };
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections.at(0).recomputed->compared == 2);
  CHECK(report.collections.at(0).recomputed->not_compared == 1);
}

TEST_CASE("verify: a provider that gives up is asked once, and the store is still read") {
  VerifyFixture fixture;
  for (const char* name : {"books", "films"}) {
    fixture.Add(name, 3);
    fixture.Migrate(name);
  }
  fixture.options.recompute = 3;
  fixture.embedder.call_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kOutage, .message = "the provider is out"};
  };
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitTemporary);
  CHECK(report.collections.at(0).error == "the provider is out");
  CHECK(report.collections.at(0).counts.match == 3);
  CHECK(report.collections.at(0).recomputed->at_most == 1);
  CHECK(report.collections.at(1).counts.match == 3);
  CHECK_THAT(report.collections.at(1).notes.at(0), ContainsSubstring("no document was embedded"));
  CHECK(fixture.embedder.batches().size() == 1);
}

TEST_CASE("verify: without an embedder nothing is embedded") {
  VerifyFixture fixture;
  fixture.Add("books", 3);
  fixture.Migrate("books");
  fixture.with_embedder = false;
  fixture.options.recompute = 3;
  CHECK_FALSE(fixture.Run().collections.at(0).recomputed);
  CHECK(fixture.log.warnings.empty());
}
