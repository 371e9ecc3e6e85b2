#pragma once

#include <cstddef>
#include <cstdint>

#include "reembed/base/mutex.h"
#include "reembed/ports/provider.h"
#include "src/resilience/budget.h"
#include "src/resilience/estimator.h"

namespace reembed {

/// What is spent and what may still be, in tokens. Before a request its upper estimate is reserved;
/// afterwards its bill takes the place of that. The first request that does not fit, whatever those
/// in flight give back, ends the spending for good: a smaller one is not tried, so that a run stops
/// at one place. What costs nothing always fits. Thread-safe.
class BudgetLedger {
 public:
  explicit BudgetLedger(const Budget& budget) : budget_(budget) {}

  /// Waits while requests in flight may give back enough. Errors: kLimit, `stopped before
  /// --max-cost …`; kInterrupted while waiting.
  Status Reserve(std::uint64_t upper, const StopTokens& stop);

  /// A request of Reserve(upper) was billed.
  void Settle(std::uint64_t upper, std::uint64_t billed);
  /// It was not billed.
  void GiveBack(std::uint64_t upper);
  /// Nobody knows whether it was billed: it counts as if it were, in full.
  void MaybeBilled(std::uint64_t upper);

 private:
  enum class Room : std::uint8_t { kYes, kLater, kNo };
  Room RoomFor(std::uint64_t upper) const REEMBED_REQUIRES(mutex_);
  double Usd(std::uint64_t tokens) const;
  Error Stopped(std::uint64_t upper) const REEMBED_REQUIRES(mutex_);

  const Budget budget_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::uint64_t billed_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::uint64_t maybe_billed_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::uint64_t reserved_ REEMBED_GUARDED_BY(mutex_) = 0;
  bool exhausted_ REEMBED_GUARDED_BY(mutex_) = false;
};

/// By how much a bill may exceed its estimate. Before the first bill nothing is known, so that a
/// text counts one token a byte (no byte-level vocabulary makes more); then what the latest bills
/// have shown, and a margin that shrinks with their number. Thread-safe.
class EstimateMargin {
 public:
  std::uint64_t Upper(std::uint64_t estimated, const TextShape& shape) const;
  void Learn(std::uint64_t estimated, std::uint64_t billed);

 private:
  mutable Mutex mutex_;
  std::uint64_t bills_ REEMBED_GUARDED_BY(mutex_) = 0;
  double worst_ REEMBED_GUARDED_BY(mutex_) = 1;  // billed / estimated; old ones fade
};

/// Sends a request only when its cost fits into what is left. Sits inside the retry, so that every
/// attempt counts, and before the rate limit, so that no permit waits for money.
/// Where the provider states no bill the estimate counts as one. Of what fails, refusals and
/// requests that reached nobody cost nothing; a timeout, a cut or unusable answer and an
/// abort may have been billed and count as spent.
/// Errors: as the provider's; kLimit when the next request would take the cost above the cap.
class WithBudget final : public Provider {
 public:
  /// `inner` and `estimator` outlive this object.
  WithBudget(Provider& inner, const Budget& budget, const Estimator& estimator)
      : inner_(inner), estimator_(estimator), ledger_(budget) {}

  const ProviderProperties& properties() const override { return inner_.properties(); }
  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override;

 private:
  Provider& inner_;
  const Estimator& estimator_;
  BudgetLedger ledger_;
  EstimateMargin margin_;
};

}  // namespace reembed
