#include "reembed/base/clock.h"

#include <fmt/chrono.h>

#include <memory>
#include <random>

#include "reembed/base/mutex.h"

namespace reembed {
namespace {

struct SharedEngine {
  Mutex mutex;
  std::mt19937_64 engine REEMBED_GUARDED_BY(mutex){std::random_device{}()};
};

}  // namespace

SteadyTime SystemClock::Now() const {
  return std::chrono::steady_clock::now();
}

WallTime SystemClock::Wall() const {
  return std::chrono::system_clock::now();
}

bool SystemClock::SleepFor(Millis duration, std::stop_token stop) {
  Mutex mutex;
  CondVar condition;
  MutexLock lock(mutex);
  condition.wait_for(mutex, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

Jitter RandomJitter() {
  auto shared = std::make_shared<SharedEngine>();
  return [shared] {
    MutexLock lock(shared->mutex);
    return std::uniform_real_distribution<double>(0.0, 1.0)(shared->engine);
  };
}

std::string IsoTime(WallTime time) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

}  // namespace reembed
