#include "src/io/typesense/nodes.h"

#include <algorithm>
#include <cassert>

namespace reembed {

NodeChooser::NodeChooser(std::size_t nodes, bool has_nearest, Seconds healthcheck_interval)
    : healthcheck_interval_(healthcheck_interval),
      has_nearest_(has_nearest),
      nodes_(nodes),
      current_(nodes - 1),  // so that the first turn is node 0's
      states_(nodes + (has_nearest ? 1 : 0)) {}

bool NodeChooser::Usable(const State& state, SteadyTime now) const {
  return state.healthy || now - state.last_used > healthcheck_interval_;
}

std::size_t NodeChooser::Next(SteadyTime now) {
  const std::size_t nodes = nodes_;
  assert(nodes > 0);
  if (has_nearest_ && Usable(states_.back(), now)) return nodes;
  for (std::size_t step = 1; step <= nodes; ++step) {
    const std::size_t candidate = (current_ + step) % nodes;
    if (!Usable(states_[candidate], now)) continue;
    current_ = candidate;
    return candidate;
  }
  current_ = (current_ + 1) % nodes;
  return current_;
}

void NodeChooser::Mark(std::size_t node, bool healthy, SteadyTime now) {
  states_[node] = {.healthy = healthy, .last_used = now};
}

std::vector<std::size_t> DistinctNodes(const std::vector<std::string>& hosts) {
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto end = hosts.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(hosts.begin(), end, hosts[i]) == end) nodes.push_back(i);
  }
  return nodes;
}

std::string HostPort(std::string_view url) {
  const bool tls = url.starts_with("https://");
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  std::string host(url);
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  return has_port ? host : host + (tls ? ":443" : ":80");
}

}  // namespace reembed
