#include <string>
#include <vector>

#include "tests/sandbox/transcript.h"
#include "tests/sandbox/typesense_server.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kKey = "replay-key";

// Sends all steps of a scenario to a fresh server; the names of those answered otherwise than
// recorded.
Names Differing(const std::string& scenario) {
  const TypesenseServer server({kKey});
  Names names;
  for (const TranscriptStep& step : LoadTranscript(scenario)) {
    const std::string difference = Difference(step, SendStep(server.url(), kKey, step));
    if (difference.empty()) continue;
    UNSCOPED_INFO(step.name << ": " << difference);
    names.push_back(step.name);
  }
  return names;
}

}  // namespace

TEST_CASE("replay: the recordings are found") {
  CHECK(LoadTranscript("01-auth-status").size() == 26);
  CHECK(LoadTranscript("09-documents").size() == 63);
}

TEST_CASE("replay: a different answer is noticed") {
  TranscriptStep step;
  step.status = 200;
  step.content_type = "application/json";
  step.body = R"({"a":1,"time":5})";
  step.compare = "json";
  step.ignore = {"/time"};
  CHECK(Difference(step, {200, "application/json", R"({"time":9,"a":1})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1.0,"time":5})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1,"time":"5"})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1})"}).empty());
  CHECK_FALSE(Difference(step, {200, "text/plain", step.body}).empty());
  CHECK_FALSE(Difference(step, {201, "application/json", step.body}).empty());
}

TEST_CASE("replay: auth and status") {
  CHECK(Differing("01-auth-status") == Names{});
}

TEST_CASE("replay: collections") {
  CHECK(Differing("02-collections") == Names{});
}

TEST_CASE("replay: import actions") {
  CHECK(Differing("03-import-actions") == Names{});
}

TEST_CASE("replay: import update failures") {
  CHECK(Differing("04-import-update-failures") == Names{});
}

TEST_CASE("replay: update keeps keys") {
  CHECK(Differing("05-update-keeps-keys") == Names{});
}

TEST_CASE("replay: search pages, without curation") {
  CHECK(Differing("06-search-pages") == Names{"override", "override applies to q=*"});
}

TEST_CASE("replay: search filters, without highlights and text match scores") {
  CHECK(Differing("07-search-filters") ==
        Names{"keyword query with highlights", "keyword query without highlights"});
}

TEST_CASE("replay: export") {
  CHECK(Differing("08-export") == Names{});
}

TEST_CASE("replay: documents") {
  CHECK(Differing("09-documents") == Names{});
}

TEST_CASE("replay: aliases") {
  CHECK(Differing("10-aliases") == Names{});
}

TEST_CASE("replay: schema patch, without text match scores") {
  CHECK(Differing("11-schema-patch") == Names{"keyword search goes on"});
}

TEST_CASE("replay: dimension change") {
  CHECK(Differing("12-dimension-change") == Names{});
}

TEST_CASE("replay: clone and swap, without synonyms and curation") {
  CHECK(Differing("13-clone-swap") ==
        Names{"synonym", "override", "clone: synonyms", "clone: overrides"});
}

}  // namespace reembed::sandbox
