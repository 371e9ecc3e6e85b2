#include "src/io/journal/vector_table.h"

#include "journal_fixture.h"
#include "src/io/journal/schema.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr auto kEnough = static_cast<std::uint64_t>(VectorTable::kRowsToSort);

// Hashes of the texts in no order.
TextHash TextNumber(std::uint64_t number) {
  return {number * 0x9e3779b97f4a7c15, number};
}

SharedEmbedding VectorNumber(std::uint64_t number) {
  return std::make_shared<const Embedding>(Embedding{static_cast<float>(number), 1});
}

/// The vectors of recipe 1 in a file in memory.
struct Table {
  Table() { Must(Prepare(*database, SchemaSteps())); }

  KeptVector Save(std::uint64_t number) { return Save(number, VectorNumber(number)); }
  KeptVector Save(std::uint64_t number, SharedEmbedding vector) {
    return vectors().Save({.hash = TextNumber(number), .vector = std::move(vector)});
  }
  VectorTable vectors() { return {*database, 1}; }
  std::int64_t Count(const std::string& table) {
    return database->Number("SELECT count(*) FROM " + table);
  }
  bool WasKept(const SharedEmbedding& vector) {
    return WereKept(*database, std::vector{HashVector(*vector)}).front();
  }

  const std::unique_ptr<Database> database = Must(Database::Open({}, {}, OpenMode::kMemory));
};

}  // namespace

TEST_CASE("vector table: rows are sorted in at times, and are found before and after") {
  Table table;
  for (std::uint64_t i = 1; i < kEnough; ++i) table.Save(i);
  CHECK(table.Count("vectors") == 0);
  CHECK(table.WasKept(VectorNumber(7)));
  table.Save(kEnough);
  CHECK(table.Count("recent_vectors") == 0);
  CHECK(table.Count("vectors") == VectorTable::kRowsToSort);
  table.Save(kEnough + 1);
  CHECK(table.Count("recent_vectors") == 1);
  std::uint64_t right = 0;
  for (std::uint64_t i = 1; i <= kEnough + 1; ++i) {
    const auto found = table.vectors().Find(TextNumber(i));
    if (found && *found->vector == *VectorNumber(i) && table.WasKept(found->vector)) ++right;
  }
  CHECK(right == kEnough + 1);
  CHECK_FALSE(table.vectors().Has(TextNumber(kEnough + 2)));
  CHECK_FALSE(table.WasKept(VectorNumber(kEnough + 2)));
  Must(table.database->TakeStatus());
}

TEST_CASE("vector table: a text keeps its first vector, recent or sorted in") {
  Table table;
  table.Save(1);
  if (GENERATE(false, true)) SortVectors(*table.database);
  CHECK(*table.Save(1, VectorNumber(9)).vector == *VectorNumber(1));
  CHECK(*table.vectors().Find(TextNumber(1))->vector == *VectorNumber(1));
  CHECK(table.Count("blobs") == 1);
  CHECK_FALSE(table.WasKept(VectorNumber(9)));
}

TEST_CASE("vector table: one that was lost is paid again, and both are ours") {
  Table table;
  table.Save(1);
  if (GENERATE(false, true)) SortVectors(*table.database);
  table.vectors().Detach(TextNumber(1));
  CHECK_FALSE(table.vectors().Has(TextNumber(1)));
  CHECK_FALSE(table.vectors().Find(TextNumber(1)));
  CHECK(table.vectors().Known(TextNumber(1))->hash == HashVector(*VectorNumber(1)));
  CHECK(*table.Save(1, VectorNumber(9)).vector == *VectorNumber(9));
  CHECK(*table.vectors().Find(TextNumber(1))->vector == *VectorNumber(9));
  SortVectors(*table.database);
  CHECK(*table.vectors().Find(TextNumber(1))->vector == *VectorNumber(9));
  CHECK(table.WasKept(VectorNumber(1)));
  CHECK(table.WasKept(VectorNumber(9)));
  Must(table.database->TakeStatus());
}

TEST_CASE("vector table: recipes do not see each other's vectors") {
  Table table;
  table.Save(1);
  VectorTable other(*table.database, 2);
  CHECK_FALSE(other.Known(TextNumber(1)));
  CHECK(*other.Save({.hash = TextNumber(1), .vector = VectorNumber(9)}).vector == *VectorNumber(9));
  SortVectors(*table.database);
  CHECK(*table.vectors().Find(TextNumber(1))->vector == *VectorNumber(1));
  CHECK(*other.Find(TextNumber(1))->vector == *VectorNumber(9));
}
