#pragma once

#include <cstddef>

namespace reembed {

/// How much is read, asked for or judged at once. Each bounds memory, and the time between two
/// looks at the stop signal.

/// Ids or finished rows: as many as a page of the fetcher holds.
inline constexpr std::size_t kIdsAtOnce = 250;

/// Documents whose stored values are held with their vectors.
inline constexpr std::size_t kValuesAtOnce = 50;

/// Documents of a scan asked of the journal with one question: enough that the server's stream does
/// not wait for it.
inline constexpr std::size_t kAskedAtOnce = 64;

}  // namespace reembed
