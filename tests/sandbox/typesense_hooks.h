#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace reembed::sandbox {

// Which requests are meant. `target` is undecoded and has its query.
using RequestTest = std::function<bool(const std::string& method, const std::string& target)>;

// Requests of this method whose target starts so, e.g. ("PATCH", "/collections/docs"). An empty
// method is any.
RequestTest Requests(std::string method, std::string target_start);
// The same, but all methods that write: neither GET nor multi_search.
RequestTest Writes();

enum class Moment {
  kArrived,   // whole, and without any effect yet
  kAnswered,  // its effect is there, its answer is not sent yet
};

// What a test does at certain requests. Counting starts with the call, from 1. Thread-safe.
class RequestHooks {
 public:
  // Calls back at each such request, on the server's thread: the request goes on afterwards. Other
  // requests go on meanwhile.
  void On(RequestTest test, Moment moment, std::function<void(int nth)> callback);
  // The n-th such request is taken in, and its connection closed: without effect, or after it.
  void LoseRequest(RequestTest test, int nth = 1);
  void LoseAnswer(RequestTest test, int nth = 1);
  // Forgets all of the above; a callback that runs goes on.
  void Clear();

  // For the server. True if the connection is to be closed now.
  bool Run(Moment moment, const std::string& method, const std::string& target);

 private:
  struct Hook {
    RequestTest test;
    Moment moment = Moment::kArrived;
    std::function<void(int nth)> callback;  // null: closes the connection
    int closed = 0;                         // that request's, if so
    int seen = 0;
  };

  void Add(Hook hook);

  std::mutex mutex_;
  std::vector<std::shared_ptr<Hook>> hooks_;
};

}  // namespace reembed::sandbox
