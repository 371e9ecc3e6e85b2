#include "in_place.h"

#include <atomic>
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

// The store being away, or a limit, concerns every collection; a refusal only this one.
bool StoreErrorEndsRun(ErrorKind kind) {
  return kind != ErrorKind::kRefused && kind != ErrorKind::kNotFound;
}

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
        write_(*updater_, tools.reader, plan, tools.request_size, *journal_, tally, tools.clock),
        batches_(tools.workers),
        ready_(tools.workers) {}

  void Run() {
    std::jthread fetch([this] { RunFetch(); });
    std::jthread write([this] { RunWrite(); });
    {
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < tools_.workers; ++i) workers.emplace_back([this] { RunEmbed(); });
    }
    ready_.Close();
  }

  CollectionEnd End(const Tally& tally) const {
    CollectionEnd end;
    end.error = stop_.first_error();
    end.ends_run = ends_run_;
    end.complete = !end.error && fetch_.taken() == tally.counts().count() && fetch_.complete();
    return end;
  }

 private:
  void RunFetch() {
    const Status status = fetch_.Run(tools_.limit, batches_, stop_.tokens());
    if (!status.ok()) Fail(status.error(), StoreErrorEndsRun(status.error().kind));
    batches_.Close();
  }

  void RunEmbed() {
    const Status status = embed_.Run(batches_, ready_, stop_.tokens());
    if (!status.ok()) Fail(status.error(), /*ends_run=*/true);
  }

  void RunWrite() {
    const Status status = write_.Run(ready_, stop_.tokens());
    if (!status.ok()) {
      Fail(status.error(), write_.read_back_differed() || StoreErrorEndsRun(status.error().kind));
    }
    // Nobody pops any more: a worker must not wait for room.
    ready_.Close();
  }

  void Fail(const Error& error, bool ends_run) {
    if (stop_.Fail(error) && ends_run) ends_run_ = true;
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
  std::atomic<bool> ends_run_ = false;
};

}  // namespace

CollectionEnd InPlaceStrategy::Run(const CollectionPlan& plan, Tally& tally,
                                   const StopTokens& stop) {
  Pipeline pipeline(tools_, plan, tally, stop);
  pipeline.Run();
  return pipeline.End(tally);
}

}  // namespace reembed
