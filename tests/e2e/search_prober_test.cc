#include "tests/e2e/search_prober.h"

#include <httplib.h>

#include <future>
#include <thread>

#include "tests/sandbox/typesense_server.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using sandbox::TypesenseServer;
using Result = Probe::Result;

constexpr const char* kKey = "key";
constexpr const char* kNoIndex = "Field `vec` does not have a vector query index.";

Probe At(double start, double seconds, Result result) {
  const auto sent = SteadyTime() + std::chrono::duration_cast<SteadyTime::duration>(
                                       std::chrono::duration<double>(start));
  return {.sent = sent, .seconds = seconds, .result = result, .error = "broken"};
}

void Send(const TypesenseServer& server, const std::string& method, const std::string& path,
          const std::string& body) {
  httplib::Client client(server.url());
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.set_header("X-TYPESENSE-API-KEY", kKey);
  request.body = body;
  const auto answer = client.send(request);
  REQUIRE(answer);
  CHECK(answer->status == 200);
}

void Fill(TypesenseServer& server) {
  server.CreateCollection(R"({"name":"docs","fields":[{"name":"title","type":"string"},)"
                          R"({"name":"vec","type":"float[]","num_dim":2}]})");
  server.Import("docs",
                "{\"id\":\"1\",\"title\":\"orders\",\"vec\":[1,0]}\n"
                "{\"id\":\"2\",\"title\":\"orders\",\"vec\":[1,1]}",
                "create");
}

}  // namespace

TEST_CASE("prober: outcomes are counted by their kind") {
  const std::vector<Probe> probes = {At(0, 0, Result::kOk), At(1, 0, Result::kFailed),
                                     At(2, 0, Result::kEmpty), At(3, 0, Result::kFailed)};
  CHECK(Outcomes(probes) == std::map<std::string, int>{{"broken", 2}, {"empty", 1}, {"ok", 1}});
}

TEST_CASE("prober: search is away from the first bad search to the next good answer") {
  CHECK(LongestAway({}) == 0);
  CHECK(LongestAway({At(0, 1, Result::kOk), At(2, 1, Result::kOk)}) == 0);
  const double away =
      LongestAway({At(0, 0, Result::kOk), At(1, 0, Result::kFailed), At(2, 0, Result::kOk),
                   At(3, 0, Result::kEmpty), At(4, 0, Result::kFailed), At(5, 0.5, Result::kOk),
                   At(6, 0, Result::kFailed)});
  CHECK(away == Approx(2.5));
  CHECK(LongestAway({At(1, 0, Result::kFailed), At(2, 0.25, Result::kFailed)}) == Approx(1.25));
}

TEST_CASE("prober: through an alias it sees words found and the vector window") {
  sandbox::TypesenseOptions options{kKey};
  options.alter_delay = std::chrono::milliseconds(150);
  TypesenseServer server(options);
  Fill(server);
  Send(server, "PUT", "/aliases/a", R"({"collection_name":"docs"})");
  SearchProber words(server.port(), kKey, "a");
  SearchProber vectors(server.port(), kKey, "a", VectorSearch("vec", "1"));
  Send(server, "PATCH", "/collections/docs", R"({"fields":[{"name":"vec","drop":true}]})");
  Send(server, "PATCH", "/collections/docs",
       R"({"fields":[{"name":"vec","type":"float[]","num_dim":2}]})");
  vectors.WaitForMore(3);
  words.WaitForMore(1);
  const std::vector<Probe> probes = vectors.Finish();
  auto seen = Outcomes(probes);
  CHECK(Outcomes(words.Finish()).size() == 1);
  CHECK(seen["ok"] >= 3);
  CHECK(seen[kNoIndex] >= 2);
  CHECK(seen["ok"] + seen["empty"] + seen[kNoIndex] == static_cast<int>(probes.size()));
  CHECK(LongestAway(probes) > 0.2);
  CHECK(LongestAway(probes) < 2);
}

TEST_CASE("prober: a server that is away gives no answer, and counts as an hour") {
  TypesenseServer server({kKey});
  Fill(server);
  server.SetReachable(false);
  SearchProber prober(server.port(), kKey, "docs");
  prober.WaitForMore(1);
  const std::vector<double> waits = prober.Stop();
  REQUIRE_FALSE(waits.empty());
  CHECK(waits.front() == 3600);
}

}  // namespace reembed::testing
