#include "src/core/config/secrets_in_file.h"

#include <string>

#include "tests/config/config_fixture.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::GoodSources;
using testing::ProblemsOf;

TEST_CASE("secrets: the shapes of well-known keys are recognised") {
  CHECK(LooksLikeSecret("sk-proj-abcdefgh12345678"));
  CHECK(LooksLikeSecret("Bearer sk-abcdefgh1234"));
  CHECK(LooksLikeSecret("AIzaSyA1234567890abcdefghij"));
  CHECK(LooksLikeSecret("https://me:hunter2@host/path"));
}

TEST_CASE("secrets: ordinary texts are left alone") {
  CHECK_FALSE(LooksLikeSecret("task-12345678 of the desk-abcdefghijkl"));
  CHECK_FALSE(LooksLikeSecret("sk-learn"));
  CHECK_FALSE(LooksLikeSecret("https://host/path@2"));
  CHECK_FALSE(LooksLikeSecret("mail me@example.com"));
}

TEST_CASE("secrets: a key of the file is refused by its name, whatever the case and depth") {
  const std::string advice =
      ": a secret does not belong in a config file; remove it and set "
      "TYPESENSE_API_KEY in the environment or in .env\n";
  CHECK(ProblemsOf(GoodSources(R"({"typesense": {"api_key": "hunter2"}})")) ==
        "reembed.json: /typesense/api_key" + advice);
  CHECK(ProblemsOf(GoodSources(R"({"typesense": {"apiKey": "hunter2"}})")) ==
        "reembed.json: /typesense/apiKey" + advice);
  CHECK(ProblemsOf(GoodSources(R"({"typesense": {"headers": {"Authorization": "hunter2"}}})")) ==
        "reembed.json: /typesense/headers/Authorization" + advice +
            "reembed.json: /typesense/headers: unknown key; allowed: nodes, nearest_node, "
            "connection_timeout_seconds, num_retries, retry_interval_seconds, "
            "healthcheck_interval_seconds\n");
}

TEST_CASE("secrets: the section of a provider names that provider's variables") {
  const std::string text =
      ProblemsOf(GoodSources(R"({"embedding": {"acorn": {"token": "hunter2"}}})"));
  CHECK(text ==
        "reembed.json: /embedding/acorn/token: a secret does not belong in a config file; remove "
        "it and set ACORN_API_KEY or OAK_API_KEY in the environment or in .env\n");
}

TEST_CASE("secrets: a variable's name at the top is refused too") {
  const std::string text = ProblemsOf(GoodSources(R"({"BIRCH_API_KEY": "hunter2"})"));
  CHECK_THAT(text, ContainsSubstring("reembed.json: /BIRCH_API_KEY: a secret"));
  CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("secrets: a value is refused by its shape and never shown") {
  const std::string text = ProblemsOf(testing::WithNotes(
      R"("embedding_field": "v", "text_fields": ["t"], "prefix": "sk-abcdefgh12345678")"));
  CHECK_THAT(text, ContainsSubstring("/collections/notes/prefix: the value looks like a secret"));
  CHECK(text.find("abcdefgh") == std::string::npos);
}

TEST_CASE("secrets: a key that looks like one is hidden, also when it is repeated") {
  const std::string text =
      ProblemsOf(GoodSources(R"({"sk-abcdefgh12345678": 1, "sk-abcdefgh12345678": 2})"));
  CHECK_THAT(text, ContainsSubstring("reembed.json: /***: repeated key"));
  CHECK(text.find("abcdefgh") == std::string::npos);
}

TEST_CASE("secrets: a collection may be called token") {
  CHECK(ProblemsOf(
            GoodSources(
                R"({"collections": {"token": {"embedding_field": "v", "text_fields": ["t"]}}})"))
            .empty());
}

TEST_CASE("secrets: the value of a secret variable is taken out of every message") {
  ConfigSources sources = GoodSources(R"({"acorn-secret-1": 1})");
  CHECK_THAT(ProblemsOf(sources), ContainsSubstring("reembed.json: /***: unknown key"));
}

}  // namespace
}  // namespace reembed
