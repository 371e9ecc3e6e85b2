#include "reembed/core/plain_object.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// Nothing when it is not plain, or goes on behind the brace.
std::optional<Members> MembersOf(std::string_view text) {
  // In a block of its own size, so that a sanitizer sees what is read behind it.
  const std::vector<char> exact(text.begin(), text.end());
  PlainObject object({exact.data(), exact.size()});
  Members members;
  for (;;) {
    const PlainObject::Step step = object.Next();
    if (step == PlainObject::Step::kOdd) return std::nullopt;
    if (step == PlainObject::Step::kEnd) break;
    members.emplace_back(object.key(), object.value());
  }
  return object.AtEnd() ? std::optional(members) : std::nullopt;
}

std::optional<std::string> Unescaped(std::string_view token) {
  std::string out;
  return AppendUnescaped(out, token) ? std::optional(out) : std::nullopt;
}

}  // namespace

TEST_CASE("plain object: keys and values as they stand") {
  CHECK(MembersOf(R"({"a":1})") == Members{{"a", "1"}});
  CHECK(
      MembersOf(" {\n\"a\" : \"x } ]\" , \"b\":[1,[2],\"]\"] ,\"c\":{\"d\":{}}, \"e\": null }\n") ==
      Members{{"a", "\"x } ]\""}, {"b", "[1,[2],\"]\"]"}, {"c", "{\"d\":{}}"}, {"e", "null"}});
  CHECK(MembersOf("{}") == Members{});
  CHECK(MembersOf("{ }") == Members{});
  CHECK(MembersOf(R"({"":-1.5e3})") == Members{{"", "-1.5e3"}});
}

TEST_CASE("plain object: strings end at a quote that is not escaped") {
  CHECK(MembersOf(R"({"a":"q\"","b":"\\","c":"\\\"x"})") ==
        Members{{"a", R"("q\"")"}, {"b", R"("\\")"}, {"c", R"("\\\"x")"}});
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text = '"' + std::string(size, 'x') + R"(\"é")";
    CHECK(MembersOf("{\"a\":" + text + "}") == Members{{"a", text}});
  }
}

TEST_CASE("plain object: every beginning of one is none") {
  const std::string text = R"({"id":"a\"b","n":[1,{"k":"v"}],"title":"x } ]","z":-1.5e3})";
  REQUIRE(MembersOf(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(MembersOf(text.substr(0, size)));
  }
}

TEST_CASE("plain object: what is not plain") {
  for (const char* text :
       {"[1]", "null", R"({"a")", R"({"a"})", R"({"a":})", R"({"a":1,})", R"({,"a":1})",
        R"({"a":1 "b":2})", R"({"a":1}})", R"({"a":1}x)", R"({a:1})", R"({"a\n":1})", R"({"a":"x)",
        "{\"a\":\"\n\"}", "{\"a\":\"\\\n\"}", R"({"a":[1})", R"({"a":1]})", R"({"a"::1})"}) {
    CAPTURE(text);
    CHECK_FALSE(MembersOf(text));
  }
}

TEST_CASE("unescaped: short escapes and code points, surrogates are for a whole parser") {
  CHECK(Unescaped(R"("")") == "");
  CHECK(Unescaped(R"("plain é")") == "plain é");
  CHECK(Unescaped(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(Unescaped(R"("\u0041\u00e9\u20AC.")") == "Aé€.");
  CHECK(Unescaped(R"("\u0000")") == std::string(1, '\0'));
  for (const char* token :
       {R"("\ud83d\ude00")", R"("\udc00")", R"("\x")", R"("\u12")", R"("\u12g4")", R"("\")"}) {
    CAPTURE(token);
    CHECK_FALSE(Unescaped(token));
  }
}
