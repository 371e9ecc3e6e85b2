#include "src/core/config/url.h"

#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

std::string Accepted(const std::string& url) {
  const Result<std::string> parsed = ParseBaseUrl(url);
  return parsed.ok() ? *parsed : "refused: " + parsed.error().message;
}

std::string Refused(const std::string& url) {
  const Result<std::string> parsed = ParseBaseUrl(url);
  return parsed.ok() ? "accepted as " + *parsed : parsed.error().message;
}

TEST_CASE("url: accepts the base URL of a server and takes slashes off its end") {
  CHECK(Accepted("http://localhost:8108") == "http://localhost:8108");
  CHECK(Accepted("HTTPS://api.example.com/v1/") == "https://api.example.com/v1");
  CHECK(Accepted("http://10.0.0.7///") == "http://10.0.0.7");
  CHECK(Accepted("http://[::1]:8108/x/y") == "http://[::1]:8108/x/y");
  CHECK(Accepted("http://my_host-1.internal:65535") == "http://my_host-1.internal:65535");
}

TEST_CASE("url: says what is wrong without quoting the URL") {
  CHECK(Refused("localhost:8108") == "a URL must begin with http:// or https://");
  CHECK(Refused("ftp://host") == "a URL must begin with http:// or https://");
  CHECK(Refused("") == "a URL must begin with http:// or https://");
  CHECK(Refused("http://") == "the host is missing");
  CHECK(Refused("http:///v1") == "the host is missing");
  CHECK(Refused("http://:8108") == "the host is missing");
  CHECK(Refused("http://host:0") == "the port must be from 1 to 65535");
  CHECK(Refused("http://host:65536") == "the port must be from 1 to 65535");
  CHECK(Refused("http://host:") == "the port must be from 1 to 65535");
  CHECK(Refused("http://host:80a") == "the port must be from 1 to 65535");
  CHECK(Refused("http://host:-1") == "the port must be from 1 to 65535");
  CHECK(Refused("http://user:hunter2@host") ==
        "a URL with a user name or password is not accepted");
  CHECK(Refused("http://host/?key=hunter2") == "a URL with a query or a fragment is not accepted");
  CHECK(Refused("http://host/#top") == "a URL with a query or a fragment is not accepted");
  CHECK(Refused("http://ho st") ==
        "a URL must consist of printable ASCII characters without blanks");
  CHECK(Refused("http://hos\xC3\xA9") ==
        "a URL must consist of printable ASCII characters without blanks");
  CHECK(Refused("http://host\r\nX: y") ==
        "a URL must consist of printable ASCII characters without blanks");
  CHECK(Refused("http://ho$t") == "the host may hold letters, digits, '-', '.' and '_' only");
  CHECK(Refused("http://[::1") == "the IPv6 address in brackets is incomplete");
  CHECK(Refused("http://[host]") == "there is no IPv6 address between the brackets");
  CHECK(Refused("http://[::1]x") == "something other than a port follows the host");
}

TEST_CASE("url: what was found is shown unless it may hold a secret") {
  CHECK(UrlFound("localhost:8108") == ", found \"localhost:8108\"");
  CHECK(UrlFound("ftp://host/v1") == ", found \"ftp://host/v1\"");
  CHECK(UrlFound("http://host/?key=hunter2") == ", found \"http://host/\"");
  CHECK(UrlFound("") == ", found nothing");
  CHECK(UrlFound("http://me:hunter2@host").empty());
  CHECK(UrlFound("hunter2").empty());
}

}  // namespace
}  // namespace reembed
