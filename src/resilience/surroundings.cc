#include "src/resilience/surroundings.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace reembed {
namespace {

constexpr Millis kWorthShowing{1'000};

Millis::rep RoundedUp(Millis duration, Millis::rep unit) {
  return (duration.count() + unit - 1) / unit;
}

/// As the flag takes it, never less than `duration`.
std::string AsFlag(Millis duration) {
  if (duration >= std::chrono::hours(2)) return fmt::format("{}h", RoundedUp(duration, 3'600'000));
  if (duration >= std::chrono::minutes(2)) return fmt::format("{}m", RoundedUp(duration, 60'000));
  return fmt::format("{}s", RoundedUp(duration, 1'000));
}

}  // namespace

std::string LabelOf(const ProviderProperties& properties) {
  return fmt::format("{} ({})", properties.name, properties.endpoint);
}

Status Wait(const Surroundings& surroundings, Millis duration, std::string_view why,
            const StopTokens& stop) {
  if (duration <= Millis(0)) return {};
  std::optional<WaitNotice> notice;
  if (duration >= kWorthShowing) {
    notice.emplace(surroundings.activity, fmt::format("{}: {}", why, InSeconds(duration)));
  }
  if (surroundings.clock.SleepFor(duration, stop.drain)) return {};
  return Interrupted(why);
}

Error Interrupted(std::string_view what) {
  return Error{.kind = ErrorKind::kInterrupted,
               .message = fmt::format("stopped while waiting ({})", what)};
}

std::string InSeconds(Millis duration) {
  return fmt::format("{} s", RoundedUp(duration, 1'000));
}

Error WaitTooLong(const Surroundings& surroundings, const Error& cause, Millis wait,
                  Millis max_wait) {
  return Error{
      .kind = ErrorKind::kWaitTooLong,
      .message = fmt::format("{}; it resets at {} (in {}), later than --max-wait {} allows: run "
                             "again then, or wait for it with --max-wait {}",
                             cause.message, IsoTime(surroundings.clock.Wall() + wait),
                             InSeconds(wait), AsFlag(max_wait), AsFlag(wait)),
      .retry_after = wait};
}

}  // namespace reembed
