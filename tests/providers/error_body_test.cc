#include "providers/error_body.h"

#include "tests/support/catch2.h"

namespace reembed::testing {

TEST_CASE("error body: OpenAI's shape") {
  const ErrorBody body = ParseErrorBody(
      R"({"error":{"message":"too long","type":"t","param":"input[0]","code":"c"}})");
  CHECK(body.message == "too long");
  CHECK(body.type == "t");
  CHECK(body.param == "input[0]");
  CHECK(body.code == "c");
}

TEST_CASE("error body: Google's shape, also in an array") {
  const ErrorBody body = ParseErrorBody(
      R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[)"
      R"({"@type":"a/google.rpc.ErrorInfo","reason":"R"},)"
      R"({"@type":"a/google.rpc.RetryInfo","retryDelay":"3s"},)"
      R"({"@type":"a/google.rpc.QuotaFailure","violations":[{"quotaId":"Q1"},{"quotaId":"Q2"}]},)"
      R"({"@type":"a/google.rpc.BadRequest","fieldViolations":[{"field":"f"}]}]}}])");
  CHECK(body.code == "429");
  CHECK(body.type == "RESOURCE_EXHAUSTED");
  CHECK(body.reason == "R");
  CHECK(body.retry_delay == "3s");
  REQUIRE(body.quotas.size() == 2);
  CHECK(body.quotas[0].id == "Q1");
  CHECK(body.quotas[1].id == "Q2");
  CHECK(body.param == "f");
}

TEST_CASE("error body: the message, wherever it stands") {
  CHECK(ParseErrorBody(R"({"error":"text"})").message == "text");
  CHECK(ParseErrorBody(R"({"detail":"text"})").message == "text");
  CHECK(ParseErrorBody(R"({"message":"text","code":422})").message == "text");
  CHECK(ParseErrorBody(R"({"errors":[{"msg":"text"}]})").message == "text");
  CHECK(ParseErrorBody(R"({"detail":[{"loc":["body","input",0],"msg":"text"}]})").message ==
        "body.input.0: text");
  CHECK(ParseErrorBody(R"("text")").message == "text");
  CHECK(ParseErrorBody("plain text").message == "plain text");
}

TEST_CASE("error body: flat members") {
  const ErrorBody body = ParseErrorBody(R"({"message":"m","code":422,"type":"Validation"})");
  CHECK(body.code == "422");
  CHECK(body.type == "Validation");
}

TEST_CASE("error body: pages of a front end") {
  const ErrorBody body = ParseErrorBody("\n <html><title>413 Too Large</title></html>");
  CHECK(body.html);
  CHECK(body.message == "an HTML page \"413 Too Large\"");
  CHECK(ParseErrorBody("<html>").message == "an HTML page");
  CHECK(ParseErrorBody("<title>open").message == "an HTML page");
}

TEST_CASE("error body: says so when the server says nothing") {
  CHECK(ParseErrorBody("").message == "an empty answer");
  CHECK(ParseErrorBody(" \n").message == "an empty answer");
  CHECK(ParseErrorBody("{}").message == "no explanation");
  CHECK(ParseErrorBody("[]").message == "no explanation");
  CHECK(ParseErrorBody(R"({"error":{"code":"c"}})").message == "c");
  CHECK(ParseErrorBody(R"({"error":)").message == "JSON that is cut short or broken");
}

TEST_CASE("error body: bytes that are not UTF-8 do not hide the code") {
  const ErrorBody body = ParseErrorBody("{\"error\":{\"message\":\"a\xFF\",\"code\":\"c\"}}");
  CHECK(body.code == "c");
  CHECK(body.message == "a?");
}

TEST_CASE("error body: llama.cpp's counts") {
  const ErrorBody body =
      ParseErrorBody(R"({"error":{"message":"m","n_ctx":512,"n_prompt_tokens":826}})");
  CHECK(body.limit == 512U);
  CHECK(body.actual == 826U);
}

}  // namespace reembed::testing
