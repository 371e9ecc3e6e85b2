#include "reembed/base/text.h"

#include "tests/support/catch2.h"

using namespace reembed;

TEST_CASE("text: a prefix never cuts a character") {
  CHECK(Utf8Prefix("häuser", 1) == "h");
  CHECK(Utf8Prefix("häuser", 2) == "h");
  CHECK(Utf8Prefix("häuser", 3) == "hä");
  CHECK(Utf8Prefix("日本", 5) == "日");
  CHECK(Utf8Prefix("short", 99) == "short");
  CHECK(Utf8Prefix("x", 0).empty());
}

TEST_CASE("text: UTF-8 is checked strictly") {
  CHECK(IsUtf8("plain, häuser, 日本, \xF0\x9F\x98\x80"));
  CHECK_FALSE(IsUtf8("\xFF"));
  CHECK_FALSE(IsUtf8("\xC0\x80"));
  CHECK_FALSE(IsUtf8("\xED\xA0\x80"));
  CHECK_FALSE(IsUtf8("\xE6\x97"));
  CHECK_FALSE(IsUtf8("\xF4\x90\x80\x80"));
}

TEST_CASE("text: blank means white space of any kind") {
  CHECK(IsBlank(""));
  CHECK(IsBlank(" \t\r\n"));
  CHECK(IsBlank("\xC2\xA0\xE3\x80\x80\xE2\x80\x89"));
  CHECK_FALSE(IsBlank(" x "));
  CHECK_FALSE(IsBlank("\xE2\x80\x8D"));
}

TEST_CASE("text: control characters and broken bytes become visible") {
  CHECK(EscapeControl("a\nb\tc\r") == "a\\nb\\tc\\r");
  CHECK(EscapeControl("\x1b[31mred") == "\\x1b[31mred");
  CHECK(EscapeControl("\xC2\x9B") == "\\x9b");
  CHECK(EscapeControl("\xE2\x80\xAE"
                      "evil") == "\\u202eevil");
  CHECK(EscapeControl("\xFFx") == "\\xffx");
  CHECK(EscapeControl("häuser 日本") == "häuser 日本");
}

TEST_CASE("text: a key is gone before server text is cut") {
  const Redactor redact({Secret("sk-abcdefghij")});
  CHECK(ServerText("bad key sk-abcdefghij", redact, 14) == "bad key ***");
  CHECK(ServerText("0123456789", redact, 4) == "0123…");
}

TEST_CASE("text: everything but unreserved characters is percent-encoded") {
  CHECK(PercentEncode("a-Z_0.9~") == "a-Z_0.9~");
  CHECK(PercentEncode("a/b +%\"`ä") == "a%2Fb%20%2B%25%22%60%C3%A4");
}

TEST_CASE("text: edit distance") {
  CHECK(EditDistance("", "") == 0);
  CHECK(EditDistance("text_feilds", "text_fields") == 2);
  CHECK(EditDistance("abc", "") == 3);
}

TEST_CASE("text: thousands") {
  CHECK(WithThousands(0) == "0");
  CHECK(WithThousands(999) == "999");
  CHECK(WithThousands(1000) == "1,000");
  CHECK(WithThousands(1234567) == "1,234,567");
}

TEST_CASE("server text: an escape does not make a secret of what stands behind it") {
  const Redactor redact({Secret("fuzz-secret-key-1")});
  CHECK(ServerText("\xdfuzz-secret-key-1", redact) == "\\xd***");
}
