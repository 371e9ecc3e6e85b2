#include "providers/openai.h"

#include "tests/providers/dialects.h"

namespace reembed::testing {
namespace {

const ModelFacts kSmall{
    .native_dimensions = 1536, .min_dimensions = 1, .max_tokens_per_text = 8192, .price = {}};
const ModelFacts kAda{.native_dimensions = 1536, .accepts_dimensions = false, .price = {}};

constexpr const char* kNoDimensions =
    R"({"error":{"message":"litellm.UnsupportedParamsError: Setting `dimensions`","code":"400"}})";
constexpr const char* kNoBase64 =
    R"({"error":"'encoding_format' must be \"float\", base64 is not supported"})";

}  // namespace

TEST_CASE("openai: passes the suite of all providers") {
  RunProviderSuite(OpenAiDialect());
}

TEST_CASE("openai: the request") {
  const ProviderDialect dialect = OpenAiDialect();
  ProviderRig rig(dialect);
  rig.http.Reply(200, OpenAiReply({"[1]", "[2]"}));
  SECTION("asks for base64 and for nothing that is not configured") {
    REQUIRE(rig.Embed({"a", "b"}, "RETRIEVAL_QUERY").ok());
    CHECK(rig.http.lines()[0] == "POST https://api.openai.com/v1/embeddings");
    CHECK(rig.http.sent()[0].body ==
          R"({"model":"text-embedding-3-small","encoding_format":"base64","input":["a","b"]})");
  }
  SECTION("names the length that is configured") {
    rig.settings.dimensions = 512;
    rig.model = &kSmall;
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK_THAT(rig.http.sent()[0].body, ContainsSubstring(R"(,"dimensions":512,)"));
  }
  SECTION("does not name a length to a model that knows only one") {
    rig.settings.dimensions = 1536;
    rig.model = &kAda;
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK(rig.http.sent()[0].body.find("dimensions") == std::string::npos);
  }
  SECTION("names organisation and project") {
    rig.settings.variables = {{"OPENAI_ORG_ID", "org-1"}, {"OPENAI_PROJECT_ID", "proj-2"}};
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK(rig.http.sent()[0].Header("OpenAI-Organization") == "org-1");
    CHECK(rig.http.sent()[0].Header("OpenAI-Project") == "proj-2");
  }
  SECTION("goes to a server of one's own without a key") {
    rig.settings.base_url = "http://localhost:11434/v1/";
    rig.settings.secrets.clear();
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK(rig.http.lines()[0] == "POST http://localhost:11434/v1/embeddings");
    CHECK(rig.http.sent()[0].headers.size() == 1);
  }
}

TEST_CASE("openai: a length that the model cannot give is a usage error") {
  const ProviderDialect dialect = OpenAiDialect();
  ProviderRig rig(dialect);
  rig.settings.dimensions = 512;
  rig.model = &kAda;
  const auto made = rig.Make();
  REQUIRE(!made.ok());
  CHECK(made.error().kind == ErrorKind::kUsage);
  CHECK_THAT(made.error().message, ContainsSubstring("EMBEDDING_DIMENSIONS"));
}

TEST_CASE("openai: the answer") {
  const ProviderDialect dialect = OpenAiDialect();
  ProviderRig rig(dialect);
  SECTION("is placed by index") {
    rig.http.Reply(200, R"({"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]})");
    const auto reply = rig.Embed({"a", "b"});
    CHECK(reply->vectors == std::vector<Embedding>{{1}, {2}});
    CHECK(!reply->tokens.has_value());
  }
  SECTION("says what is billed") {
    rig.http.Reply(200, OpenAiReply({"[1]"}));
    CHECK(rig.Embed({"a"})->tokens == 9U);
  }
  SECTION("may be base64 or numbers, whatever was asked for") {
    rig.http.Reply(200, OpenAiReply({R"("AACAPwAAAMA=")", "[0.5]"}));
    CHECK(rig.Embed({"a", "b"})->vectors == std::vector<Embedding>{{1, -2}, {0.5F}});
  }
}

TEST_CASE("openai: a server that lacks an option") {
  const ProviderDialect dialect = OpenAiDialect();
  ProviderRig rig(dialect);
  rig.settings.dimensions = 512;
  SECTION("is not asked for a length again") {
    CHECK(rig.ErrorFor(400, kNoDimensions).kind == ErrorKind::kAdapted);
    CHECK(rig.ErrorFor(400, kNoDimensions).kind == ErrorKind::kRefused);
    CHECK(rig.http.sent()[0].body.find("dimensions") != std::string::npos);
    CHECK(rig.http.sent()[1].body.find("dimensions") == std::string::npos);
  }
  SECTION("is not asked for base64 again") {
    CHECK(rig.ErrorFor(400, kNoBase64).kind == ErrorKind::kAdapted);
    CHECK(rig.ErrorFor(400, kNoBase64).kind == ErrorKind::kRefused);
    CHECK_THAT(rig.http.sent()[1].body, !ContainsSubstring("encoding_format"));
  }
  SECTION("refuses for good when the native length is known to be another") {
    rig.model = &kSmall;
    CHECK(rig.ErrorFor(400, kNoDimensions).kind == ErrorKind::kRefused);
  }
  SECTION("does without when the native length is the one that is wanted") {
    rig.model = &kSmall;
    rig.settings.dimensions = 1536;
    CHECK(rig.ErrorFor(400, kNoDimensions).kind == ErrorKind::kAdapted);
  }
}

TEST_CASE("openai: what it declares") {
  const ProviderDialect dialect = OpenAiDialect();
  ProviderRig rig(dialect);
  rig.model = &kSmall;
  SECTION("for the vendor's own service") {
    const ProviderProperties& properties = rig.provider().properties();
    CHECK(properties.endpoint == "api.openai.com:443");
    CHECK(properties.dimensions == 1536);
    CHECK(properties.max_texts == 2048);
    CHECK(properties.preferred_texts == 128);
    CHECK(properties.max_request_tokens == 250'000);
    CHECK(properties.max_text_tokens == 8192);
    CHECK(!properties.counts_texts);
    CHECK(properties.unit_vectors);
  }
  SECTION("for another server") {
    rig.settings.base_url = "http://127.0.0.1:8080/v1";
    CHECK(rig.provider().properties().preferred_texts == 32);
    CHECK(rig.provider().properties().endpoint == "127.0.0.1:8080");
  }
}

}  // namespace reembed::testing
