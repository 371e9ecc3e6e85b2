#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"

namespace reembed {

/// Which node of a cluster is asked next, by the rules of the official clients
/// (https://typesense.org/docs/29.0/api/api-clients.html, "nearestNode"): the nearest node while it
/// is healthy or due for another look; else round robin over the others, passing over unhealthy
/// ones that are not due; when all of them are, the next one anyway. A node is due when more than
/// the health-check interval has passed since it was last used.
/// Nothing is asked in the background and no clock is read. Not thread-safe.
class NodeChooser {
 public:
  /// Nodes are numbered 0 … `nodes`-1 (at least one); the nearest, if there is one, is `nodes`.
  NodeChooser(std::size_t nodes, bool has_nearest, Seconds healthcheck_interval);

  std::size_t Next(SteadyTime now);
  /// What a request to `node` showed.
  void Mark(std::size_t node, bool healthy, SteadyTime now);

 private:
  struct State {
    bool healthy = true;
    SteadyTime last_used;
  };
  bool Usable(const State& state, SteadyTime now) const;

  Seconds healthcheck_interval_;
  bool has_nearest_;
  std::size_t nodes_;
  std::size_t current_;
  std::vector<State> states_;  // the nearest last
};

/// The places of the hosts in `hosts`, each host once.
std::vector<std::size_t> DistinctNodes(const std::vector<std::string>& hosts);

/// `http://db.example:8108/path` → `db.example:8108`. The port is added where the URL has none.
std::string HostPort(std::string_view url);

}  // namespace reembed
