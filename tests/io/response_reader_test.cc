#include "src/io/http/response_reader.h"

#include <stdexcept>
#include <string>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

const ResponseReader::BodyTaker kCollect;

struct Rig {
  BodyPool pool;
};

}  // namespace

TEST_CASE_METHOD(Rig, "response reader: headers in order, trimmed") {
  ResponseReader reader(100, kCollect, pool);
  CHECK(reader.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  CHECK(reader.AddHeaderLine("Retry-After: \t7 \r\n"));
  CHECK(reader.AddHeaderLine("X-Empty:\r\n"));
  CHECK_FALSE(reader.has_all_headers());
  CHECK(reader.AddHeaderLine("\r\n"));
  CHECK(reader.has_all_headers());
  const auto& headers = reader.response().headers;
  REQUIRE(headers.size() == 2);
  CHECK(headers[0].name == "Retry-After");
  CHECK(headers[0].value == "7");
  CHECK(headers[1].name == "X-Empty");
  CHECK(headers[1].value.empty());
}

TEST_CASE_METHOD(Rig, "response reader: a status line begins anew") {
  ResponseReader reader(100, kCollect, pool);
  CHECK(reader.AddHeaderLine("HTTP/1.1 103 Early Hints\r\n"));
  CHECK(reader.AddHeaderLine("Link: x\r\n"));
  CHECK(reader.AddHeaderLine("\r\n"));
  CHECK(reader.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  CHECK(reader.response().headers.empty());
  CHECK_FALSE(reader.has_all_headers());
}

TEST_CASE_METHOD(Rig, "response reader: interim answers without end exceed the limit") {
  ResponseReader reader(100, kCollect, pool);
  const std::string line = "HTTP/1.1 100 " + std::string(131'059, 'x');
  CHECK(reader.AddHeaderLine(line));
  CHECK(reader.AddHeaderLine(line));
  CHECK_FALSE(reader.AddHeaderLine(line));
  CHECK(reader.exceeded() == std::size_t{262'144});
}

TEST_CASE_METHOD(Rig, "response reader: a body up to the limit") {
  ResponseReader reader(5, kCollect, pool);
  CHECK(reader.AddBody("abc"));
  CHECK(reader.AddBody("de"));
  CHECK_FALSE(reader.exceeded().has_value());
  CHECK_FALSE(reader.AddBody("f"));
  CHECK(reader.exceeded() == std::size_t{5});
  CHECK(reader.response().body == "abcde");
}

TEST_CASE_METHOD(Rig,
                 "response reader: memory is set aside for an announced length, within reason") {
  ResponseReader modest(1'000'000, kCollect, pool);
  CHECK(modest.AddHeaderLine("CONTENT-length: 1000\r\n"));
  CHECK(modest.response().body.capacity() >= 1000);
  ResponseReader boastful(std::size_t{1} << 40, kCollect, pool);
  CHECK(boastful.AddHeaderLine("Content-Length: 999999999999\r\n"));
  CHECK(boastful.response().body.capacity() < std::size_t{32} << 20);
  CHECK(boastful.AddHeaderLine("Content-Length: much\r\n"));
}

TEST_CASE_METHOD(Rig,
                 "response reader: a body has bytes to spare behind it, of the pool's memory") {
  pool.Give(std::string(400'000, 'x'));
  ResponseReader announced(1'000'000, kCollect, pool);
  CHECK(announced.AddHeaderLine("Content-Length: 300000\r\n"));
  CHECK(announced.response().body.capacity() >= 400'000);
  CHECK(announced.AddBody("ab"));
  CHECK(announced.response().body == "ab");
  ResponseReader growing(1'000'000, kCollect, pool);
  const std::string piece(60'000, 'p');
  for (int i = 0; i < 5; ++i) CHECK(growing.AddBody(piece));
  CHECK(growing.response().body == std::string(300'000, 'p'));
  CHECK(growing.response().body.capacity() >= 300'064);
}

TEST_CASE_METHOD(Rig,
                 "response reader: a taker is given the body of a success, and of nothing else") {
  std::string taken;
  const ResponseReader::BodyTaker take = [&taken](std::string_view piece) -> Status {
    taken += piece;
    return {};
  };
  ResponseReader reader(2, take, pool);
  CHECK(reader.AddHeaderLine("HTTP/1.1 503 Lagging\r\n"));
  CHECK(reader.AddBody("no"));
  CHECK(reader.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  CHECK(reader.AddHeaderLine("Content-Length: 1000000\r\n"));
  CHECK(reader.AddBody("beyond the limit of two bytes"));
  CHECK(taken == "beyond the limit of two bytes");
  CHECK(reader.response().body == "no");
  CHECK_FALSE(reader.refusal().has_value());
}

TEST_CASE_METHOD(Rig, "response reader: what the taker throws comes out where it may") {
  const ResponseReader::BodyTaker take = [](std::string_view) -> Status {
    throw std::logic_error("a bug");
  };
  ResponseReader reader(100, take, pool);
  CHECK(reader.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  CHECK_FALSE(reader.AddBody("x"));
  CHECK_THROWS_AS(reader.refusal(), std::logic_error);
}
