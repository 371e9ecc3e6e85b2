#pragma once

#include <cstddef>

#include "reembed/base/clock.h"

namespace reembed {

/// How many documents an import request into a live index should hold: a search waits as long as
/// the request in work, so the size is steered towards `target`.
struct RequestSizeRule {
  std::size_t smallest = 10;
  std::size_t largest = 250;
  Millis target{100};
};

/// The next size after a request of `sent` documents took `elapsed` while `current` were allowed.
/// Aims at four fifths of the target, which leaves room for the scatter of a busy server.
/// Grows by half at a time, and only when the request was full: documents that cost next to
/// nothing (deleted, unchanged) may be followed by dear ones. Shrinks at once. A pure function.
std::size_t NextRequestSize(const RequestSizeRule& rule, std::size_t current, std::size_t sent,
                            Millis elapsed);

}  // namespace reembed
