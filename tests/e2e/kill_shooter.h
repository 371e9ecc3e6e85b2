// Kills a program at random points of its work.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fixture.h"
#include "reembed/base/clock.h"

namespace reembed::testing {

using Random = std::mt19937;

inline std::size_t UpTo(Random& random, std::size_t most) {
  return random() % (most + 1);
}

/// How much work something is, or what is left of it.
struct Effort {
  std::chrono::duration<double> time{0};
  std::size_t store_requests = 0;
  std::size_t provider_requests = 0;
  std::size_t steps = 0;  ///< requests that change a schema, an alias or the list of collections
};

/// What came of one shot.
struct Shot {
  bool hit = false;  ///< false: the program had ended before
  Ended ended;
  Effort spent;
  std::size_t largest_request = 0;  ///< texts in the largest request to the provider meanwhile
};

/// Starts the program, lets it come to a random point of what is left of its work, and sends
/// SIGKILL. A point is a time, a request to the provider, any request to the store, a step, or one
/// of the next requests after a step. At a request to the store the program dies before its effect
/// or after it, and never sees the answer. The store has a fault now and then.
class Shooter {
 public:
  /// Both outlive it.
  Shooter(Stage& stage, Random& random) : stage_(stage), random_(random) {}

  /// Within `left`. Times are those of this machine, so a shot may come too late.
  Shot Shoot(const std::vector<std::string>& arguments, const Effort& left);
  /// Without a shot and without faults of the store.
  Shot LetThrough(const std::vector<std::string>& arguments);

  /// What is left after `spent`, and for a start from cold.
  static Effort After(const Effort& left, const Effort& spent);

 private:
  class Trigger;
  /// Whichever comes first; or what pulls the trigger.
  struct Point {
    std::chrono::duration<double> latest;
    std::size_t question;  ///< to the provider
  };

  void DrawFault();
  Point DrawPoint(const std::shared_ptr<Trigger>& trigger, const Effort& left);
  void PullAt(const std::shared_ptr<Trigger>& trigger, const sandbox::RequestTest& test,
              std::size_t nth);
  void PullAfterStep(const std::shared_ptr<Trigger>& trigger, std::size_t nth, std::size_t later);
  Effort SpentSince(SteadyTime begun, std::size_t asked_before);
  Shot Finish(Process& process, SteadyTime begun, std::size_t asked_before);

  Stage& stage_;
  Random& random_;
};

}  // namespace reembed::testing
