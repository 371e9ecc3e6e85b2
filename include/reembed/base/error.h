#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace reembed {

/// What went wrong, in terms of what to do about it. Set once, at the edge where the trouble is
/// seen (HTTP status and body, curl code, file system); nobody classifies by message text later.
enum class ErrorKind : std::uint8_t {
  kUsage,        ///< flags, environment or files are wrong: exit 2
  kRefused,      ///< refused for good: key, credit, model, schema, blocker: exit 4
  kNotFound,     ///< the named thing does not exist
  kRateLimited,  ///< wait (`retry_after`, if the server said how long), then ask again
  kWaitTooLong,  ///< a quota that resets later than the user wants to wait: exit 5
  kTransient,    ///< may work when asked again: 5xx, reset, cut body, unusable answer
  kBusy,         ///< the server is up and refuses for now (503 "Not Ready or Lagging")
  kUnreachable,  ///< no connection, or none of the nodes answers
  kOutage,       ///< gave up on something temporary: exit 5
  kBadText,      ///< the provider refuses this input, or one of these inputs (`item`)
  kTooLong,      ///< as kBadText, because an input has too many tokens (`limit`, `actual`)
  kTooBig,       ///< the request as a whole is too big: split (`limit` counts `limit_unit`)
  kWrongLength,  ///< vectors of `actual` instead of `limit` components
  kAdapted,      ///< the client has learned what the server lacks: ask again at once
  kRejected,     ///< the store refuses this document
  kInterrupted,  ///< the user asked to stop
  kLimit,        ///< a limit set by the user is reached: exit 6
  kLocal,        ///< this machine: disk, permissions
};

/// What a stated limit counts.
enum class LimitUnit : std::uint8_t { kNone, kInputs, kTokens, kBytes, kRequests };

/// An error as a value. `message` says what happened and where; it holds no secret and no control
/// character (see text.h). The optional members are facts the server stated, never guesses.
struct Error {
  ErrorKind kind = ErrorKind::kTransient;
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::optional<std::size_t> item = {};  ///< index of the offending input within the request
  LimitUnit limit_unit = LimitUnit::kNone;
  std::optional<std::uint64_t> limit = {};   ///< the largest allowed; of kRateLimited: a minute
  std::optional<std::uint64_t> actual = {};  ///< what was found instead
  bool overloaded = false;                   ///< the server says that it has too much to do at once
};

/// The user asked to stop before this was done.
inline Error Interrupted() {
  return {.kind = ErrorKind::kInterrupted, .message = "interrupted"};
}

/// What is asked for is not safe, or not possible: `message` says why and what to do.
inline Error Refusal(std::string message) {
  return {.kind = ErrorKind::kRefused, .message = std::move(message)};
}

}  // namespace reembed
