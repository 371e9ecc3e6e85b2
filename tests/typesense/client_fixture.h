#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/log.h"
#include "src/io/typesense/client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"

namespace reembed::testing {

/// Keeps what was waited for.
class RecordingActivity final : public Activity {
 public:
  int BeginWait(std::string what) override {
    MutexLock lock(mutex_);
    waits_.push_back(std::move(what));
    return static_cast<int>(waits_.size());
  }
  void EndWait(int) override {
    MutexLock lock(mutex_);
    ++ended_;
  }
  std::vector<std::string> waits() const {
    MutexLock lock(mutex_);
    return waits_;
  }
  std::size_t ended() const {
    MutexLock lock(mutex_);
    return ended_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> waits_ REEMBED_GUARDED_BY(mutex_);
  std::size_t ended_ REEMBED_GUARDED_BY(mutex_) = 0;
};

/// Keeps every line.
class RecordingLog final : public Log {
 public:
  void Write(LogLevel, std::string_view message) override {
    MutexLock lock(mutex_);
    lines_.emplace_back(message);
  }
  std::vector<std::string> lines() const {
    MutexLock lock(mutex_);
    return lines_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ REEMBED_GUARDED_BY(mutex_);
};

inline TypesenseConfig Nodes(std::vector<std::string> nodes) {
  TypesenseConfig config;
  config.nodes = std::move(nodes);
  config.api_key = Secret("ts-secret-key");
  return config;
}

/// A client on a scripted transport and a clock that only sleeps move.
struct ClientFixture {
  explicit ClientFixture(TypesenseConfig config = Nodes({"http://ts:8108"}))
      : client(config, Seconds(1800),
               {.http = http, .clock = clock, .activity = activity, .log = log},
               Redactor({config.api_key})) {}

  /// `count` answers of 503, as a lagging node gives them.
  void ReplyNotReady(int count) {
    for (int i = 0; i < count; ++i) http.Reply(503, R"({ "message": "Not Ready or Lagging"})");
  }

  FakeHttp http;
  FakeClock clock;
  RecordingActivity activity;
  RecordingLog log;
  std::stop_source drain;
  std::stop_source abort;
  TypesenseClient client;
  StopTokens stop{drain.get_token(), abort.get_token()};
};

inline std::vector<Millis> InSeconds(const std::vector<int>& seconds) {
  std::vector<Millis> waits;
  for (const int wait : seconds) waits.emplace_back(Seconds(wait));
  return waits;
}

}  // namespace reembed::testing
