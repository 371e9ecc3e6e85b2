#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/mutex.h"

namespace reembed::testing {

/// One search: when it was sent, how long its visitor waited, and what came of it.
struct Probe {
  enum class Result { kOk, kEmpty, kFailed };
  SteadyTime sent;
  double seconds = 0;
  Result result = Result::kOk;
  std::string error = {};  ///< the server's text, or "no answer"
};

/// The parameters of a search by a word, or by the vector of a stored document: that one has the
/// right length whatever the schema. Both find something in a collection of the tests.
std::string KeywordSearch(const std::string& word = "orders");
std::string VectorSearch(const std::string& field, const std::string& id);

/// The users of an application: one searches a collection (or an alias) every 50 ms.
class SearchProber {
 public:
  SearchProber(int port, std::string api_key, std::string collection,
               std::string search = KeywordSearch());

  /// Waits until so many more searches have been answered.
  void WaitForMore(std::size_t searches);

  /// Ends it; all searches in their order.
  std::vector<Probe> Finish();

  /// Ends it; seconds per visitor, those included who would have come while another one was still
  /// waiting. A failed search counts as an hour.
  std::vector<double> Stop();

 private:
  void Run(const std::stop_token& stop);

  const int port_;
  const std::string api_key_;
  const std::string target_;
  Mutex mutex_;
  CondVar more_;
  std::vector<Probe> probes_ REEMBED_GUARDED_BY(mutex_);
  std::jthread thread_;
};

/// How often each outcome was seen: under "ok", "empty", or the error's text.
std::map<std::string, int> Outcomes(const std::vector<Probe>& probes);

/// The longest time without a good search: from the first bad one to the first good one after it
/// (or to the last search). 0 when all were good.
double LongestAway(const std::vector<Probe>& probes);

}  // namespace reembed::testing
