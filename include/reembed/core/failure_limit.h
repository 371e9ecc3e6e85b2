#pragma once

#include <cstdint>

namespace reembed {

/// When a run stops because too many documents failed (`--max-failures N` or `P%`). A percentage
/// is judged from 100 finished documents on.
struct FailureLimit {
  bool set = false;
  bool percent = false;
  double value = 0;

  bool Reached(std::uint64_t failed, std::uint64_t finished) const;
};

}  // namespace reembed
