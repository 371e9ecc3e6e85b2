#include "kill_shooter.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "kill_application.h"
#include "reembed/base/mutex.h"

namespace reembed::testing {
namespace {

using Seconds = std::chrono::duration<double>;
using sandbox::Moment;

constexpr Millis kPoll{1};
constexpr std::size_t kSoon = 8;  // requests after a step
// Of a start: settings, journal, plan.
constexpr Seconds kColdTime{0.1};
constexpr std::size_t kColdRequests = 12;
// Of the work of a run that was killed; the rest is done again.
constexpr double kKept = 0.7;

bool IsOfProgram(const std::string&, const std::string& target) {
  return !MarkedClient::IsMarked(target);
}

// Drop, add, clone, metadata, switch.
bool IsStep(const std::string& method, const std::string& target) {
  if (!IsOfProgram(method, target)) return false;
  if (method == "PUT") return target.starts_with("/aliases");
  const bool schema = method == "PATCH" || method == "POST";
  return schema && target.starts_with("/collections") &&
         target.find("/documents") == std::string::npos;
}

std::size_t Less(std::size_t a, std::size_t b) {
  return a > b ? a - b : 0;
}

}  // namespace

/// Hooks run on the server's threads: before the program is known, and after it has ended.
class Shooter::Trigger {
 public:
  void Aim(const Process& process) {
    MutexLock lock(mutex_);
    process_ = &process;
    if (pulled_) process_->Signal(SIGKILL);
  }
  void Pull() {
    MutexLock lock(mutex_);
    pulled_ = true;
    if (process_ != nullptr) process_->Signal(SIGKILL);
  }
  void LowerArm() {
    MutexLock lock(mutex_);
    process_ = nullptr;
  }

 private:
  Mutex mutex_;
  const Process* process_ REEMBED_GUARDED_BY(mutex_) = nullptr;
  bool pulled_ REEMBED_GUARDED_BY(mutex_) = false;
};

Shot Shooter::Shoot(const std::vector<std::string>& arguments, const Effort& left) {
  DrawFault();
  stage_.typesense().ClearRequests();
  const auto& history = stage_.sandbox().provider().history();
  const std::size_t asked = history.request_count();
  const auto trigger = std::make_shared<Trigger>();
  const Point point = DrawPoint(trigger, left);
  const auto process = stage_.Start(arguments);
  trigger->Aim(*process);
  SystemClock clock;
  const SteadyTime begun = clock.Now();
  const auto reached = [&] {
    return clock.Now() - begun >= point.latest || history.request_count() - asked >= point.question;
  };
  while (!process->HasEnded() && !reached()) clock.SleepFor(kPoll, {});
  trigger->Pull();
  trigger->LowerArm();
  stage_.typesense().controls().hooks().Clear();
  return Finish(*process, begun, asked);
}

Shooter::Point Shooter::DrawPoint(const std::shared_ptr<Trigger>& trigger, const Effort& left) {
  const double share = static_cast<double>(random_()) / 4294967296.0;
  // Some requests do not come any more: then it is the time as well.
  Point point{left.time * (0.5 + share / 2), std::numeric_limits<std::size_t>::max()};
  switch (UpTo(random_, 5)) {
    case 0:
    case 1:
      point.latest = left.time * share;
      break;
    case 2:
      point.question = 1 + UpTo(random_, left.provider_requests);
      break;
    case 3:
      PullAt(trigger, IsOfProgram, 1 + UpTo(random_, left.store_requests));
      break;
    case 4:
      PullAt(trigger, IsStep, 1 + UpTo(random_, Less(left.steps, 1)));
      break;
    default:
      PullAfterStep(trigger, 1 + UpTo(random_, Less(left.steps, 1)), 1 + UpTo(random_, kSoon));
      break;
  }
  return point;
}

// Before the effect of this request, or after it.
void Shooter::PullAt(const std::shared_ptr<Trigger>& trigger, const sandbox::RequestTest& test,
                     std::size_t nth) {
  auto& hooks = stage_.typesense().controls().hooks();
  const auto number = static_cast<int>(nth);
  const bool before = UpTo(random_, 1) == 0;
  hooks.On(test, before ? Moment::kArrived : Moment::kAnswered, [trigger, number](int seen) {
    if (seen == number) trigger->Pull();
  });
  if (before) hooks.LoseRequest(test, number);
}

// So many requests later: what follows a step may be over too soon to be hit at a time.
void Shooter::PullAfterStep(const std::shared_ptr<Trigger>& trigger, std::size_t nth,
                            std::size_t later) {
  auto& hooks = stage_.typesense().controls().hooks();
  const auto passed = std::make_shared<std::atomic<bool>>(false);
  hooks.On(IsStep, Moment::kAnswered, [passed, number = static_cast<int>(nth)](int seen) {
    if (seen == number) *passed = true;
  });
  const auto further = std::make_shared<std::atomic<std::size_t>>(0);
  hooks.On(IsOfProgram, Moment::kArrived, [trigger, passed, further, later](int) {
    if (*passed && ++*further == later) trigger->Pull();
  });
}

Shot Shooter::LetThrough(const std::vector<std::string>& arguments) {
  const SystemClock clock;
  stage_.typesense().ClearRequests();
  const std::size_t asked = stage_.sandbox().provider().history().request_count();
  const auto begun = clock.Now();
  const auto process = stage_.Start(arguments);
  return Finish(*process, begun, asked);
}

Shot Shooter::Finish(Process& process, SteadyTime begun, std::size_t asked_before) {
  Shot shot;
  shot.ended = process.Wait();
  shot.hit = shot.ended.exit_code == 128 + SIGKILL;
  shot.spent = SpentSince(begun, asked_before);
  const auto requests = stage_.sandbox().provider().requests();
  for (std::size_t i = std::min(asked_before, requests.size()); i < requests.size(); ++i) {
    shot.largest_request = std::max(shot.largest_request, requests[i].text_count);
  }
  return shot;
}

Effort Shooter::SpentSince(SteadyTime begun, std::size_t asked_before) {
  Effort spent;
  for (const auto& request : stage_.typesense().requests()) {
    spent.store_requests += IsOfProgram(request.method, request.target) ? 1U : 0U;
    spent.steps += IsStep(request.method, request.target) ? 1U : 0U;
  }
  spent.time = SystemClock().Now() - begun;
  spent.provider_requests = stage_.sandbox().provider().history().request_count() - asked_before;
  return spent;
}

Effort Shooter::After(const Effort& left, const Effort& spent) {
  return {std::max(left.time - kKept * spent.time, Seconds(0)) + kColdTime,
          Less(left.store_requests, spent.store_requests) + kColdRequests,
          Less(left.provider_requests, spent.provider_requests) + 1, Less(left.steps, spent.steps)};
}

void Shooter::DrawFault() {
  auto& controls = stage_.typesense().controls();
  switch (UpTo(random_, 5)) {
    case 0:
      controls.AnswerNotReady(1);
      break;
    case 1:
      controls.DropConnectionAfterNextImport();
      break;
    case 2:
      controls.CutNextExport(UpTo(random_, 1000));
      break;
    default:
      break;
  }
}

}  // namespace reembed::testing
