#include "pass.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <vector>

namespace reembed {
namespace {

// Every worker holds one batch more. Enough to keep all of them busy, and little enough that many
// workers before a slow store do not fill the memory with vectors.
constexpr std::size_t kMostQueued = 8;

}  // namespace

Pass::Pass(const StrategyTools& tools, const CollectionPlan& plan, Journal& journal,
           DocumentLookup& lookup, WriteStage* writer, Tally& tally, const StopTokens& user)
    : tools_(tools),
      stop_(user),
      fetch_(lookup, tools.embedder, journal, tally, room_, plan.config,
             {tools.batch_limits, tools.counts_texts}),
      embed_(tools.embedder, {plan.config.task_type, plan.config.on_long_text}, journal, tally,
             room_, tools.gate),
      tally_(tally),
      write_(writer),
      batches_(std::min(tools.workers, kMostQueued)),
      ready_(std::min(tools.workers, kMostQueued)),
      on_limit_(tally.run_totals().limit_reached(), [this, &tally] {
        stop_.Fail(tally.run_totals().LimitError(), /*ends_run=*/true);
      }) {}

// The order matters: the writer ends when the queue is closed and drained, and the queue may be
// closed only when nobody can push any more.
CollectionEnd Pass::Run() {
  {
    std::jthread writer;
    Guard([&] { writer = std::jthread([this] { RunWrite(); }); });
    RunFetchAndEmbed();
    // A worker that failed has kept its turn; now it is the next collection's.
    tools_.gate.Leave(/*proved=*/false);
    ready_.Close();
  }
  stop_.Rethrow();
  CollectionEnd end;
  end.error = stop_.first_error();
  end.ends_run = stop_.ends_run();
  // After a stop, batches and documents may have been left in the queues.
  end.complete = !end.error && fetch_.complete() && !stop_.tokens().drain.stop_requested();
  return end;
}

void Pass::RunFetchAndEmbed() {
  std::jthread fetcher;
  std::vector<std::jthread> workers;
  Guard([&] {
    fetcher = std::jthread([this] { RunFetch(); });
    while (workers.size() < tools_.workers) workers.emplace_back([this] { RunEmbed(); });
  });
}

void Pass::RunFetch() {
  Guard([this] {
    const Status status = fetch_.Run(batches_, ready_, stop_.tokens());
    if (!status.ok()) stop_.Fail(status.error(), EndsRun(status.error().kind));
  });
  batches_.Close();
}

void Pass::RunEmbed() {
  Guard([this] {
    const Status status = embed_.Run(batches_, ready_, stop_.tokens());
    if (!status.ok()) stop_.Fail(status.error(), /*ends_run=*/true);
  });
}

void Pass::RunWrite() {
  Guard([this] {
    if (write_ == nullptr) return LeaveInJournal();
    const Status status = write_->Run(ready_, stop_.tokens());
    if (status.ok()) return;
    stop_.Fail(status.error(), write_->read_back_differed() || EndsRun(status.error().kind));
  });
  // Nobody pops any more: a worker must not wait for room.
  ready_.Close();
}

// They are there already; only how many counts.
void Pass::LeaveInJournal() {
  while (const auto ready = ready_.Pop(stop_.tokens().abort)) tally_.AddPhaseDone(ready->size());
}

// No exception may leave a thread; it is kept for the one that joins them all.
void Pass::Guard(const std::function<void()>& part) {
  try {
    part();
  } catch (...) {
    stop_.Throw(std::current_exception());
  }
}

}  // namespace reembed
