#include "tally.h"

#include <fmt/format.h>

#include <algorithm>

namespace reembed {
namespace {

// A misspelled field fails every document: nobody reads a hundred thousand lines of that.
constexpr std::size_t kMostWarnings = 20;

}  // namespace

void RunTotals::Add(std::uint64_t finished, std::int64_t failed) {
  bool reached = false;
  {
    MutexLock lock(mutex_);
    finished_ += finished;
    failed_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(failed_) + failed);
    reached = limit_.Reached(failed_, finished_);
  }
  // Without the lock: whoever listens may ask for LimitError().
  if (reached) reached_.request_stop();
}

Error RunTotals::LimitError() const {
  MutexLock lock(mutex_);
  return Error{
      .kind = ErrorKind::kLimit,
      .message = fmt::format("stopped after {} failed documents (--max-failures)", failed_)};
}

void Tally::Count(const DocumentOutcome& outcome) {
  switch (outcome.state) {
    case DocumentState::kWritten:
      ++counts_.success;
      if (!outcome.truncated) break;
      ++truncated_;
      if (truncated_ids_.size() < kMaxListed) truncated_ids_.push_back(outcome.id);
      break;
    case DocumentState::kDeleted:
      ++counts_.deleted;
      break;
    case DocumentState::kSkipped:
      ++counts_.skipped;
      break;
    case DocumentState::kFailed:
      ++counts_.failed;
      if (failures_.size() < kMaxListed) failures_.push_back(outcome.failure);
      break;
    case DocumentState::kUpToDate:
      ++counts_.up_to_date;
      break;
    case DocumentState::kPending:
    case DocumentState::kEmbedded:
      break;
  }
}

void Tally::TakeBack(const std::string& id, DocumentState before) {
  switch (before) {
    case DocumentState::kWritten:
      --counts_.success;
      // The list may be cut, so the count of what it would hold is kept by what it does hold.
      if (std::erase(truncated_ids_, id) > 0) --truncated_;
      break;
    case DocumentState::kDeleted:
      --counts_.deleted;
      break;
    case DocumentState::kSkipped:
      --counts_.skipped;
      break;
    case DocumentState::kFailed:
      --counts_.failed;
      std::erase_if(failures_, [&](const Failure& failure) { return failure.id == id; });
      break;
    case DocumentState::kUpToDate:
      --counts_.up_to_date;
      break;
    case DocumentState::kPending:
    case DocumentState::kEmbedded:
      break;
  }
}

void Tally::AddUpToDate(std::uint64_t documents) {
  {
    MutexLock lock(mutex_);
    counts_.up_to_date += documents;
  }
  totals_.Add(documents, 0);
}

void Tally::LogFailure(const Failure& failure) {
  std::size_t number = 0;
  {
    MutexLock lock(mutex_);
    number = ++told_;
  }
  const std::string line =
      fmt::format("{}: document '{}' failed: {}/{}: {}", collection_, failure.id,
                  ToString(failure.stage), ToString(failure.kind), failure.message);
  log_.Write(number <= kMostWarnings ? LogLevel::kWarning : LogLevel::kInfo, line);
  if (number != kMostWarnings) return;
  log_.Warning(
      fmt::format("{}: further failures are in the report (--report FILE) and, with -v, in the log",
                  collection_));
}

void Tally::Record(std::span<const DocumentOutcome> outcomes,
                   std::span<const std::optional<DocumentState>> before) {
  std::uint64_t first_time = 0;
  std::int64_t failed = 0;
  {
    MutexLock lock(mutex_);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (before[i]) TakeBack(outcomes[i].id, *before[i]);
      if (!before[i]) ++first_time;
      if (before[i] == DocumentState::kFailed) --failed;
      if (outcomes[i].state == DocumentState::kFailed) ++failed;
      Count(outcomes[i]);
    }
  }
  // Without the lock: the log may wait for the disk, and the progress display asks for counts.
  for (const DocumentOutcome& outcome : outcomes) {
    if (outcome.state == DocumentState::kFailed) LogFailure(outcome.failure);
  }
  totals_.Add(first_time, failed);
}

void Tally::Correct(std::span<const CorrectedOutcome> outcomes) {
  std::int64_t failed = 0;
  {
    MutexLock lock(mutex_);
    for (const CorrectedOutcome& outcome : outcomes) {
      TakeBack(outcome.id, outcome.before);
      Count({.id = outcome.id, .state = outcome.after});
      if (outcome.before == DocumentState::kFailed) --failed;
    }
  }
  totals_.Add(0, failed);
}

void Tally::BeginPhase(std::string name, std::uint64_t total) {
  MutexLock lock(mutex_);
  phase_ = {std::move(name), 0, total};
}

void Tally::AddPhaseDone(std::uint64_t documents) {
  MutexLock lock(mutex_);
  if (phase_) phase_->done += documents;
}

std::optional<Tally::Phase> Tally::phase() const {
  MutexLock lock(mutex_);
  return phase_;
}

Counts Tally::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

void Tally::FillIn(CollectionReport& report) const {
  MutexLock lock(mutex_);
  report.counts = counts_;
  report.failures = failures_;
  report.failures_total = counts_.failed;
  report.truncated = truncated_;
  report.truncated_ids = truncated_ids_;
}

}  // namespace reembed
