#include "src/io/http/request_check.h"

#include <string>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

Result<HttpTarget> CheckUrl(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return CheckRequest(request);
}

std::string HeaderProblem(const std::string& name, const std::string& value) {
  HttpRequest request;
  request.url = "http://localhost/";
  request.headers = {{.name = name, .value = value, .secret = true}};
  const auto target = CheckRequest(request);
  REQUIRE_FALSE(target.ok());
  CHECK(target.error().kind == ErrorKind::kUsage);
  return target.error().message;
}

}  // namespace

TEST_CASE("request check: peer and origin have the port that is meant") {
  CHECK(CheckUrl("http://localhost:8108/a?b")->peer == "localhost:8108");
  CHECK(CheckUrl("https://api.test/v1")->peer == "api.test:443");
  CHECK(CheckUrl("https://api.test/v1")->origin == "https://api.test:443");
  CHECK(CheckUrl("http://[::1]:8108/")->peer == "[::1]:8108");
}

TEST_CASE("request check: a user and a password are not part of the name") {
  CHECK(CheckUrl("http://me:p4ss@db.test:81/")->peer == "db.test:81");
  CHECK(CheckUrl("http://me:p4ss@db.test:81/")->origin == "http://db.test:81");
}

TEST_CASE("request check: only http and https") {
  CHECK(CheckUrl("ftp://db.test/x").error().message ==
        "db.test:21: `ftp` is neither http nor https");
  CHECK(CheckUrl("file:///etc/passwd").error().kind == ErrorKind::kUsage);
}

TEST_CASE("request check: a URL that is none is not repeated") {
  CHECK(CheckUrl("").error().kind == ErrorKind::kUsage);
  CHECK(CheckUrl("http://a b/?key=s3cret").error().kind == ErrorKind::kUsage);
  CHECK_THAT(CheckUrl("http://a b/?key=s3cret").error().message, !ContainsSubstring("s3cret"));
  CHECK(CheckUrl("http://db.test/\r\nX-Evil: 1").error().kind == ErrorKind::kUsage);
}

TEST_CASE("request check: line breaks in a value are refused without showing it") {
  CHECK(HeaderProblem("X-KEY", "s3cret\nX-Evil: 1") ==
        "the value for the header `X-KEY` contains a line break; check the variable it comes from");
  CHECK_THAT(HeaderProblem("X-KEY", "s3cret\r"), !ContainsSubstring("s3cret"));
  CHECK_THAT(HeaderProblem("X-KEY", std::string("s3\0cret", 7)), !ContainsSubstring("cret"));
}

TEST_CASE("request check: names of headers are tokens") {
  CHECK(HeaderProblem("X KEY", "1") == "`X KEY` is not a header name");
  CHECK(HeaderProblem("X:KEY\n", "1") == "`X:KEY\\n` is not a header name");
  CHECK(HeaderProblem("", "1") == "`` is not a header name");
}

TEST_CASE("request check: methods are tokens") {
  HttpRequest request;
  request.url = "http://localhost/";
  request.method = "GET /x HTTP/1.1\r\n";
  CHECK(CheckRequest(request).error().kind == ErrorKind::kUsage);
  request.method = "PATCH";
  CHECK(CheckRequest(request).ok());
}
