#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/core/http_message.h"
#include "src/io/http/body_pool.h"

namespace reembed {

/// Collects one answer from the lines and pieces that arrive. No I/O.
class ResponseReader {
 public:
  /// Takes a piece of a body; an error ends the answer.
  using BodyTaker = std::function<Status(std::string_view)>;

  /// `max_body_bytes` counts what is stored, so a small gzip body cannot grow beyond it.
  /// `on_body` may be empty, and outlives the reader: it is given the body of a 2xx answer, of
  /// which nothing is stored then.
  /// The memory of what is stored comes from `pool`, with some bytes to spare behind the body:
  /// parsers that read in blocks want them.
  ResponseReader(std::size_t max_body_bytes, const BodyTaker& on_body, BodyPool& pool)
      : max_body_bytes_(max_body_bytes), on_body_(on_body), pool_(pool) {}

  /// One header line with its line end. A status line begins the answer anew: the ones before it
  /// were interim (1xx). False when the headers are more than any honest server sends.
  bool AddHeaderLine(std::string_view line);

  /// A piece of the decompressed body. False when it would exceed the limit, or when the taker
  /// wants no more. What the taker throws is kept: it must not cross libcurl.
  bool AddBody(std::string_view piece) noexcept;

  /// The blank line after the headers has come.
  bool has_all_headers() const { return has_all_headers_; }

  /// The limit in bytes that the answer exceeded, if it did.
  std::optional<std::size_t> exceeded() const { return exceeded_; }

  /// Why the taker of the body wants no more, if so. Throws again what the taker has thrown.
  const std::optional<Error>& refusal() const;

  /// The answer, to be moved out at the end. Its status is the caller's to set.
  HttpResponse& response() { return response_; }

 private:
  void Restart(std::string_view status_line);
  void ReserveFor(std::string_view content_length);
  void MakeRoom(std::size_t bytes);
  bool Hand(std::string_view piece) noexcept;

  std::size_t max_body_bytes_;
  const BodyTaker& on_body_;
  BodyPool& pool_;
  std::size_t header_bytes_ =
      0;  // of all status lines and headers, so that 1xx cannot go on for ever
  bool has_all_headers_ = false;
  bool streams_ = false;  // the body goes to its taker
  std::optional<Error> refusal_;
  std::exception_ptr thrown_;
  std::optional<std::size_t> exceeded_;
  HttpResponse response_;
};

}  // namespace reembed
