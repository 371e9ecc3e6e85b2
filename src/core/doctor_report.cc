#include "reembed/core/doctor_report.h"

#include <algorithm>

namespace reembed {

std::string_view ToString(DoctorLevel level) {
  switch (level) {
    case DoctorLevel::kOk:
      return "ok";
    case DoctorLevel::kWarning:
      return "warning";
    case DoctorLevel::kProblem:
      return "problem";
  }
  return "";
}

std::size_t DoctorReport::CountOf(DoctorLevel level) const {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const DoctorLine& line) { return line.level == level; }));
}

}  // namespace reembed
