#include "providers/reply.h"

#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

constexpr ReplyNames kNames = {
    .list = "data", .vector = "v", .index = "index", .usage = "usage", .tokens = {"n", "m"}};

Result<std::optional<EmbedReply>> Parsed(std::string body, std::size_t texts) {
  return ParseReply(body, texts, kNames);
}

std::string ErrorOf(std::string body, std::size_t texts) {
  const auto reply = Parsed(std::move(body), texts);
  REQUIRE(!reply.ok());
  CHECK(reply.error().kind == ErrorKind::kTransient);
  return reply.error().message;
}

std::vector<Embedding> VectorsOf(std::string body, std::size_t texts) {
  const auto reply = Parsed(std::move(body), texts);
  REQUIRE(reply.ok());
  REQUIRE(reply->has_value());
  return (*reply)->vectors;
}

}  // namespace

TEST_CASE("reply: places by index") {
  CHECK(VectorsOf(R"({"data":[{"v":[3],"index":2},{"index":0,"v":[1]},{"v":[2],"index":1}]})", 3) ==
        std::vector<Embedding>{{1}, {2}, {3}});
}

TEST_CASE("reply: an item without index belongs where it stands") {
  CHECK(VectorsOf(R"({"data":[{"v":[1]},{"v":[2],"index":null}]})", 2) ==
        std::vector<Embedding>{{1}, {2}});
}

TEST_CASE("reply: refuses places that are none or taken") {
  CHECK(ErrorOf(R"({"data":[{"v":[1],"index":0},{"v":[2],"index":0}]})", 2) ==
        "two vectors for text 0");
  CHECK(ErrorOf(R"({"data":[{"v":[1],"index":1},{"v":[2]}]})", 2) == "two vectors for text 1");
  CHECK(ErrorOf(R"({"data":[{"v":[1],"index":2},{"v":[2],"index":0}]})", 2) ==
        "item 0 of the answer has no place in the request");
  CHECK(ErrorOf(R"({"data":[{"v":[1],"index":-1}]})", 1) ==
        "item 0 of the answer has no place in the request");
  CHECK(ErrorOf(R"({"data":[{"v":[1],"index":"0"}]})", 1) ==
        "item 0 of the answer has no place in the request");
}

TEST_CASE("reply: counts the vectors") {
  CHECK(ErrorOf(R"({"data":[{"v":[1]}]})", 2) == "1 vectors for 2 texts");
  CHECK(ErrorOf(R"({"data":[{"v":[1]},{"v":[1]}]})", 1) == "2 vectors for 1 texts");
}

TEST_CASE("reply: numbers become the nearest float32") {
  CHECK(VectorsOf(R"({"data":[{"v":[0.1,-1,1e-7,16777217,0]}]})", 1)[0] ==
        Embedding{0.1F, -1.0F, 1e-7F, 16777216.0F, 0.0F});
}

TEST_CASE("reply: the largest float32 in its shortest text is a number") {
  CHECK(VectorsOf(R"({"data":[{"v":[3.4028235e38,-3.4028235e38,1e-46]}]})", 1)[0] ==
        Embedding{0x1.fffffep127F, -0x1.fffffep127F, 0.0F});
}

TEST_CASE("reply: base64 is raw float32, also with escaped slashes") {
  CHECK(VectorsOf(R"({"data":[{"v":"AACAPwAAAMA="}]})", 1)[0] == Embedding{1, -2});
  CHECK(VectorsOf(R"({"data":[{"v":"\/\/9\/fw=="}]})", 1)[0].size() == 1);
}

TEST_CASE("reply: the vector's name may be a value too, and blanks may stand anywhere") {
  CHECK(VectorsOf("{ \"data\" : [ {\"object\":\"v\", \"v\" \n:\t[ 1 , 2 ] ,\"index\":1},"
                  "{\"v\":\"AACAPw==\",\"index\":0}] ,\"usage\":{\"v\":[7]} }",
                  2) == std::vector<Embedding>{{1}, {1, 2}});
}

TEST_CASE("reply: a whole number is no vector, whatever stands elsewhere") {
  constexpr std::string_view kMissing = "the vector of text 0 is missing or holds no numbers";
  CHECK(ErrorOf(R"({"x":{"v":[1]},"data":[{"v":0}]})", 1) == kMissing);
  CHECK(ErrorOf(R"({"x":{"v":[1]},"data":[{"\u0076":0}]})", 1) == kMissing);
  CHECK(ErrorOf(R"({"x":{"v":[1]},"data":[{}]})", 1) == kMissing);
}

TEST_CASE("reply: names and brackets within strings stay what they are") {
  CHECK(VectorsOf(R"({"note":"\"v\":[9]","data":[{"note":"v]","v":[1]}]})", 1) ==
        std::vector<Embedding>{{1}});
  CHECK(VectorsOf(R"({"data":[{"v":[1],"note":"\\"}]})", 1) == std::vector<Embedding>{{1}});
}

TEST_CASE("reply: the first of two vectors in one item counts") {
  CHECK(VectorsOf(R"({"data":[{"v":[1],"v":[2]}]})", 1) == std::vector<Embedding>{{1}});
}

TEST_CASE("reply: an empty vector is read, and left to others to judge") {
  CHECK(VectorsOf(R"({"data":[{"v":[]}]})", 1) == std::vector<Embedding>{{}});
  CHECK(VectorsOf(R"({"data":[{"v":""}]})", 1) == std::vector<Embedding>{{}});
}

TEST_CASE("reply: an answer that was cut is none, wherever") {
  const std::string whole = R"({"data":[{"v":[1.5,2],"index":0},{"v":"AACAPw==","index":1}]})";
  REQUIRE(VectorsOf(whole, 2).size() == 2);
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const auto reply = Parsed(whole.substr(0, bytes), 2);
    INFO(bytes);
    REQUIRE(reply.ok());
    REQUIRE(!reply->has_value());
  }
}

TEST_CASE("reply: a vector that holds no numbers") {
  for (const char* vector : {"null", "[null]", "[\"1\"]", "[[1]]", "[true]", "{}", "7", "\"?\"",
                             "\"AAAA\"", "[3.4028236e38]", "[1e40]", "[-1e300]"}) {
    INFO(vector);
    CHECK(ErrorOf(std::string(R"({"data":[{"v":)") + vector + "}]}", 1) ==
          "the vector of text 0 is missing or holds no numbers");
  }
  CHECK(ErrorOf(R"({"data":[{}]})", 1) == "the vector of text 0 is missing or holds no numbers");
  CHECK(ErrorOf(R"({"data":[7]})", 1) == "the vector of text 0 is missing or holds no numbers");
}

TEST_CASE("reply: no list of vectors is no answer") {
  for (const char* body :
       {"", "x", "{}", "[]", "7", R"({"data":7})", R"({"data":null})", R"({"data":[]})",
        R"({"data":[{"v":[1]})", R"({"data":[{"v":[1]}]} x)", R"({"data":[{"v":[NaN]}]})"}) {
    INFO(body);
    const auto reply = Parsed(body, 1);
    REQUIRE(reply.ok());
    CHECK(!reply->has_value());
  }
}

TEST_CASE("reply: tokens, when they are counted") {
  const std::string head = R"({"data":[{"v":[1]}],"usage":)";
  CHECK((*Parsed(head + R"({"n":5,"m":6}})", 1))->tokens == 5U);
  CHECK((*Parsed(head + R"({"m":6}})", 1))->tokens == 6U);
  CHECK(!(*Parsed(head + R"({"n":0}})", 1))->tokens.has_value());
  CHECK(!(*Parsed(head + R"({"n":"5"}})", 1))->tokens.has_value());
  CHECK(!(*Parsed(head + "null}", 1))->tokens.has_value());
}

TEST_CASE("reply: the body keeps its text") {
  std::string body = R"({"detail":"x"})";
  REQUIRE(ParseReply(body, 1, kNames).ok());
  CHECK(body == R"({"detail":"x"})");
}

}  // namespace reembed::testing
