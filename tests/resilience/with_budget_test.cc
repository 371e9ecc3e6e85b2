#include "src/resilience/with_budget.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::EmbedderRig;
using testing::FakeProvider;

// A dollar a token, so that a budget counts tokens.
Budget Tokens(double usd) {
  return {.usd = usd, .usd_per_million_tokens = 1'000'000};
}

// Bills so many tokens for each text.
FakeProvider::Answer Billing(std::uint64_t tokens) {
  return [tokens](const EmbedRequest& request) {
    Result<EmbedReply> reply = FakeProvider::Right(request);
    reply->tokens = tokens * request.texts.size();
    return reply;
  };
}

struct BudgetRig {
  FakeProvider provider;
  Estimator estimator;
  std::vector<std::string> texts = {"some twenty bytes on"};

  Result<EmbedReply> Ask(WithBudget& budget) {
    const EmbedRequest request{.texts = texts, .task_type = {}};
    Result<EmbedReply> reply = budget.Embed(request, {});
    if (reply.ok() && reply->tokens) estimator.Learn(ShapeOf(texts.front()), *reply->tokens);
    return reply;
  }
};

TEST_CASE("budget: spends up to the cap and never above, then says so") {
  BudgetRig rig;
  rig.provider.Usually(Billing(5));
  WithBudget budget(rig.provider, Tokens(1'000), rig.estimator);
  std::uint64_t billed = 0;
  Result<EmbedReply> reply = rig.Ask(budget);
  for (; reply.ok(); reply = rig.Ask(budget)) billed += *reply->tokens;
  CHECK(billed <= 1'000);
  CHECK(billed >= 970);
  CHECK(reply.error().kind == ErrorKind::kLimit);
  CHECK_THAT(reply.error().message,
             ContainsSubstring("stopped before --max-cost $1000.00: spent $"));
  CHECK_THAT(reply.error().message, ContainsSubstring("would take it above"));
}

TEST_CASE("budget: before the first bill a text counts one token a byte") {
  BudgetRig rig;
  rig.provider.Usually(Billing(20));
  WithBudget tight(rig.provider, Tokens(21), rig.estimator);
  CHECK(rig.Ask(tight).error().kind == ErrorKind::kLimit);
  CHECK(rig.provider.calls().empty());
  WithBudget enough(rig.provider, Tokens(22), rig.estimator);
  CHECK(rig.Ask(enough).ok());
}

TEST_CASE("budget: after it has stopped a smaller request is not tried") {
  BudgetRig rig;
  WithBudget budget(rig.provider, Tokens(21), rig.estimator);
  CHECK_FALSE(rig.Ask(budget).ok());
  rig.texts = {"x"};
  CHECK(rig.Ask(budget).error().kind == ErrorKind::kLimit);
  CHECK(rig.provider.calls().empty());
}

TEST_CASE("budget: nothing allows nothing, unless it is free") {
  BudgetRig rig;
  WithBudget none(rig.provider, Tokens(0), rig.estimator);
  CHECK(rig.Ask(none).error().kind == ErrorKind::kLimit);
  WithBudget free(rig.provider, {.usd = 0, .usd_per_million_tokens = 0}, rig.estimator);
  CHECK(rig.Ask(free).ok());
}

TEST_CASE("budget: a refusal costs nothing, what may have been billed counts") {
  BudgetRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kRateLimited, .message = "slow down"}, 50);
  WithBudget budget(rig.provider, Tokens(50), rig.estimator);
  for (int i = 0; i < 50; ++i) CHECK(rig.Ask(budget).error().kind == ErrorKind::kRateLimited);
  rig.provider.ThenFail({.kind = ErrorKind::kTransient, .message = "timeout"}, 2);
  CHECK(rig.Ask(budget).error().kind == ErrorKind::kTransient);
  CHECK(rig.Ask(budget).error().kind == ErrorKind::kTransient);
  const auto stopped = rig.Ask(budget);
  CHECK(stopped.error().kind == ErrorKind::kLimit);
  CHECK_THAT(stopped.error().message,
             ContainsSubstring("of it $44.00 for requests without an answer"));
}

TEST_CASE("budget: waits for what requests in flight give back") {
  BudgetLedger ledger(Tokens(100));
  CHECK(ledger.Reserve(80, {}).ok());
  std::atomic<bool> reserved{false};
  std::jthread other([&] { reserved = ledger.Reserve(60, {}).ok(); });
  CHECK_FALSE(reserved);
  ledger.Settle(80, 40);
  other.join();
  CHECK(reserved);
}

TEST_CASE("budget: a wait ends when the run is to stop") {
  BudgetLedger ledger(Tokens(100));
  CHECK(ledger.Reserve(80, {}).ok());
  std::stop_source drain;
  std::jthread stopper([&] { drain.request_stop(); });
  const Status status = ledger.Reserve(60, {.drain = drain.get_token(), .abort = {}});
  CHECK(status.error().kind == ErrorKind::kInterrupted);
}

TEST_CASE("budget: many at once stay below the cap together") {
  BudgetRig rig;
  rig.provider.Usually(Billing(7));
  WithBudget budget(rig.provider, Tokens(2'000), rig.estimator);
  std::atomic<std::uint64_t> billed{0};
  CHECK(rig.Ask(budget).ok());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (Result<EmbedReply> reply = rig.Ask(budget); reply.ok(); reply = rig.Ask(budget)) {
          billed += *reply->tokens;
        }
      });
    }
  }
  CHECK(billed + 7 <= 2'000);
  CHECK(billed + 7 >= 1'900);
}

TEST_CASE("budget: a request that a stop kept from being sent costs nothing") {
  BudgetRig rig;
  rig.provider.ThenFail({.kind = ErrorKind::kInterrupted, .message = "waiting for its turn"}, 9);
  WithBudget budget(rig.provider, Tokens(43), rig.estimator);
  std::stop_source drain;
  drain.request_stop();
  const StopTokens drained{.drain = drain.get_token(), .abort = {}};
  for (int i = 0; i < 8; ++i) {
    CHECK(budget.Embed({.texts = rig.texts, .task_type = {}}, drained).error().kind ==
          ErrorKind::kInterrupted);
  }
  // Only an abort ends a request on its way.
  const StopTokens aborted{.drain = drain.get_token(), .abort = drain.get_token()};
  CHECK_FALSE(budget.Embed({.texts = rig.texts, .task_type = {}}, aborted).ok());
  CHECK_THAT(rig.Ask(budget).error().message,
             ContainsSubstring("of it $22.00 for requests without an answer"));
}

TEST_CASE("budget: the margin shrinks as estimates prove right, and grows when they do not") {
  EstimateMargin margin;
  const TextShape shape{.counts = {}, .texts = 0, .bytes = 4'000};
  CHECK(margin.Upper(1'000, shape) == 4'000);
  margin.Learn(1'000, 3'000);  // before anything was learned: says nothing
  CHECK(margin.Upper(1'000, shape) == 1'550);
  for (int i = 0; i < 99; ++i) margin.Learn(1'000, 1'000);
  CHECK(margin.Upper(1'000, shape) == 1'060);
  margin.Learn(1'000, 2'000);
  CHECK(margin.Upper(1'000, shape) > 2'000);
}

TEST_CASE("budget: the embedder stops a batch with the limit, what came before stays") {
  EmbedderRig rig;
  rig.provider.Usually(Billing(4));
  rig.options.budget = Tokens(10);
  CHECK(rig.Outcome({"abcdef"}) == "+");
  CHECK_THAT(rig.Outcome({"another text"}), ContainsSubstring("stopped before --max-cost"));
  CHECK(rig.sent() == 1);
}

}  // namespace
}  // namespace reembed
