#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"

namespace reembed {

enum class DoctorLevel : std::uint8_t { kOk, kWarning, kProblem };
/// `ok`, `warning`, `problem`.
std::string_view ToString(DoctorLevel level);

/// What one check of `doctor` found.
struct DoctorLine {
  DoctorLevel level = DoctorLevel::kOk;
  std::string what;    ///< where and what
  std::string remedy;  ///< what to do; empty when ok
};

/// What the verb `doctor` came to.
struct DoctorReport {
  std::string version;  ///< of the program
  WallTime checked_at;
  std::vector<DoctorLine> lines;  ///< in the order of the checks
  int exit_code = 0;              ///< 4 with a problem

  std::size_t CountOf(DoctorLevel level) const;
};

}  // namespace reembed
