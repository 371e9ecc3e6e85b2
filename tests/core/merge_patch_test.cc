#include "reembed/core/merge_patch.h"

#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

std::optional<std::string> None() {
  return std::nullopt;
}

TEST_CASE("merge patch: what is new, what is another, what is gone") {
  CHECK(MergePatch(R"({"id":"1","a":1,"b":"x","c":[1]})", R"({"id":"1","a":2,"c":[1],"d":true})") ==
        R"({"a":2,"b":null,"d":true})");
  CHECK(MergePatch(R"({"n":1})", R"({"n":1.0})") == R"({"n":1.0})");
  CHECK(MergePatch(R"({"v":[0.5,1]})", R"({"v":[0.5,1,2]})") == R"({"v":[0.5,1,2]})");
}

TEST_CASE("merge patch: objects member by member") {
  CHECK(MergePatch(R"({"m":{"a":1,"b":{"c":1,"d":1}}})", R"({"m":{"a":1,"b":{"c":2}}})") ==
        R"({"m":{"b":{"c":2,"d":null}}})");
  CHECK(MergePatch(R"({"m":{"a":1}})", R"({"m":{}})") == R"({"m":{"a":null}})");
  CHECK(MergePatch("{}", R"({"m":{"a":{"b":1}}})") == R"({"m":{"a":{"b":1}}})");
}

TEST_CASE("merge patch: null counts as absent") {
  CHECK(MergePatch(R"({"a":null,"b":1})", R"({"b":2,"c":null})") == R"({"b":2})");
  CHECK(MergePatch(R"({"a":1})", R"({"a":null})") == R"({"a":null})");
  CHECK(MergePatch(R"({"a":null})", R"({"a":1})") == R"({"a":1})");
}

TEST_CASE("merge patch: none where there is nothing to send") {
  CHECK(MergePatch(R"({"a":1,"b":[1,{"c":null}]})", R"({"b":[1,{"c":null}],"a":1})") == None());
  CHECK(MergePatch("{}", R"({"a":null})") == None());
}

TEST_CASE("merge patch: none where an update would leave something else") {
  const char* const unsaid = GENERATE(R"({"a":[1,null]})", R"({"a":{"b":1}})", R"({"a":{}})",
                                      R"({"a":[{"b":null}]})", R"({"a":[{}]})");
  CAPTURE(unsaid);
  CHECK(MergePatch(R"({"a":1})", unsaid) == None());
  CHECK(MergePatch("{}", R"({"a":{"b":{}}})") == None());
  CHECK(MergePatch("{}", R"({"a":{"b":null}})") == None());
}

TEST_CASE("merge patch: none for what is no object, or too deep") {
  CHECK(MergePatch("[]", "{}") == None());
  CHECK(MergePatch("{}", "{\"a\":") == None());
  std::string deep = "1";
  for (int i = 0; i < 200; ++i) deep = R"({"a":)" + deep + "}";
  CHECK(MergePatch("{}", deep) == None());
}

Json AnyValue(std::mt19937& random, int depth) {
  switch (random() % (depth > 2 ? 4 : 6)) {
    case 0:
      return random() % 3;
    case 1:
      return "text " + std::to_string(random() % 3);
    case 2:
      return Json::array({0.5, random() % 2});
    case 3:
      return random() % 2 == 0 ? Json(nullptr) : Json(1.0);
    default: {
      Json object = Json::object();
      for (const char* name : {"a", "b", "c"}) {
        if (random() % 2 == 0) object[name] = AnyValue(random, depth + 1);
      }
      return object;
    }
  }
}

Json WithoutNulls(const Json& value) {
  if (!value.is_object()) return value;
  Json kept = Json::object();
  for (const auto& [name, member] : value.items()) {
    if (!member.is_null()) kept[name] = WithoutNulls(member);
  }
  return kept;
}

TEST_CASE("merge patch: merging it makes the other document") {
  std::mt19937 random(5);
  int said = 0;
  for (int i = 0; i < 2'000; ++i) {
    Json from = {{"id", "1"}, {"x", AnyValue(random, 0)}, {"y", AnyValue(random, 0)}};
    const Json to = {{"id", "1"}, {"x", AnyValue(random, 0)}, {"y", AnyValue(random, 0)}};
    const auto patch = MergePatch(from.dump(), to.dump());
    if (!patch) continue;
    ++said;
    CAPTURE(from.dump(), to.dump(), *patch);
    from.merge_patch(Json::parse(*patch));
    REQUIRE(WithoutNulls(from).dump() == WithoutNulls(to).dump());
  }
  CHECK(said > 500);
}

}  // namespace
}  // namespace reembed
