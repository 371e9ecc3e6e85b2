#include "tests/support/disk_image.h"

#include <set>
#include <vector>

#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using Kind = DiskOperation::Kind;
using Files = std::map<std::string, std::string>;

DiskOperation Create(int file, std::string name) {
  return {.kind = Kind::kCreate, .file = file, .name = std::move(name)};
}
DiskOperation Write(int file, std::int64_t offset, std::string data) {
  return {.kind = Kind::kWrite, .file = file, .offset = offset, .data = std::move(data)};
}
DiskOperation Truncate(int file, std::int64_t size) {
  return {.kind = Kind::kTruncate, .file = file, .offset = size};
}
DiskOperation Sync(int file) {
  return {.kind = Kind::kSync, .file = file};
}
DiskOperation Delete(std::string name) {
  return {.kind = Kind::kDelete, .name = std::move(name)};
}

/// All that can be left.
std::set<Files> Outcomes(const std::vector<DiskOperation>& operations, Unsynced unsynced) {
  std::mt19937_64 random(7);
  std::set<Files> all;
  for (int i = 0; i < 200; ++i) all.insert(AfterPowerLoss(operations, unsynced, random));
  return all;
}

}  // namespace

TEST_CASE("disk image: what was synced is kept, what was not may be lost") {
  const std::vector<DiskOperation> operations = {Create(0, "a"), Write(0, 0, "old"), Sync(0),
                                                 Write(0, 0, "N"), Write(0, 4, "x")};
  CHECK(Outcomes(operations, Unsynced::kLost) == std::set<Files>{{{"a", "old"}}});
  CHECK(Outcomes(operations, Unsynced::kKept) ==
        std::set<Files>{{{"a", std::string("Nld\0x", 5)}}});
  CHECK(Outcomes(operations, Unsynced::kSome) ==
        std::set<Files>{{{"a", "old"}},
                        {{"a", "Nld"}},
                        {{"a", std::string("old\0x", 5)}},
                        {{"a", std::string("Nld\0x", 5)}}});
}

TEST_CASE("disk image: a torn write ends at a sector") {
  const std::vector<DiskOperation> operations = {Create(0, "a"), Sync(0), Write(0, 0, "first"),
                                                 Write(0, 500, std::string(1'036, 'x'))};
  std::set<std::size_t> sizes;
  for (const Files& files : Outcomes(operations, Unsynced::kTorn)) {
    CHECK(files.at("a").substr(0, 5) == "first");
    sizes.insert(files.at("a").size());
  }
  CHECK(sizes == std::set<std::size_t>{5, 512, 1024});
}

TEST_CASE("disk image: sizes can be lost as well") {
  const std::vector<DiskOperation> operations = {Create(0, "a"), Write(0, 0, "12345"), Sync(0),
                                                 Truncate(0, 2)};
  CHECK(Outcomes(operations, Unsynced::kLost) == std::set<Files>{{{"a", "12345"}}});
  CHECK(Outcomes(operations, Unsynced::kKept) == std::set<Files>{{{"a", "12"}}});
}

TEST_CASE("disk image: a deleted file may come back, also in place of its successor") {
  std::vector<DiskOperation> operations = {Create(0, "a"), Write(0, 0, "old"), Sync(0),
                                           Delete("a"),    Create(1, "a"),     Write(1, 0, "new")};
  CHECK(Outcomes(operations, Unsynced::kLost) == std::set<Files>{{{"a", "old"}}});
  CHECK(Outcomes(operations, Unsynced::kKept) == std::set<Files>{{{"a", "new"}}});
  CHECK(Outcomes(operations, Unsynced::kSome) ==
        std::set<Files>{{}, {{"a", "old"}}, {{"a", ""}}, {{"a", "new"}}});
  operations.push_back(Sync(1));
  CHECK(Outcomes(operations, Unsynced::kLost) == std::set<Files>{{{"a", "new"}}});
}

}  // namespace reembed::testing
