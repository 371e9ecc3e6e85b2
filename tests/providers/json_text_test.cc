#include "providers/json_text.h"

#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

std::string Utf8(std::uint32_t code) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

// Half of the characters are ASCII, where everything that needs an escape lives.
std::uint32_t RandomCode(std::mt19937& engine) {
  const auto code = static_cast<std::uint32_t>(engine() % (engine() % 2 == 0 ? 0x80U : 0x110000U));
  return code >= 0xD800 && code < 0xE000 ? code - 0xD800 : code;
}

}  // namespace

TEST_CASE("json text: escapes what JSON demands and nothing else") {
  CHECK(Quoted("") == R"("")");
  CHECK(Quoted("plain ü € 😀 /") == R"("plain ü € 😀 /")");
  CHECK(Quoted("\"\\\n\r\t\b") == R"("\"\\\n\u000d\u0009\u0008")");
  CHECK(Quoted(std::string_view("a\0b\x1f\x7f", 5)) == "\"a\\u0000b\\u001f\x7f\"");
}

TEST_CASE("json text: appends") {
  std::string out = "[";
  AppendJsonString(out, "a");
  CHECK(out == R"(["a")");
}

TEST_CASE("json text: any UTF-8 reads back as it was") {
  std::mt19937 engine(7);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (std::size_t n = engine() % 40; n > 0; --n) text += Utf8(RandomCode(engine));
    REQUIRE(nlohmann::json::parse(Quoted(text)).get<std::string>() == text);
  }
}

TEST_CASE("json text: an escape is found at every place of a longer run") {
  for (const char c : {'"', '\\', '\0', '\x1f', '\n'}) {
    for (std::size_t at = 0; at < 40; ++at) {
      std::string text(40, at % 2 == 0 ? ' ' : '\x7f');
      text[at] = c;
      REQUIRE(nlohmann::json::parse(Quoted(text)).get<std::string>() == text);
    }
  }
  // Neighbours of what is escaped, in the bytes above it.
  CHECK(Quoted("\x01\x20\"#\\]!\x21\x5b") == R"("\u0001 \"#\\]!![")");
  CHECK(Quoted(std::string(1000, 'a')) == '"' + std::string(1000, 'a') + '"');
}

TEST_CASE("json text: the size hint covers ordinary texts") {
  const std::vector<std::string> texts = {"one\ntwo", "three"};
  CHECK(BodySizeHint(texts, 3) >= 18);
  CHECK(BodySizeHint(texts, 3) < 400);
}

}  // namespace reembed::testing
