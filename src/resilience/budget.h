#pragma once

namespace reembed {

/// What a run may spend (`--max-cost`).
struct Budget {
  double usd = 0;
  double usd_per_million_tokens = 0;
};

}  // namespace reembed
