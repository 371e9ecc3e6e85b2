#include <chrono>
#include <csignal>

#include "fixture.h"
#include "resume_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

using std::chrono::steady_clock;

constexpr const char* kDocs = R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})";

/// Tokens a second while the provider's double counts on from `from` tokens to `to`. Requests are
/// granted whole, so the two moments are those of a request each.
double TokensPerSecond(Stage& stage, const Process& process, std::size_t from, std::size_t to) {
  const auto& history = stage.sandbox().provider().history();
  WaitFor(process, [&] { return history.counts().tokens >= from; });
  const auto begun = steady_clock::now();
  const std::size_t first = history.counts().tokens;
  WaitFor(process, [&] { return history.counts().tokens >= to; });
  const std::chrono::duration<double> seconds = steady_clock::now() - begun;
  return static_cast<double>(history.counts().tokens - first) / seconds.count();
}

}  // namespace

TEST_CASE("quota: a run learns tokens a minute from the headers and uses what it is granted") {
  Stage stage;
  stage.options.empty = true;
  stage.options.provider.latency = std::chrono::milliseconds(50);
  stage.options.provider.quota.tokens = 120'000;
  stage.AddCollection("docs", 8, PlainDocuments(8'000, 8));
  stage.Configure(kDocs);
  const auto process = stage.Start({"--dimensions", "8", "--no-backup"});
  const double rate = TokensPerSecond(stage, *process, 4'000, 20'000);
  process->Signal(SIGINT);
  CHECK(process->Wait().exit_code == 130);
  CHECK(rate >= 0.97 * 2'000);
  CHECK(rate <= 1.03 * 2'000);
  CHECK(stage.sandbox().provider().history().counts().limited == 0);
}

TEST_CASE("quota: a quota that nothing but a refusal states costs two refusals at most") {
  Stage stage;
  stage.options.empty = true;
  stage.options.provider.latency = std::chrono::milliseconds(50);
  stage.options.provider.quota.tokens = 120'000;
  stage.options.provider.quota_says = sandbox::QuotaSays::kRefusals;
  stage.AddCollection("docs", 8, PlainDocuments(8'000, 8));
  stage.Configure(kDocs);
  const auto process = stage.Start({"--dimensions", "8", "--no-backup", "--tpm", "120000"});
  const auto& history = stage.sandbox().provider().history();
  WaitFor(*process, [&] { return history.counts().tokens >= 2'000; });
  stage.sandbox().provider().SetQuota({.requests = 0, .tokens = 60'000});
  const std::size_t before = history.counts().tokens;
  WaitFor(*process, [&] { return history.counts().tokens >= before + 5'000; });
  process->Signal(SIGINT);
  CHECK(process->Wait().exit_code == 130);
  CHECK(history.counts().limited <= 2);
}
