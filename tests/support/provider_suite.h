#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reembed/ports/provider.h"
#include "tests/support/catch2.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"

// What every provider must do, whatever its dialect. A provider's own test describes the dialect
// and calls RunProviderSuite within a TEST_CASE; what only that dialect has is tested beside it.
namespace reembed::testing {

inline constexpr std::string_view kSuiteKey = "key-5f1d\"q\\uote";

/// How a provider is built and how its server spells things.
struct ProviderDialect {
  ProviderRegistration registration;
  std::string model;
  std::string key_variable;
  std::string key_header;
  std::string key_prefix;  ///< before the key in the header
  /// An answer with these vectors, each as JSON: `[1,2]`.
  std::function<std::string(const std::vector<std::string>&)> reply;
  /// An error body with this message, as the server spells it for a limit without a stated wait.
  std::function<std::string(const std::string&)> rate_limited;
};

/// A provider with a scripted server. `settings` and `model` may be changed before the first Embed.
class ProviderRig {
 public:
  explicit ProviderRig(const ProviderDialect& dialect) : dialect_(dialect) {
    settings.family = dialect.registration.spec.family;
    settings.model = dialect.model;
    settings.base_url = dialect.registration.spec.default_base_url;
    settings.secrets[dialect.key_variable] = Secret(std::string(kSuiteKey));
  }

  Result<std::unique_ptr<Provider>> Make() {
    return dialect_.registration.make({.settings = settings,
                                       .model = model,
                                       .http = http,
                                       .clock = clock,
                                       .redact = Redactor({Secret(std::string(kSuiteKey))})});
  }

  Provider& provider() {
    if (!provider_) provider_ = std::move(Make()).value();
    return *provider_;
  }

  Result<EmbedReply> Embed(const std::vector<std::string>& texts, std::string task_type = "") {
    const EmbedRequest request{.texts = texts, .task_type = task_type, .timeout = Millis(7'000)};
    return provider().Embed(request, {.drain = {}, .abort = abort.get_token()});
  }

  /// The error of a request of three texts that is answered like this.
  Error ErrorFor(int status, std::string body, std::vector<HttpHeader> headers = {}) {
    http.Reply(status, std::move(body), std::move(headers));
    return Embed({"a", "b", "c"}).error();
  }

  FakeHttp http;
  FakeClock clock;
  ProviderSettings settings;
  const ModelFacts* model = nullptr;
  std::stop_source abort;

 private:
  const ProviderDialect& dialect_;
  std::unique_ptr<Provider> provider_;
};

inline void CheckRightAnswers(const ProviderDialect& dialect) {
  ProviderRig rig(dialect);
  SECTION("one vector per text, in the order of the texts") {
    rig.http.Reply(200, dialect.reply({"[1,0]", "[0.1,-2e-3]", "[3,4]"}));
    const auto reply = rig.Embed({"a", "b", "c"});
    REQUIRE(reply.ok());
    CHECK(reply->vectors == std::vector<Embedding>{{1, 0}, {0.1F, -2e-3F}, {3, 4}});
  }
  SECTION("a vector of zeros or of another length is for the checks that follow") {
    rig.http.Reply(200, dialect.reply({"[0,0]", "[1]"}));
    CHECK(rig.Embed({"a", "b"})->vectors == std::vector<Embedding>{{0, 0}, {1}});
  }
  SECTION("a text appears in the body as JSON") {
    rig.http.Reply(200, dialect.reply({"[1]"}));
    REQUIRE(rig.Embed({"say \"hi\"\n\x01 ü \\"}).ok());
    CHECK_THAT(rig.http.sent()[0].body, ContainsSubstring(R"("say \"hi\"\n\u0001 ü \\")"));
  }
  SECTION("one POST of JSON with the time that the request may take") {
    rig.http.Reply(200, dialect.reply({"[1]"}));
    REQUIRE(rig.Embed({"a"}).ok());
    REQUIRE(rig.http.sent().size() == 1);
    CHECK(rig.http.sent()[0].method == "POST");
    CHECK(rig.http.sent()[0].Header("Content-Type") == "application/json");
    CHECK(rig.http.sent()[0].timeouts.total == Millis(7'000));
    CHECK(rig.http.sent()[0].timeouts.connect == Millis(10'000));
  }
}

inline void CheckUnusableAnswers(const ProviderDialect& dialect) {
  ProviderRig rig(dialect);
  const std::string whole = dialect.reply({"[1,2]", "[3,4]", "[5,6]"});
  const std::vector<std::string> bodies = {
      "",
      "hello",
      "<html><title>Sign in</title></html>",
      "[]",
      "{}",
      "null",
      whole.substr(0, whole.size() / 2),
      whole.substr(0, whole.size() - 1),
      dialect.reply({}),
      dialect.reply({"[1]", "[2]"}),
      dialect.reply({"[1]", "[2]", "[3]", "[4]"}),
      dialect.reply({"[1]", "[NaN]", "[3]"}),
      dialect.reply({"[1]", "[null]", "[3]"}),
      dialect.reply({"[1]", "null", "[3]"}),
      dialect.reply({"[1]", "[1e39]", "[3]"}),
      dialect.reply({"[1]", "\"!\"", "[3]"}),
      R"({"error":{"code":503,"message":"upstream is gone"}})",
      R"({"detail":"no such thing"})",
  };
  for (const std::string& body : bodies) {
    INFO(body);
    const Error error = rig.ErrorFor(200, body);
    CHECK(error.kind == ErrorKind::kTransient);
    CHECK_THAT(error.message, ContainsSubstring(rig.provider().properties().endpoint));
    CHECK_THAT(error.message, ContainsSubstring(rig.settings.family));
  }
  CHECK_THAT(rig.ErrorFor(200, bodies[16]).message, ContainsSubstring("upstream is gone"));
  CHECK_THAT(rig.ErrorFor(200, bodies[17]).message, ContainsSubstring("no such thing"));
}

inline void CheckStatuses(const ProviderDialect& dialect) {
  ProviderRig rig(dialect);
  SECTION("trouble that may pass") {
    for (const int status : {408, 409, 500, 502, 503, 504, 529}) {
      CHECK(rig.ErrorFor(status, "<html><title>Oops</title></html>").kind == ErrorKind::kTransient);
      CHECK(rig.ErrorFor(status, "").kind == ErrorKind::kTransient);
    }
    CHECK(rig.ErrorFor(503, "", {{"Retry-After", "7"}}).retry_after == Millis(7'000));
  }
  SECTION("refused for good, with what to check") {
    for (const int status : {401, 402, 403, 404, 405}) {
      const Error error = rig.ErrorFor(status, "");
      CHECK(error.kind == ErrorKind::kRefused);
      CHECK_THAT(error.message, ContainsSubstring("; check "));
    }
    const Error moved = rig.ErrorFor(307, "", {{"Location", "https://elsewhere.test/x"}});
    CHECK(moved.kind == ErrorKind::kRefused);
    CHECK_THAT(moved.message, ContainsSubstring("https://elsewhere.test/x"));
    CHECK_THAT(moved.message, ContainsSubstring("_BASE_URL"));
  }
  SECTION("a limit, with and without a stated wait") {
    const std::string body = dialect.rate_limited("slow down");
    CHECK(rig.ErrorFor(429, body).kind == ErrorKind::kRateLimited);
    CHECK(!rig.ErrorFor(429, body).retry_after.has_value());
    CHECK(rig.ErrorFor(429, body, {{"Retry-After", "3600"}}).retry_after == Millis(3'600'000));
    CHECK(rig.ErrorFor(429, "").kind == ErrorKind::kRateLimited);
  }
  SECTION("too big a request") {
    CHECK(rig.ErrorFor(413, "<html><title>Too large</title></html>").kind == ErrorKind::kTooBig);
  }
}

inline void CheckTransportErrors(const ProviderDialect& dialect) {
  ProviderRig rig(dialect);
  SECTION("keep their kind") {
    rig.http.Fail(ErrorKind::kUnreachable, "cannot connect to host:1");
    const Error error = rig.Embed({"a"}).error();
    CHECK(error.kind == ErrorKind::kUnreachable);
    CHECK(error.message == rig.settings.family + ": cannot connect to host:1");
  }
  SECTION("a stop goes through") {
    rig.abort.request_stop();
    CHECK(rig.Embed({"a"}).error().kind == ErrorKind::kInterrupted);
  }
}

inline void CheckSecrecy(const ProviderDialect& dialect) {
  ProviderRig rig(dialect);
  const std::string key(kSuiteKey);
  SECTION("the key is in its header alone, marked as secret") {
    rig.http.Handle([&](const HttpRequest& request) -> Result<HttpResponse> {
      CHECK(request.url.find("key-5f1d") == std::string::npos);
      CHECK(request.body.find("key-5f1d") == std::string_view::npos);
      REQUIRE(request.headers.size() == 2);
      CHECK(request.headers[0].name == dialect.key_header);
      CHECK(request.headers[0].value == dialect.key_prefix + key);
      CHECK(request.headers[0].secret);
      return HttpResponse{.status = 200, .headers = {}, .body = dialect.reply({"[1]"})};
    });
    CHECK(rig.Embed({"a"}).ok());
  }
  SECTION("an echoed key is in no message") {
    const std::string escaped = R"(key-5f1d\"q\\uote)";
    for (const int status : {200, 302, 400, 401, 404, 413, 429, 500}) {
      INFO(status);
      for (const std::string& body :
           {dialect.rate_limited("you sent " + escaped), "you sent " + key,
            "<html><title>" + key + "</title>", R"({"error":")" + escaped + R"("})"}) {
        const Error error = rig.ErrorFor(status, body, {{"Location", "http://x.test/?k=" + key}});
        CHECK(error.message.find("5f1d") == std::string::npos);
      }
    }
  }
  SECTION("what a server sends is shown without its control characters") {
    const Error error = rig.ErrorFor(500, "\x1b[31mred\x07");
    CHECK_THAT(error.message, ContainsSubstring("\\x1b[31mred\\x07"));
  }
}

/// To be called within a TEST_CASE.
inline void RunProviderSuite(const ProviderDialect& dialect) {
  SECTION("right answers") {
    CheckRightAnswers(dialect);
  }
  SECTION("unusable answers are transient") {
    CheckUnusableAnswers(dialect);
  }
  SECTION("statuses") {
    CheckStatuses(dialect);
  }
  SECTION("transport errors") {
    CheckTransportErrors(dialect);
  }
  SECTION("secrecy") {
    CheckSecrecy(dialect);
  }
}

}  // namespace reembed::testing
