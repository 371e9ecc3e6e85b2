#include "reembed/base/secret.h"

#include <sstream>

#include "tests/support/catch2.h"

using reembed::Redactor;
using reembed::Secret;

TEST_CASE("secret: prints as stars") {
  std::ostringstream out;
  out << Secret("sk-very-secret");
  CHECK(out.str() == "***");
}

TEST_CASE("redactor: removes every occurrence") {
  const Redactor redact({Secret("sk-abc123")});
  CHECK(redact("key sk-abc123, again sk-abc123.") == "key ***, again ***.");
}

TEST_CASE("redactor: finds the key percent-encoded and JSON-escaped") {
  const Redactor redact({Secret("a+b/\"c\"")});
  CHECK(redact("?key=a%2Bb%2F%22c%22&x=1") == "?key=***&x=1");
  CHECK(redact(R"({"key":"a+b/\"c\""})") == R"({"key":"***"})");
}

TEST_CASE("redactor: a key that contains another goes as a whole") {
  const Redactor redact({Secret("abcd"), Secret("abcdefgh")});
  CHECK(redact("abcdefgh abcd") == "*** ***");
}

TEST_CASE("redactor: leaves text alone without secrets, and does not search for tiny ones") {
  CHECK(Redactor()("nothing here") == "nothing here");
  CHECK(Redactor({Secret("a"), Secret("")})("banana") == "banana");
}

TEST_CASE("redactor: a key made of stars ends") {
  CHECK(Redactor({Secret("****")})("x****y") == "x***y");
}
