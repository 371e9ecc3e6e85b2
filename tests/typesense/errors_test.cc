#include "src/io/typesense/errors.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

Error ErrorOf(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  const Redactor redact({Secret("ts-secret-key")});
  return ErrorFromAnswer({.status = status, .headers = std::move(headers), .body = std::move(body)},
                         {.host = "ts:8108", .redact = redact});
}

TEST_CASE("errors: every status has its kind") {
  struct Row {
    int status;
    const char* body;
    ErrorKind kind;
  };
  const Row rows[] = {
      {400, R"({"message": "Could not parse the filter query."})", ErrorKind::kRefused},
      {401, R"({"message": "Forbidden"})", ErrorKind::kRefused},
      {403, "forbidden by a proxy", ErrorKind::kRefused},
      {404, R"({"message": "Collection not found"})", ErrorKind::kNotFound},
      {408, "Request Timeout", ErrorKind::kTransient},
      {409, R"({"message": "exists"})", ErrorKind::kRefused},
      {413, "<html>Request Entity Too Large</html>", ErrorKind::kTooBig},
      {422, R"({"message":"Only upto 250 hits can be fetched per page."})", ErrorKind::kRefused},
      {422, R"({"message": "Another collection update operation is in progress."})",
       ErrorKind::kBusy},
      {429, R"({ "message": "Rate limit exceeded or blocked"})", ErrorKind::kRateLimited},
      {500, R"({"message": "Could not find a leader."})", ErrorKind::kTransient},
      {502, "<html>bad gateway</html>", ErrorKind::kTransient},
      {503, R"({ "message": "Not Ready or Lagging"})", ErrorKind::kBusy},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status, row.body);
    CHECK(ErrorOf(row.status, row.body).kind == row.kind);
  }
}

TEST_CASE("errors: a refused key names the variable and the other reason") {
  const Error error = ErrorOf(
      401, R"({"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."})");
  CHECK(error.message ==
        "Typesense at ts:8108 answered 401: Forbidden - a valid `x-typesense-api-key` header must "
        "be sent. Check TYPESENSE_API_KEY; a key that lacks the action or the collection gets the "
        "same answer.");
}

TEST_CASE("errors: a document's 404 is told from its collection's") {
  const auto says = [](const char* body) {
    return SaysDocumentMissing(ErrorOf(404, body).message);
  };
  CHECK(says(R"({"message": "Could not find a document with id: nope"})"));
  CHECK(says(R"({"message": "Could not find a document with id: no/pe "x"})"));
  CHECK_FALSE(says(R"({"message": "Collection not found"})"));
  CHECK_FALSE(says(R"({ "message": "Not Found"})"));
  CHECK_FALSE(says("<html>404</html>"));
}

TEST_CASE("errors: a full server says what to do there") {
  const Error disk =
      ErrorOf(422, R"({"message": "Rejecting write: running out of resource type: OUT_OF_DISK"})");
  CHECK(disk.kind == ErrorKind::kRefused);
  CHECK_THAT(disk.message, ContainsSubstring("free disk or memory"));
  const Error memory = ErrorOf(
      422, R"({"message": "Rejecting write: running out of resource type: OUT_OF_MEMORY"})");
  CHECK_THAT(memory.message, ContainsSubstring("free disk or memory"));
  CHECK_THAT(ErrorOf(422, R"({"message": "Skipping writes."})").message,
             ContainsSubstring("skip-writes"));
}

TEST_CASE("errors: a redirect names where it leads, without path and query") {
  const Error error = ErrorOf(301, "", {{"Location", "https://ts.example:443/health?token=abc"}});
  CHECK(error.kind == ErrorKind::kRefused);
  CHECK_THAT(error.message, ContainsSubstring("https://ts.example:443:"));
  CHECK_THAT(error.message, ContainsSubstring("TYPESENSE_PROTOCOL"));
  CHECK_THAT(error.message, !ContainsSubstring("token"));
  CHECK(ErrorOf(302, "").kind == ErrorKind::kRefused);
}

TEST_CASE("errors: a body that is no valid JSON keeps its text") {
  CHECK(MessageOf(R"({"message": "Could not find a document with id: no/pe "x"})") ==
        R"(Could not find a document with id: no/pe "x)");
  CHECK(MessageOf(R"({"message":"plain"})") == "plain");
  CHECK(MessageOf(R"({"error":"other key"})") == "other key");
  CHECK(MessageOf(R"({"message":)") == R"({"message":)");
  CHECK(MessageOf("<html>") == "<html>");
  CHECK(MessageOf("").empty());
}

TEST_CASE("errors: server text is redacted and made visible") {
  const Error error = ErrorOf(400, "{\"message\": \"key ts-secret-key \x1b[31m\"}");
  CHECK_THAT(error.message, ContainsSubstring("key *** \\x1b[31m"));
}

TEST_CASE("errors: an item of a multi search is judged like a status") {
  const Redactor redact;
  const Error error = ErrorFromItem(404, "Not found.", {.host = "ts:8108", .redact = redact});
  CHECK(error.kind == ErrorKind::kNotFound);
  CHECK(error.message == "Typesense at ts:8108 answered 404: Not found.");
}

}  // namespace
}  // namespace reembed
