#pragma once

#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// A user of the application: searches a collection every 50 ms and notes how long each search
/// took, measured from the moment it was due.
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
