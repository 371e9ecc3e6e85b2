#include "progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "progress_bar.h"
#include "progress_lines.h"
#include "terminal.h"

namespace reembed {
namespace {

class NoProgress final : public ProgressDisplay {
 public:
  void Show(const Progress&) override {}
  void Clear() override {}
};

}  // namespace

std::unique_ptr<ProgressDisplay> MakeProgress(ProgressStyle style, Terminal& terminal) {
  switch (style) {
    case ProgressStyle::kBar:
      return MakeProgressBar(terminal);
    case ProgressStyle::kPlain:
      return MakeProgressLines(terminal);
    case ProgressStyle::kNone:
      return std::make_unique<NoProgress>();
    case ProgressStyle::kAuto:
      break;
  }
  return terminal.interactive() ? MakeProgressBar(terminal) : MakeProgressLines(terminal);
}

std::optional<int> PercentDone(const Progress& progress) {
  if (progress.total == 0) return std::nullopt;
  if (progress.done >= progress.total) return 100;
  const double percent =
      static_cast<double>(progress.done) * 100.0 / static_cast<double>(progress.total);
  return std::min(static_cast<int>(percent), 99);
}

std::string DurationText(std::optional<double> seconds) {
  constexpr double kNonsense = 1e9;
  if (!seconds || !(*seconds >= 0 && *seconds < kNonsense)) return "?";
  const auto whole = static_cast<std::uint64_t>(std::llround(*seconds));
  const std::uint64_t hours = whole / 3600;
  const std::string rest = fmt::format("{:02}:{:02}", whole / 60 % 60, whole % 60);
  return hours == 0 ? rest : fmt::format("{}:{}", hours, rest);
}

std::optional<double> SecondsLeft(const Progress& progress) {
  if (progress.total == 0) return std::nullopt;
  if (progress.done >= progress.total) return 0.0;
  if (progress.seconds_left) return progress.seconds_left;
  if (!(progress.documents_per_second > 0)) return std::nullopt;
  return static_cast<double>(progress.total - progress.done) / progress.documents_per_second;
}

}  // namespace reembed
