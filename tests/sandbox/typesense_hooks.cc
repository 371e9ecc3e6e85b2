#include "tests/sandbox/typesense_hooks.h"

#include <utility>

namespace reembed::sandbox {

RequestTest Requests(std::string method, std::string target_start) {
  return [method = std::move(method), start = std::move(target_start)](const std::string& asked,
                                                                       const std::string& target) {
    return (method.empty() || asked == method) && target.starts_with(start);
  };
}

RequestTest Writes() {
  return [](const std::string& method, const std::string& target) {
    return method != "GET" && !target.starts_with("/multi_search");
  };
}

void RequestHooks::Add(Hook hook) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hooks_.push_back(std::make_shared<Hook>(std::move(hook)));
}

void RequestHooks::On(RequestTest test, Moment moment, std::function<void(int nth)> callback) {
  Add({std::move(test), moment, std::move(callback), 0, 0});
}

void RequestHooks::LoseRequest(RequestTest test, int nth) {
  Add({std::move(test), Moment::kArrived, nullptr, nth, 0});
}

void RequestHooks::LoseAnswer(RequestTest test, int nth) {
  Add({std::move(test), Moment::kAnswered, nullptr, nth, 0});
}

void RequestHooks::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  hooks_.clear();
}

bool RequestHooks::Run(Moment moment, const std::string& method, const std::string& target) {
  bool closes = false;
  std::vector<std::pair<std::shared_ptr<Hook>, int>> calls;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& hook : hooks_) {
      if (hook->moment != moment || !hook->test(method, target)) continue;
      const int nth = ++hook->seen;
      if (hook->callback) {
        calls.emplace_back(hook, nth);
      } else if (nth == hook->closed) {
        closes = true;
      }
    }
  }
  // Without the lock: a callback may send requests itself, or add hooks.
  for (const auto& [hook, nth] : calls) hook->callback(nth);
  return closes;
}

}  // namespace reembed::sandbox
