// The sockets of reembed-sink.
#pragma once

#include <memory>
#include <string>

#include "reembed/base/result.h"
#include "tests/sandbox/sink_answers.h"

namespace reembed::sandbox {

/// Answers from one thread with epoll, so that a measured client waits as little as possible:
/// store and provider on one port of 127.0.0.1. Ends with its owner.
class SinkServer {
 public:
  static Result<std::unique_ptr<SinkServer>> Start(const SinkOptions& options);
  virtual ~SinkServer() = default;
  SinkServer(const SinkServer&) = delete;
  SinkServer& operator=(const SinkServer&) = delete;

  virtual int port() const = 0;
  /// What reembed needs to know of it, as lines of an .env file; the last begins with
  /// `GOOGLE_GEMINI_BASE_URL=`, as the sandbox's does, and names a family that is not served.
  std::string EnvLines() const;

 protected:
  explicit SinkServer(const SinkOptions& options) : options_(options) {}
  const SinkOptions options_;
};

}  // namespace reembed::sandbox
