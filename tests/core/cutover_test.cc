#include "reembed/core/cutover.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

const std::vector<std::string> kNodes = {"http://a:8108", "http://b:8108"};
const CollectionId kOld{"docs", 7};
const CollectionId kClone{"docs_r20261121023415", 9};

Cutover Switch(std::int64_t number, CutoverStep step) {
  Cutover cutover;
  cutover.number = number;
  cutover.kind = CutoverKind::kAlias;
  cutover.step = step;
  cutover.nodes = kNodes;
  cutover.field = "vec";
  cutover.from = kOld;
  cutover.to = kClone;
  return cutover;
}

std::optional<std::int64_t> Open(const std::vector<Cutover>& all,
                                 const CollectionId& collection = kOld,
                                 std::string_view field = "vec",
                                 const std::vector<std::string>& nodes = kNodes) {
  const auto found = FindOpenCutover(all, collection, field, nodes);
  return found ? std::optional(found->number) : std::nullopt;
}

}  // namespace

TEST_CASE("cutover: open until it is done or undone") {
  for (const CutoverStep step :
       {CutoverStep::kCloning, CutoverStep::kFilling, CutoverStep::kDropping, CutoverStep::kWriting,
        CutoverStep::kAdding, CutoverStep::kSwitching, CutoverStep::kCarrying}) {
    CHECK(Open({Switch(1, step)}) == 1);
  }
  CHECK(Open({Switch(1, CutoverStep::kDone)}) == std::nullopt);
  CHECK(Open({Switch(1, CutoverStep::kUndone)}) == std::nullopt);
  CHECK(Open({}) == std::nullopt);
}

TEST_CASE("cutover: only the latest counts, whatever its place in the list") {
  CHECK(Open({Switch(1, CutoverStep::kWriting), Switch(2, CutoverStep::kDone)}) == std::nullopt);
  CHECK(Open({Switch(2, CutoverStep::kDone), Switch(1, CutoverStep::kWriting)}) == std::nullopt);
  CHECK(Open({Switch(1, CutoverStep::kDone), Switch(2, CutoverStep::kWriting)}) == 2);
  Cutover other_field = Switch(3, CutoverStep::kDone);
  other_field.field = "other";
  CHECK(Open({Switch(2, CutoverStep::kWriting), other_field}) == 2);
}

TEST_CASE("cutover: from or to this very collection") {
  const std::vector<Cutover> all = {Switch(1, CutoverStep::kFilling)};
  CHECK(Open(all, kClone) == 1);
  CHECK(Open(all, {"docs", 8}) == std::nullopt);
  CHECK(Open(all, {"docs_r20261121023415", 0}) == std::nullopt);
  CHECK(Open(all, {"other", 7}) == std::nullopt);
}

TEST_CASE("cutover: the field and the cluster are the same") {
  const std::vector<Cutover> all = {Switch(1, CutoverStep::kFilling)};
  CHECK(Open(all, kOld, "other") == std::nullopt);
  CHECK(Open(all, kOld, "vec", {"http://B:8108/"}) == 1);
  CHECK(Open(all, kOld, "vec", {"http://c:8108"}) == std::nullopt);
}

TEST_CASE("cutover: another length in a definition leaves the rest") {
  const std::string definition =
      R"({"facet":false,"hnsw_params":{"M":16,"ef_construction":200},"index":true,"name":"vec",)"
      R"("num_dim":3,"optional":false,"type":"float[]","vec_dist":"ip"})";
  CHECK(*WithDimensions(definition, 768, false) ==
        R"({"facet":false,"hnsw_params":{"M":16,"ef_construction":200},"index":true,"name":"vec",)"
        R"("num_dim":768,"optional":false,"type":"float[]","vec_dist":"ip"})");
  CHECK(*WithDimensions(R"({"name":"v","num_dim":3,"optional":false})", 4, true) ==
        R"({"name":"v","num_dim":4,"optional":true})");
  CHECK(*WithDimensions(R"({"name":"v","optional":true})", 4, false) ==
        R"({"name":"v","num_dim":4,"optional":true})");
}

TEST_CASE("cutover: a damaged definition is refused") {
  for (const std::string_view damaged : {"", "{", "[]", "5"}) {
    const auto changed = WithDimensions(damaged, 4, false);
    REQUIRE_FALSE(changed.ok());
    CHECK(changed.error().kind == ErrorKind::kRefused);
  }
}

TEST_CASE("cutover: a clone is named after its collection and the time") {
  const WallTime now = WallTime(std::chrono::seconds(1'795'228'455));  // 2026-11-21T02:34:15Z
  CHECK(CloneName("docs", now) == "docs_r20261121023415");
  CHECK(CloneName("docs_r20250101000000", now) == "docs_r20261121023415");
  CHECK(CloneName("docs_r2025010100000", now) == "docs_r2025010100000_r20261121023415");
  CHECK(CloneName("docs_r2025010100000x", now) == "docs_r2025010100000x_r20261121023415");
  CHECK(CloneName("_r20250101000000", now) == "_r20250101000000_r20261121023415");
}

TEST_CASE("cutover: kinds and steps have words") {
  CHECK(ToString(CutoverKind::kRebuild) == "rebuild");
  CHECK(ToString(CutoverKind::kRebuildBack) == "rebuild back");
  CHECK(ToString(CutoverKind::kAlias) == "alias");
  CHECK(ToString(CutoverKind::kAliasBack) == "alias back");
  CHECK(ToString(CutoverStep::kCloning) == "cloning");
  CHECK(ToString(CutoverStep::kWriting) == "writing");
  CHECK(ToString(CutoverStep::kUndone) == "undone");
}
