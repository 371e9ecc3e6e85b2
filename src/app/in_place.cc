#include "in_place.h"

#include <algorithm>
#include <functional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "batch_limits.h"
#include "embed_stage.h"
#include "fetch_stage.h"
#include "stage.h"
#include "write_stage.h"

namespace reembed {
namespace {

// Every worker holds one batch more. Enough to keep all of them busy, and little enough that many
// workers before a slow store do not fill the memory with vectors.
constexpr std::size_t kMostQueued = 8;

// The store being away concerns every collection; a refusal only this one.
bool StoreErrorEndsRun(ErrorKind kind) {
  return kind != ErrorKind::kRefused && kind != ErrorKind::kNotFound;
}

// The journal knows every document of an earlier page, so a pass that starts again skips them.
FetchSpec SpecFor(const CollectionPlan& plan, const Journal& journal) {
  return {plan.collection, plan.config.text.fields, plan.config.filter_by,
          [&journal](std::string_view id) { return journal.Knows(id); }};
}

// The three stages of one collection and the two queues between them.
class Pipeline {
 public:
  Pipeline(const StrategyTools& tools, const CollectionPlan& plan, Tally& tally,
           const StopTokens& user)
      : tools_(tools),
        stop_(user),
        journal_(tools.make_journal(plan)),
        fetcher_(tools.reader.MakeFetcher(SpecFor(plan, *journal_))),
        updater_(tools.writer.MakeUpdater(
            {plan.collection, plan.config.embedding_field, plan.nested_field})),
        fetch_(*fetcher_, tools.embedder, *journal_, tally, plan.config,
               Batcher(tools.batch_limits, kFirstBatch)),
        embed_(tools.embedder, {plan.config.task_type, plan.config.on_long_text}, *journal_, tally,
               tools.gate),
        write_({*updater_, tools.reader, tools.backlog, *journal_, tally, tools.clock}, plan,
               tools.request_size),
        batches_(std::min(tools.workers, kMostQueued)),
        ready_(std::min(tools.workers, kMostQueued)),
        on_limit_(tally.run_totals().limit_reached(), [this, &tally] {
          stop_.Fail(tally.run_totals().LimitError(), /*ends_run=*/true);
        }) {}

  // Throws what a stage threw. The order matters: the writer ends when the queue is closed and
  // drained, and the queue may be closed only when no worker can push any more.
  void Run() {
    std::vector<std::jthread> ends;
    std::vector<std::jthread> workers;
    Guard([&] {
      ends.emplace_back([this] { RunFetch(); });
      ends.emplace_back([this] { RunWrite(); });
      while (workers.size() < tools_.workers) workers.emplace_back([this] { RunEmbed(); });
    });
    workers.clear();
    // A worker that failed has kept its turn; now it is the next collection's.
    tools_.gate.Leave(/*proved=*/false);
    ready_.Close();
    ends.clear();
    stop_.Rethrow();
  }

  CollectionEnd End(const Tally& tally) const {
    CollectionEnd end;
    end.error = stop_.first_error();
    end.ends_run = stop_.ends_run();
    end.complete = !end.error && fetch_.taken() == tally.counts().count() && fetch_.complete();
    return end;
  }

 private:
  void RunFetch() {
    Guard([this] {
      const Status status = fetch_.Run(tools_.limit, batches_, stop_.tokens());
      if (!status.ok()) stop_.Fail(status.error(), StoreErrorEndsRun(status.error().kind));
    });
    batches_.Close();
  }

  void RunEmbed() {
    Guard([this] {
      const Status status = embed_.Run(batches_, ready_, stop_.tokens());
      if (!status.ok()) stop_.Fail(status.error(), /*ends_run=*/true);
    });
  }

  void RunWrite() {
    Guard([this] {
      const Status status = write_.Run(ready_, stop_.tokens());
      if (status.ok()) return;
      stop_.Fail(status.error(),
                 write_.read_back_differed() || StoreErrorEndsRun(status.error().kind));
    });
    // Nobody pops any more: a worker must not wait for room.
    ready_.Close();
  }

  // No exception may leave a thread; it is kept for the one that joins them all.
  void Guard(const std::function<void()>& part) {
    try {
      part();
    } catch (...) {
      stop_.Throw(std::current_exception());
    }
  }

  const StrategyTools& tools_;
  StageStop stop_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<DocumentFetcher> fetcher_;
  std::unique_ptr<DocumentUpdater> updater_;
  FetchStage fetch_;
  EmbedStage embed_;
  WriteStage write_;
  BoundedQueue<Batch> batches_;
  ReadyQueue ready_;
  std::stop_callback<std::function<void()>> on_limit_;
};

}  // namespace

CollectionEnd InPlaceStrategy::Run(const CollectionPlan& plan, Tally& tally,
                                   const StopTokens& stop) {
  Pipeline pipeline(tools_, plan, tally, stop);
  pipeline.Run();
  return pipeline.End(tally);
}

}  // namespace reembed
