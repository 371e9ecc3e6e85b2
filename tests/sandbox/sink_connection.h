#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/sink_answers.h"

namespace reembed::sandbox {

/// One client of the sink: a request, then its answer, over and over. Knows HTTP, no events.
class SinkConnection {
 public:
  enum class Reading { kMore, kRequest, kClosed };

  explicit SinkConnection(int fd) : fd_(fd) {}
  ~SinkConnection();
  SinkConnection(const SinkConnection&) = delete;
  SinkConnection& operator=(const SinkConnection&) = delete;

  /// Takes what has come. After kRequest, request() holds until Reply().
  Reading Read();
  const SinkRequest& request() const { return request_; }
  /// Whether the request's head holds the key.
  bool HoldsKey(std::string_view key) const;

  /// Sets the answer to the request; Write() sends it.
  void Reply(SinkAnswer answer);
  /// Sends as much as the socket takes, more of an export from `answers`. False while something is
  /// left; `closed` is set when the client has gone.
  bool Write(const SinkAnswers& answers, bool& closed);

  int fd() const { return fd_; }

 private:
  Reading Parse();
  bool ParseHead(std::string_view head);
  void AppendChunk(std::string_view piece);
  bool Refill(const SinkAnswers& answers);

  const int fd_;
  std::vector<char> in_;  // never shrinks: the next request is as long
  std::size_t received_ = 0;
  std::size_t head_bytes_ = 0, body_bytes_ = 0;
  SinkRequest request_;
  bool continued_ = false;
  std::string out_, piece_;
  std::size_t sent_ = 0;
  std::optional<SinkExport> rest_;
};

}  // namespace reembed::sandbox
