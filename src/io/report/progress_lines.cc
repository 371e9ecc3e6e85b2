#include "progress_lines.h"

#include <fmt/format.h>

#include "progress.h"
#include "reembed/base/mutex.h"
#include "terminal.h"

namespace reembed {
namespace {

class ProgressLines final : public ProgressDisplay {
 public:
  explicit ProgressLines(Terminal& terminal) : terminal_(terminal) {}

  void Show(const Progress& progress) override {
    if (IsDue(progress)) terminal_.PrintLine(FormatLine(progress));
  }
  void Clear() override {}

 private:
  bool IsDue(const Progress& progress) {
    MutexLock lock(mutex_);
    if (progress.collection != collection_) {
      collection_ = progress.collection;
      last_ = 0;
    }
    if (progress.elapsed_seconds - last_ < kLineInterval) return false;
    last_ = progress.elapsed_seconds;
    return true;
  }

  Terminal& terminal_;
  Mutex mutex_;
  std::string collection_ REEMBED_GUARDED_BY(mutex_);
  double last_ REEMBED_GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::string FormatLine(const Progress& progress) {
  const auto percent = PercentDone(progress);
  std::string line = percent ? fmt::format("{}: {} of {} documents ({}%)", progress.collection,
                                           progress.done, progress.total, *percent)
                             : fmt::format("{}: {} documents", progress.collection, progress.done);
  line += fmt::format(", {} failed, {:.1f} docs/s, {} elapsed, {} left", progress.failed,
                      progress.documents_per_second, DurationText(progress.elapsed_seconds),
                      DurationText(SecondsLeft(progress)));
  if (!progress.waiting_for.empty()) line += "; " + progress.waiting_for;
  return line;
}

std::unique_ptr<ProgressDisplay> MakeProgressLines(Terminal& terminal) {
  return std::make_unique<ProgressLines>(terminal);
}

}  // namespace reembed
