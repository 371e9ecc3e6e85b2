#pragma once

#include <cstdint>

namespace reembed {

/// When a run stops because too many documents failed (`--max-failures N` or `P%`). A percentage
/// is judged from 100 finished documents on.
struct FailureLimit {
  bool set = false;
  bool percent = false;
  double value = 0;

  /// `failed` of `finished` documents of the whole run. Never for no failure at all. Pure.
  bool Reached(std::uint64_t failed, std::uint64_t finished) const;
};

}  // namespace reembed
