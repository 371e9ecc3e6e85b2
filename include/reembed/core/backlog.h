#pragma once

#include <cstdint>

#include "reembed/base/clock.h"

namespace reembed {

/// How long to leave a store alone that has `current` writes waiting, and had `previous` when it
/// was asked before. Nothing while few wait; a second while their number grows; five seconds from
/// half of the number on at which the server refuses writes (500, its `healthy-write-lag`; see
/// https://typesense.org/docs/29.0/api/server-configuration.html). A pure function.
Millis BacklogPause(std::uint64_t previous, std::uint64_t current);

}  // namespace reembed
