#include "write_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "read_back.h"

#include "stage.h"

namespace reembed {
namespace {

DocumentOutcome ToOutcome(const ReadyDocument& document, UpdateOutcome&& result) {
  switch (result.state) {
    case UpdateState::kWritten:
      return {.id = document.id,
              .state = DocumentState::kWritten,
              .failure = {},
              .truncated = document.truncated,
              .spelling = result.spelling};
    case UpdateState::kDeleted:
      return {.id = document.id, .state = DocumentState::kDeleted};
    case UpdateState::kRejected:
      break;
  }
  return {
      .id = document.id,
      .state = DocumentState::kFailed,
      .failure = {document.id, Stage::kUpdate, FailureKind::kRejected, std::move(result.message)}};
}

}  // namespace

Status WriteStage::ReadBack(const ReadyDocument& document, const StopTokens& stop) {
  const auto found =
      ReadVectorBack(parts_.reader, parts_.clock, plan_.collection, plan_.config.embedding_field,
                     document.id, *document.vector, stop);
  if (!found.ok()) return found.error();
  proved_ = *found == reembed::ReadBack::kHeld;
  if (*found != reembed::ReadBack::kDiffers) return {};
  read_back_differed_ = true;
  return Error{
      .kind = ErrorKind::kRefused,
      .message = fmt::format(
          "document '{}' of {} was written first and does not hold the vector that was "
          "sent; stopped before writing another. Look for a proxy that alters requests, or "
          "for an application that writes field `{}` as well",
          document.id, plan_.collection, plan_.config.embedding_field)};
}

void WriteStage::Steer(std::size_t sent, SteadyTime started) {
  if (!plan_.indexed) return;
  const auto elapsed = std::chrono::duration_cast<Millis>(parts_.clock.Now() - started);
  size_ = NextRequestSize(rule_, size_, sent, elapsed);
}

Status WriteStage::WriteSome(const StopTokens& stop) {
  const std::size_t count = std::min(proved_ ? size_ : 1, waiting_.size());
  std::vector<ReadyDocument> request(
      std::make_move_iterator(waiting_.begin()),
      std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(count)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  parts_.backlog.Pause(stop);
  const SteadyTime started = parts_.clock.Now();
  auto results = parts_.updater.Apply(request, stop);
  if (!results.ok()) return results.error();
  if (proved_) Steer(count, started);
  std::vector<DocumentOutcome> outcomes;
  for (std::size_t i = 0; i < count; ++i) {
    outcomes.push_back(ToOutcome(request[i], std::move((*results)[i])));
  }
  // Before it is called a success: what the store does not hold is not written.
  if (!proved_ && outcomes.front().state == DocumentState::kWritten) {
    if (auto status = ReadBack(request.front(), stop); !status.ok()) return status;
  }
  return RecordOutcomes(parts_.journal, parts_.tally, outcomes);
}

Status WriteStage::Run(ReadyQueue& in, const StopTokens& stop) {
  while (true) {
    auto more = waiting_.size() < size_ ? (waiting_.empty() ? in.Pop(stop.abort) : in.TryPop())
                                        : std::nullopt;
    if (more) {
      std::move(more->begin(), more->end(), std::back_inserter(waiting_));
    } else if (waiting_.empty()) {
      return {};
    } else if (auto status = WriteSome(stop); !status.ok()) {
      return status;
    }
  }
}

}  // namespace reembed
