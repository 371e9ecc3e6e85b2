#include "src/app/parent_levels.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::size_t Level(std::string_view document, std::string_view field, std::size_t level) {
  const auto found = LevelToClear(document, field, level);
  REQUIRE(found.ok());
  return *found;
}

}  // namespace

TEST_CASE("parent levels: an object that came with the vector goes with it") {
  CHECK(Level(R"({"id":"1","meta":{"vec":[1.5,2]}})", "meta.vec", 0) == 0);
  CHECK(Level(R"({"id":"1","a":{"b":{"c":[1.5]}}})", "a.b.c", 0) == 0);
  CHECK(Level(R"({"id":"1","a":{"b":{"c":[1.5]}}})", "a.b.c", 1) == 1);
}

TEST_CASE("parent levels: keys that were put beside the vector since survive") {
  CHECK(Level(R"({"id":"1","meta":{"vec":[1.5,2],"note":"new"}})", "meta.vec", 0) == 1);
  CHECK(Level(R"({"id":"1","meta":{"note":"new","vec":[1.5,2]}})", "meta.vec", 0) == 1);
  CHECK(Level(R"({"id":"1","a":{"b":{"c":[1.5]},"x":1}})", "a.b.c", 0) == 1);
  CHECK(Level(R"({"id":"1","a":{"b":{"c":[1.5],"x":1}}})", "a.b.c", 0) == 2);
}

TEST_CASE("parent levels: what is not there takes nothing with it") {
  CHECK(Level(R"({"id":"1"})", "meta.vec", 0) == 1);
  CHECK(Level(R"({"id":"1","meta":{"note":"new"}})", "meta.vec", 0) == 1);
  CHECK_FALSE(LevelToClear("[", "meta.vec", 0).ok());
}
