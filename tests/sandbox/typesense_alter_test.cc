#include "tests/sandbox/typesense_alter.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_import.h"
#include "tests/sandbox/typesense_search.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using Seen = std::vector<std::string>;

constexpr const char* kDrop = R"({"fields":[{"name":"vec","drop":true}]})";
constexpr const char* kAdd = R"({"fields":[{"name":"vec","type":"float[]","num_dim":2}]})";
constexpr const char* kBoth =
    R"({"fields":[{"name":"vec","drop":true},{"name":"vec","type":"float[]","num_dim":2}]})";

// Four documents with vectors.
std::unique_ptr<Collection> FourDocuments() {
  const auto schema =
      nlohmann::json::parse(R"({"name":"c","fields":[{"name":"title","type":"string"},)"
                            R"({"name":"vec","type":"float[]","num_dim":2}]})");
  auto collection = std::make_unique<Collection>(*ParseSchema(schema));
  std::string lines;
  for (const std::string id : {"1", "2", "3", "4"}) {
    lines += R"({"id":")" + id + R"(","title":"t","vec":[1,)" + id + "]}\n";
  }
  Import(*collection, lines, {}, WritePace());
  return collection;
}

// How many hits a vector search has, or why it has none.
std::string Probe(const Collection& collection) {
  auto found = Search(collection, {{"q", "*"}, {"vector_query", "vec:([1,1])"}});
  if (!found) return found.error().text;
  return std::to_string(nlohmann::json::parse(*found)["found"].get<int>());
}

// What a visitor sees while the collection is altered, and how long that takes.
struct Watched {
  Seen seen;  // without repetitions
  std::chrono::microseconds time{0};
  Outcome<std::string> answer = ApiError{};
};

Watched Alter(Collection& collection, const std::string& body) {
  Watched watched;
  const auto wait = [&](std::chrono::microseconds time) {
    watched.time += time;
    const std::string seen = Probe(collection);
    if (watched.seen.empty() || watched.seen.back() != seen) watched.seen.push_back(seen);
  };
  const WritePace pace({.alter = std::chrono::milliseconds(10)}, wait);
  watched.answer = AlterSchema(collection, body, pace);
  return watched;
}

std::string Update(Collection& collection, const std::string& lines, const WritePace& pace) {
  ImportOptions options;
  options.action = WriteAction::kUpdate;
  return Import(collection, lines, options, pace);
}

const std::string kNoIndex = "Field `vec` does not have a vector query index.";

}  // namespace

TEST_CASE("alter: during a drop the old vectors serve until it ends") {
  const auto collection = FourDocuments();
  const Watched drop = Alter(*collection, kDrop);
  CHECK(drop.time == std::chrono::milliseconds(40));
  CHECK(drop.seen == Seen{"4"});
  CHECK(Probe(*collection) == kNoIndex);
}

TEST_CASE("alter: an add is refused, then empty, then partial, then whole") {
  const auto collection = FourDocuments();
  Alter(*collection, kDrop);
  const Watched add = Alter(*collection, kAdd);
  CHECK(add.time == std::chrono::milliseconds(64));
  CHECK(add.seen == Seen{kNoIndex, "0", "1", "2", "3"});
  CHECK(Probe(*collection) == "4");
}

TEST_CASE("alter: drop and add in one checks on the old vectors and builds anew") {
  const auto collection = FourDocuments();
  const Watched both = Alter(*collection, kBoth);
  CHECK(both.time == std::chrono::milliseconds(64));
  CHECK(both.seen == Seen{"4", "0", "1", "2", "3"});
}

TEST_CASE("alter: what does not fit is refused after the time of the documents before it") {
  const auto collection = FourDocuments();
  Alter(*collection, kDrop);
  Update(*collection, R"({"id":"2","vec":[1,2,3]})", WritePace());
  Watched add = Alter(*collection, kAdd);
  REQUIRE_FALSE(add.answer);
  CHECK_THAT(add.answer.error().text, ContainsSubstring("must have 2 dimensions"));
  CHECK(add.time == std::chrono::milliseconds(20));
  CHECK(Probe(*collection) == kNoIndex);
  CHECK_FALSE(collection->alteration().running);
}

TEST_CASE("alter: new metadata takes no time and looks at no document") {
  const auto collection = FourDocuments();
  Watched metadata = Alter(*collection, R"({"metadata":{"a":1}})");
  REQUIRE(metadata.answer);
  CHECK(*metadata.answer == R"({"metadata":{"a":1}})");
  CHECK(metadata.time.count() == 0);
}

TEST_CASE("alter: its progress can be read meanwhile") {
  const auto collection = FourDocuments();
  Alter(*collection, kDrop);
  const AlterProgress& progress = collection->alteration();
  std::vector<std::size_t> validated, altered;
  const auto wait = [&](std::chrono::microseconds) {
    CHECK(progress.running);
    validated.push_back(progress.validated);
    altered.push_back(progress.altered);
  };
  const WritePace pace({.alter = std::chrono::milliseconds(1)}, wait);
  REQUIRE(AlterSchema(*collection, kAdd, pace));
  CHECK(validated == std::vector<std::size_t>{0, 1, 2, 3, 4, 4, 4, 4, 4});
  CHECK(altered == std::vector<std::size_t>{0, 0, 0, 0, 0, 0, 1, 2, 3});
  CHECK_FALSE(progress.running);
}

TEST_CASE("pace: a vector outside of indexes costs twice the check, searches go on") {
  const auto collection = FourDocuments();
  Alter(*collection, kDrop);
  std::chrono::microseconds time{0};
  const auto wait = [&](std::chrono::microseconds part) {
    time += part;
    CHECK(Probe(*collection) == kNoIndex);
  };
  const WritePace pace({.alter = std::chrono::milliseconds(10)}, wait);
  Update(*collection,
         "{\"id\":\"1\",\"vec\":[5,6]}\n{\"id\":\"2\",\"vec\":[7,8]}\n"
         "{\"id\":\"3\",\"title\":\"no numbers\"}\n{\"id\":\"4\",\"vec\":null}",
         pace);
  CHECK(time == std::chrono::milliseconds(40));
}

TEST_CASE("pace: the window from drop to add is 3.6 times the drop") {
  const auto collection = FourDocuments();
  const Watched drop = Alter(*collection, kDrop);
  std::chrono::microseconds update{0};
  const WritePace pace({.alter = std::chrono::milliseconds(10)},
                       [&](std::chrono::microseconds part) { update += part; });
  for (const std::string id : {"1", "2", "3", "4"}) {
    Update(*collection, R"({"id":")" + id + R"(","vec":[2,)" + id + "]}", pace);
  }
  const Watched add = Alter(*collection, kAdd);
  CHECK((update + add.time).count() * 10 == drop.time.count() * 36);
}

TEST_CASE("pace: a new document costs what an insert does, else what a vector does") {
  using std::chrono::microseconds;
  const auto collection = FourDocuments();
  std::vector<microseconds> waits;
  const auto wait = [&](microseconds time) { waits.push_back(time); };
  const WritePace both({.vector = microseconds(7), .insert = microseconds(2)}, wait);
  Import(*collection, R"({"id":"5","title":"t","vec":[1,5]})", {}, both);
  Update(*collection, R"({"id":"5","vec":[1,6]})", both);
  CHECK(waits == std::vector{microseconds(2), microseconds(7)});
  const WritePace one({.vector = microseconds(7)}, wait);
  Import(*collection, R"({"id":"6","title":"t","vec":[1,5]})", {}, one);
  CHECK(waits.back() == microseconds(7));
}

}  // namespace reembed::sandbox
