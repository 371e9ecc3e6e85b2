#include "progress_bar.h"

#include <fmt/format.h>

#include <algorithm>

#include "progress.h"
#include "reembed/base/text.h"
#include "terminal.h"

namespace reembed {
namespace {

constexpr std::size_t kMostCells = 20;
constexpr std::size_t kFewestCells = 5;
constexpr std::size_t kFrame = 3;  // a space and two bars around the cells

std::string Head(const Progress& progress) {
  const auto percent = PercentDone(progress);
  return percent ? fmt::format("{} {:3}%", progress.collection, *percent)
                 : fmt::format("{}   ?%", progress.collection);
}

std::string Tail(const Progress& progress) {
  const std::string total = progress.total == 0 ? "?" : std::to_string(progress.total);
  const std::string waiting = progress.waiting_for.empty() ? "" : " " + progress.waiting_for;
  return fmt::format("  {}/{} [{}<{}, {:.1f} docs/s, {} failed]{}", progress.done, total,
                     DurationText(progress.elapsed_seconds), DurationText(SecondsLeft(progress)),
                     progress.documents_per_second, progress.failed, waiting);
}

std::string Cells(const Progress& progress, std::size_t cells) {
  const auto percent = static_cast<std::size_t>(PercentDone(progress).value_or(0));
  const std::size_t filled = cells * percent / 100;
  return fmt::format(" |{:#<{}}{:-<{}}|", "", filled, "", cells - filled);
}

class ProgressBar final : public ProgressDisplay {
 public:
  explicit ProgressBar(Terminal& terminal) : terminal_(terminal) {}

  void Show(const Progress& progress) override {
    // Cleaned before it is cut: a cut could leave half a key that is no longer recognised.
    Progress clean = progress;
    clean.collection = terminal_.Clean(progress.collection);
    clean.waiting_for = terminal_.Clean(progress.waiting_for);
    // The last column stays free: some terminals wrap as soon as it is written.
    terminal_.SetStatus(FormatBar(clean, std::max<std::size_t>(terminal_.width(), 2) - 1));
  }
  void Clear() override { terminal_.SetStatus(""); }

 private:
  Terminal& terminal_;
};

}  // namespace

std::string FormatBar(const Progress& progress, std::size_t width) {
  const std::string head = Head(progress);
  const std::string tail = Tail(progress);
  const std::size_t used = head.size() + tail.size() + kFrame;
  const std::size_t cells = std::min(width > used ? width - used : 0, kMostCells);
  const std::string bar = cells < kFewestCells ? "" : Cells(progress, cells);
  return std::string(Utf8Prefix(head + bar + tail, width));
}

std::unique_ptr<ProgressDisplay> MakeProgressBar(Terminal& terminal) {
  return std::make_unique<ProgressBar>(terminal);
}

}  // namespace reembed
