#include "providers/google.h"

#include "tests/providers/dialects.h"

namespace reembed::testing {
namespace {

const ModelFacts kGemini1{.native_dimensions = 3072,
                          .min_dimensions = 128,
                          .max_tokens_per_text = 2048,
                          .normalized_when_shortened = false,
                          .uses_task_type = true,
                          .price = {}};
const ModelFacts kGemini2{
    .native_dimensions = 3072, .min_dimensions = 128, .uses_task_type = false, .price = {}};

}  // namespace

TEST_CASE("google: passes the suite of all providers") {
  RunProviderSuite(GoogleDialect());
}

TEST_CASE("google: the request") {
  const ProviderDialect dialect = GoogleDialect();
  ProviderRig rig(dialect);
  rig.http.Reply(200, GoogleReply({"[1]", "[2]"}));
  SECTION("has an entry per text, each with the model") {
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK(rig.http.lines()[0] ==
          "POST https://generativelanguage.googleapis.com/v1beta/models/"
          "gemini-embedding-001:batchEmbedContents");
    CHECK(rig.http.sent()[0].body ==
          R"({"requests":[{"model":"models/gemini-embedding-001",)"
          R"("content":{"parts":[{"text":"a"}]}},{"model":"models/gemini-embedding-001",)"
          R"("content":{"parts":[{"text":"b"}]}}]})");
  }
  SECTION("takes a model name with its folder as well") {
    rig.settings.model = "models/gemini-embedding-001";
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK_THAT(rig.http.lines()[0], ContainsSubstring("/v1beta/models/gemini-embedding-001:"));
    CHECK_THAT(rig.http.sent()[0].body, ContainsSubstring(R"("models/gemini-embedding-001")"));
  }
  SECTION("states task type and length at the top of the entry") {
    rig.model = &kGemini1;
    rig.settings.dimensions = 768;
    REQUIRE(rig.Embed({"a", "b"}, "RETRIEVAL_QUERY").ok());
    CHECK_THAT(rig.http.sent()[0].body, ContainsSubstring(R"("b"}]},"taskType":"RETRIEVAL_QUERY",)"
                                                          R"("outputDimensionality":768}]})"));
  }
  SECTION("leaves out a task type that the model ignores") {
    rig.model = &kGemini2;
    REQUIRE(rig.Embed({"a", "b"}, "RETRIEVAL_QUERY").ok());
    CHECK(rig.http.sent()[0].body.find("taskType") == std::string::npos);
  }
  SECTION("goes to another base URL") {
    rig.settings.base_url = "http://127.0.0.1:9/";
    REQUIRE(rig.Embed({"a", "b"}).ok());
    CHECK_THAT(rig.http.lines()[0], ContainsSubstring("http://127.0.0.1:9/v1beta/models/"));
  }
}

TEST_CASE("google: what is billed, when it is said") {
  const ProviderDialect dialect = GoogleDialect();
  ProviderRig rig(dialect);
  rig.http.Reply(200, R"({"embeddings":[{"values":[1]}],"usageMetadata":{"promptTokenCount":7}})");
  CHECK(rig.Embed({"a"})->tokens == 7U);
  rig.http.Reply(200, GoogleReply({"[1]"}));
  CHECK(!rig.Embed({"a"})->tokens.has_value());
}

TEST_CASE("google: one vector for several texts is no answer") {
  const ProviderDialect dialect = GoogleDialect();
  ProviderRig rig(dialect);
  const Error error = rig.ErrorFor(200, GoogleReply({"[1]"}));
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK(error.message == "google at generativelanguage.googleapis.com:443: 1 vectors for 3 texts");
}

TEST_CASE("google: what it declares") {
  const ProviderDialect dialect = GoogleDialect();
  ProviderRig rig(dialect);
  rig.model = &kGemini1;
  SECTION("limits of a request") {
    const ProviderProperties& properties = rig.provider().properties();
    CHECK(properties.endpoint == "generativelanguage.googleapis.com:443");
    CHECK(properties.dimensions == 3072);
    CHECK(properties.max_texts == 100);
    CHECK(properties.preferred_texts == 100);
    CHECK(properties.max_request_bytes == 3'500'000);
    CHECK(properties.max_text_tokens == 2048);
    CHECK(properties.counts_texts);
    CHECK(properties.unit_vectors);
  }
  SECTION("shortened vectors of gemini-embedding-001 come un-normalised") {
    rig.settings.dimensions = 768;
    CHECK(rig.provider().properties().dimensions == 768);
    CHECK(!rig.provider().properties().unit_vectors);
  }
  SECTION("those of gemini-embedding-2 do not") {
    rig.model = &kGemini2;
    rig.settings.dimensions = 768;
    CHECK(rig.provider().properties().unit_vectors);
  }
}

}  // namespace reembed::testing
