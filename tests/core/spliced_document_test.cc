#include "reembed/core/spliced_document.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::string Without(std::string_view document, std::string_view field = "vec",
                    bool nested = false) {
  INFO(document);
  const auto left = WithoutField(document, field, nested);
  REQUIRE(left.ok());
  return *left;
}

std::string With(std::string_view document, std::string_view value = "[9]",
                 std::string_view field = "vec", bool nested = false) {
  INFO(document);
  const auto changed = WithField(document, field, nested, value);
  REQUIRE(changed.ok());
  return *changed;
}

TextHash HashOf(std::string_view document, std::string_view field, bool nested) {
  INFO(document);
  const auto hash = HashWithoutField(document, field, nested);
  REQUIRE(hash.ok());
  return *hash;
}

}  // namespace

TEST_CASE("spliced document: the field goes with one comma") {
  CHECK(Without(R"({"a":1,"vec":[1,2],"z":2})") == R"({"a":1,"z":2})");
  CHECK(Without(R"({"vec":[1,2],"z":2})") == R"({"z":2})");
  CHECK(Without(R"({"a":1,"vec":[1,2]})") == R"({"a":1})");
  CHECK(Without(R"({"vec":[1,2]})") == "{}");
  CHECK(Without(R"({"a":1})") == R"({"a":1})");
  CHECK(Without("{}") == "{}");
}

TEST_CASE("spliced document: every other byte stays") {
  const std::string before =
      "{ \"z\":1.50e+02 ,\t\"t\":\"\\u00e4\\/{\\\"}, [\" , \"b\": [ 1,{} ],\n ";
  const std::string after = " , \"a\" : -0.0, \"big\":12345678901234567890 }";
  const std::string document = before + "\"vec\" : [ 0.1 , 2 ]" + after;
  CHECK(Without(document) ==
        "{ \"z\":1.50e+02 ,\t\"t\":\"\\u00e4\\/{\\\"}, [\" , \"b\": [ 1,{} ]" + after);
  CHECK(With(document) == before + "\"vec\" : [9]" + after);
}

TEST_CASE("spliced document: a value of any kind is replaced and taken out") {
  for (const std::string value : {"null", "5", "-1e3", "\"a , b\"", "{\"vec\":[1]}", "[]", "[[1]]",
                                  "true", "\"\\\"}\"", "{}"}) {
    const std::string document = "{\"a\":1,\"vec\":" + value + " ,\"z\":2}";
    CHECK(Without(document) == R"({"a":1 ,"z":2})");
    CHECK(With(document) == R"({"a":1,"vec":[9] ,"z":2})");
  }
}

TEST_CASE("spliced document: a field that is missing comes last") {
  CHECK(With(R"({"a":1})") == R"({"a":1,"vec":[9]})");
  CHECK(With("{}") == R"({"vec":[9]})");
  CHECK(With("{ \"a\":1 }\n") == "{ \"a\":1,\"vec\":[9] }\n");
  CHECK(With("{ }") == "{\"vec\":[9] }");
  CHECK(With(R"({"a":{"vec":[1]}})") == R"({"a":{"vec":[1]},"vec":[9]})");
}

TEST_CASE("spliced document: nested, only the innermost object is touched") {
  const std::string document = R"({"meta":{"a":"x","vec":[1,2]},"vec":[3]})";
  CHECK(Without(document, "meta.vec", true) == R"({"meta":{"a":"x"},"vec":[3]})");
  CHECK(With(document, "[9]", "meta.vec", true) == R"({"meta":{"a":"x","vec":[9]},"vec":[3]})");
  CHECK(With(R"({"meta":{"a":"x"},"z":1})", "[9]", "meta.vec", true) ==
        R"({"meta":{"a":"x","vec":[9]},"z":1})");
  CHECK(With(R"({"meta":{},"z":1})", "[9]", "meta.vec", true) == R"({"meta":{"vec":[9]},"z":1})");
  CHECK(Without(R"({"meta":{"vec":[1]},"z":1})", "meta.vec", true) == R"({"meta":{},"z":1})");
}

TEST_CASE("spliced document: objects that are missing or null are made") {
  CHECK(With(R"({"id":"1"})", "[9]", "a.b.c", true) == R"({"id":"1","a":{"b":{"c":[9]}}})");
  CHECK(With(R"({"a":{"x":1}})", "[9]", "a.b.c", true) == R"({"a":{"x":1,"b":{"c":[9]}}})");
  CHECK(With(R"({"a":null,"z":1})", "[9]", "a.b.c", true) == R"({"a":{"b":{"c":[9]}},"z":1})");
  CHECK(With("{}", "[9]", "meta.vec", true) == R"({"meta":{"vec":[9]}})");
}

TEST_CASE("spliced document: a parent of another type is left alone") {
  for (const std::string parent : {"5", "\"x\"", "[{\"vec\":[1]}]", "true"}) {
    const std::string document = "{\"meta\":" + parent + ",\"z\":1}";
    CHECK(Without(document, "meta.vec", true) == document);
    const auto with = WithField(document, "meta.vec", true, "[9]");
    REQUIRE_FALSE(with.ok());
    CHECK(with.error().kind == ErrorKind::kRefused);
    CHECK_THAT(with.error().message, ContainsSubstring("`meta`"));
  }
}

TEST_CASE("spliced document: a dotted name that is not nested is one key") {
  const std::string document = R"({"meta.vec":[3],"meta":{"vec":[1]}})";
  CHECK(Without(document, "meta.vec") == R"({"meta":{"vec":[1]}})");
  CHECK(With(document, "[9]", "meta.vec") == R"({"meta.vec":[9],"meta":{"vec":[1]}})");
  CHECK(With(R"({"meta":{"vec":[1]}})", "[9]", "meta.vec") ==
        R"({"meta":{"vec":[1]},"meta.vec":[9]})");
}

TEST_CASE("spliced document: keys are compared as what they mean, and escaped when written") {
  CHECK(Without(R"({"a":1,"v\u0065c":[1]})") == R"({"a":1})");
  CHECK(With(R"({"v\u0065c":[1]})") == R"({"v\u0065c":[9]})");
  CHECK(With("{}", "[9]", "a\"b\\") == R"({"a\"b\\":[9]})");
  CHECK(Without(R"({"vec ":1,"VEC":2})") == R"({"vec ":1,"VEC":2})");
}

TEST_CASE("spliced document: of equal keys the first one counts") {
  CHECK(Without(R"({"vec":1,"vec":2})") == R"({"vec":2})");
  CHECK(With(R"({"vec":1,"vec":2})") == R"({"vec":[9],"vec":2})");
}

TEST_CASE("spliced document: what is no JSON object is an error") {
  for (const std::string_view document :
       {"", " ", "[]", "5", "null", "{", "{\"a\":1", "{\"a\":1}}", "{\"a\":1} x", "{\"a\" 1}",
        "{\"vec\":[1}", "{\"vec\":}", "{\"a\":1,\"vec\":[1]", "{\"vec\":[1] \"z\":2}", "\"}"}) {
    INFO(document);
    const auto without = WithoutField(document, "vec", false);
    REQUIRE_FALSE(without.ok());
    CHECK(without.error().kind == ErrorKind::kTransient);
    CHECK_FALSE(WithField(document, "vec", false, "[9]").ok());
    CHECK_FALSE(HashWithoutField(document, "vec", false).ok());
  }
}

TEST_CASE("spliced document: the hash is that of the document without the field") {
  const std::string document = R"({"a":1,"vec":[1,2],"z":2})";
  CHECK(HashOf(document, "vec", false) == HashText(R"({"a":1,"z":2})"));
  CHECK(HashOf(R"({"a":1,"z":2})", "vec", false) == HashText(R"({"a":1,"z":2})"));
  CHECK(HashOf(R"({"a":1,"vec":null,"z":2})", "vec", false) == HashText(R"({"a":1,"z":2})"));
  CHECK_FALSE(HashOf(R"({"a":1,"z":3})", "vec", false) == HashOf(document, "vec", false));
  CHECK_FALSE(HashOf(R"({"a":1.0,"z":2})", "vec", false) == HashOf(document, "vec", false));
}

TEST_CASE("spliced document: objects made for the field change no hash") {
  const TextHash bare = HashOf(R"({"id":"1"})", "a.b.c", true);
  for (const std::string_view document :
       {R"({"id":"1","a":{"b":{"c":[1]}}})", R"({"a":{"b":{"c":[1]}},"id":"1"})",
        R"({"a":{"b":{}},"id":"1"})", R"({"a":null,"id":"1"})", R"({"a":{"b":null},"id":"1"})"}) {
    INFO(document);
    CHECK(HashOf(document, "a.b.c", true) == bare);
  }
  CHECK(HashOf(R"({"a":{"b":{"c":[1]},"x":1}})", "a.b.c", true) == HashText(R"({"a":{"x":1}})"));
  CHECK_FALSE(HashOf(R"({"id":"1","a":{"b":5}})", "a.b.c", true) == bare);
  CHECK_FALSE(HashOf(R"({"id":"1","a":{"b":{"x":1}}})", "a.b.c", true) == bare);
}

TEST_CASE("spliced document: a member that is null counts as absent in the hash, at any depth") {
  const TextHash plain = HashText(R"({"a":1,"m":{"x":[{"y":2}]},"z":3})");
  for (const std::string_view document : {
           R"({"a":1,"m":{"x":[{"y":2}]},"z":3})",
           R"({"a":1,"m":{"x":[{"y":2}]},"note":null,"vec":[1,2],"z":3})",
           R"({"a":1,"b":null,"c":null,"m":{"x":[{"y":2}]},"vec":[1,2],"z":3})",
           R"({"A":null,"AA":null,"a":1,"m":{"x":[{"y":2}]},"z":3})",
           R"({"a":1,"m":{"k":null,"x":[{"n":null,"y":2,"z":null}]},"z":3,"zz":null})",
           R"({"a":1,"m":{"x":[{"y":2}]},"vec":null,"z":3})",
           R"({"a":1,"n\"u:l,l":null,"m":{"x":[{"y":2}]},"z":3})",
       }) {
    CHECK(HashOf(document, "vec", false) == plain);
  }
  CHECK(HashOf(R"({ "a" : null , "b" : 1 , "c" : null })", "vec", false) ==
        HashText(R"({ "b" : 1 })"));
  CHECK(HashOf(R"({"a":null})", "vec", false) == HashText("{}"));
}

TEST_CASE("spliced document: blanks in front of a lone member go with it, whichever way it goes") {
  const TextHash lone = HashOf("{\t\"b\":null }", "meta.vec", true);
  CHECK(lone == HashText("{ }"));
  CHECK(HashOf("{\t\"b\":null,\"meta\":{\"vec\":[1]} }", "meta.vec", true) == lone);
  CHECK(HashOf("{\t\"meta\":{\"vec\":[1]} }", "meta.vec", true) == lone);
}

TEST_CASE("spliced document: a null that is no member, and the word in a text, count in the hash") {
  for (const std::string_view document :
       {R"({"a":[null,1]})", R"({"a":"null"})", R"({"a":"x\":null,"})", R"({"null":1})",
        R"({"a":[[null],"b:",null]})"}) {
    CHECK(HashOf(document, "vec", false) == HashText(document));
  }
}

TEST_CASE("spliced document: null siblings of the field do not keep its objects") {
  const TextHash bare = HashOf(R"({"id":"1"})", "a.b.c", true);
  for (const std::string_view document :
       {R"({"a":{"b":{"c":[1],"x":null}},"id":"1"})", R"({"a":{"b":{"x":null},"y":null},"id":"1"})",
        R"({"a":{"b":{"c":[1]},"y":null},"id":"1"})"}) {
    CHECK(HashOf(document, "a.b.c", true) == bare);
  }
}

TEST_CASE("spliced document: a copy of any document hashes like its original") {
  for (const std::string_view document :
       {R"({"id":"1"})", R"({"id":"1","meta":{}})", R"({"id":"1","meta":{"x":1},"z":2})",
        R"({"meta":null})", R"({"meta":{"n":null,"x":1},"n":null})",
        R"({ "meta" : { "vec" : [ 1 ] , "x":1 } })", "{ }"}) {
    INFO(document);
    CHECK(HashOf(With(document, "[9]", "meta.vec", true), "meta.vec", true) ==
          HashOf(document, "meta.vec", true));
  }
}
