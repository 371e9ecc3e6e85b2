#pragma once

#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// The users of an application: one searches a collection every 50 ms. Notes how long each waited,
/// those who come while another one is still waiting included.
class SearchProber {
 public:
  SearchProber(int port, std::string api_key, std::string collection);

  /// Ends it; seconds per search. A failed search counts as an hour.
  std::vector<double> Stop();

 private:
  void Probe(const std::stop_token& stop);

  const int port_;
  const std::string api_key_;
  const std::string collection_;
  std::vector<double> waits_;
  std::jthread thread_;
};

}  // namespace reembed::testing
