#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "reembed/base/clock.h"
#include "reembed/ports/log.h"

namespace reembed {

/// Says at the end of its scope how long a stage of a strategy took: `orders: write took 1.234 s`,
/// at level info.
class Stopwatch {
 public:
  Stopwatch(const Clock& clock, Log& log, std::string collection, std::string stage)
      : clock_(clock),
        log_(log),
        collection_(std::move(collection)),
        stage_(std::move(stage)),
        started_(clock.Now()) {}
  ~Stopwatch() {
    log_.Info(fmt::format("{}: {} took {:.3f} s", collection_, stage_,
                          SecondsBetween(started_, clock_.Now())));
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  const Clock& clock_;
  Log& log_;
  const std::string collection_;
  const std::string stage_;
  const SteadyTime started_;
};

}  // namespace reembed
