#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "reembed/core/http_message.h"

namespace reembed {

/// Collects one answer from the lines and pieces that arrive. No I/O.
class ResponseReader {
 public:
  /// `max_body_bytes` counts what is stored, so a small gzip body cannot grow beyond it.
  explicit ResponseReader(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  /// One header line with its line end. A status line begins the answer anew: the ones before it
  /// were interim (1xx). False when the headers are more than any honest server sends.
  bool AddHeaderLine(std::string_view line);

  /// A piece of the decompressed body. False when it would exceed the limit.
  bool AddBody(std::string_view piece);

  /// The blank line after the headers has come.
  bool has_all_headers() const { return has_all_headers_; }

  /// The limit in bytes that the answer exceeded, if it did.
  std::optional<std::size_t> exceeded() const { return exceeded_; }

  /// The answer, to be moved out at the end. Its status is the caller's to set.
  HttpResponse& response() { return response_; }

 private:
  void ReserveFor(std::string_view content_length);

  std::size_t max_body_bytes_;
  std::size_t header_bytes_ =
      0;  // of all status lines and headers, so that 1xx cannot go on for ever
  bool has_all_headers_ = false;
  std::optional<std::size_t> exceeded_;
  HttpResponse response_;
};

}  // namespace reembed
