#include "reembed/core/source_text.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::string Joined(std::vector<std::string> fields, std::string_view document) {
  TextRule rule;
  rule.fields = std::move(fields);
  return ComposeSourceText(rule, document).value();
}

std::string Filled(std::string text_template, std::string_view document) {
  TextRule rule;
  rule.fields = TemplateFields(text_template).value();
  rule.text_template = std::move(text_template);
  return ComposeSourceText(rule, document).value();
}

std::string Refused(std::string field, std::string_view document) {
  TextRule rule;
  rule.fields = {std::move(field)};
  return ComposeSourceText(rule, document).error().message;
}

}  // namespace

TEST_CASE("source text: the fields in order, joined by the separator") {
  CHECK(
      Joined(
          {"condition", "rules"},
          R"({"rules":"Always filter by last 12 months","condition":"When querying sales data"})") ==
      "When querying sales data, Always filter by last 12 months");
}

TEST_CASE("source text: missing, null and blank values go together with their separator") {
  CHECK(Joined({"a", "b", "c", "d", "e"}, R"({"a":"x","b":null,"c":" \t","e":"y"})") == "x, y");
  CHECK(Joined({"a"}, R"({"a":"  "})").empty());
  CHECK(Joined({"a"}, "{}").empty());
}

TEST_CASE("source text: strings as they are, with blanks and escapes undone") {
  CHECK(Joined({"a"}, R"({"a":"  x\n\"ä\u00e9\ud83d\ude00 "})") == "  x\n\"äé\xF0\x9F\x98\x80 ");
}

TEST_CASE("source text: numbers and booleans as the JSON spells them") {
  CHECK(Joined({"a", "b", "c", "d", "e"},
               R"({"a": 1 ,"b":1.0,"c":true,"d":-2.50e-7,"e":12345678901234567890})") ==
        "1, 1.0, true, -2.50e-7, 12345678901234567890");
}

TEST_CASE("source text: arrays of strings are joined, blank elements left out") {
  CHECK(Joined({"a", "b"}, R"({"a":["x"," ","y"],"b":[]})") == "x, y");
}

TEST_CASE("source text: objects and other arrays are the document's failure, by name") {
  CHECK_THAT(Refused("a", R"({"a":{"b":1}})"), ContainsSubstring("`a` is an object"));
  CHECK_THAT(Refused("a", R"({"a":["x",1]})"), ContainsSubstring("`a` is an array"));
}

TEST_CASE("source text: dotted names, the literal key first") {
  CHECK(Joined({"m.t"}, R"({"m":{"t":"nested"},"m.t":"literal"})") == "literal");
  CHECK(Joined({"m.t", "n.o.p"}, R"({"n":{"o":{"p":"deep"}},"m":{"t":"nested"}})") ==
        "nested, deep");
  CHECK(Joined({"m.t"}, R"({"m":"not an object"})").empty());
  CHECK(Joined({"m.t.u"}, R"({"m":{"t.u":"mixed"}})") == "mixed");
}

TEST_CASE("source text: keys with escapes are found") {
  CHECK(Joined({"a\"b"}, R"({"a\"b":"x"})") == "x");
}

TEST_CASE("source text: a broken document is its own failure") {
  CHECK_THAT(Refused("a", R"({"a":)"), ContainsSubstring("cannot be read as JSON"));
}

TEST_CASE("template: fields are put in, doubled braces become braces") {
  CHECK(Filled("{a}: {b} {{x}}", R"({"a":"A","b":7})") == "A: 7 {x}");
  CHECK(Filled("{a}/{a}", R"({"a":"x"})") == "x/x");
  CHECK(Filled("{a} and {b}", R"({"a":"x"})") == "x and ");
}

TEST_CASE("template: without a single value there is no text") {
  CHECK(Filled("Rule: {a}{b}", R"({"a":" "})").empty());
}

TEST_CASE("template: names its fields once, in order") {
  CHECK(TemplateFields("{b} {a} {b} {{c}}").value() == std::vector<std::string>{"b", "a"});
}

TEST_CASE("template: broken ones say where") {
  CHECK_THAT(TemplateFields("x {a").error().message, ContainsSubstring("character 3"));
  CHECK_THAT(TemplateFields("x }").error().message, ContainsSubstring("character 3"));
  CHECK_THAT(TemplateFields("{}").error().message, ContainsSubstring("no field name"));
}
