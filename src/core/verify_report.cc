#include "reembed/core/verify_report.h"

namespace reembed {

std::string_view ToString(VerifyFinding finding) {
  switch (finding) {
    case VerifyFinding::kMatch:
      return "match";
    case VerifyFinding::kDiffer:
      return "differ";
    case VerifyFinding::kMissing:
      return "missing";
    case VerifyFinding::kWrongLength:
      return "wrong_length";
    case VerifyFinding::kStaleText:
      return "stale_text";
    case VerifyFinding::kNewSince:
      return "new_since";
    case VerifyFinding::kFailed:
      return "failed";
    case VerifyFinding::kSkipped:
      return "skipped";
  }
  return "";
}

void VerifyCounts::Add(VerifyFinding finding) {
  switch (finding) {
    case VerifyFinding::kMatch:
      ++match;
      break;
    case VerifyFinding::kDiffer:
      ++differ;
      break;
    case VerifyFinding::kMissing:
      ++missing;
      break;
    case VerifyFinding::kWrongLength:
      ++wrong_length;
      break;
    case VerifyFinding::kStaleText:
      ++stale_text;
      break;
    case VerifyFinding::kNewSince:
      ++new_since;
      break;
    case VerifyFinding::kFailed:
      ++failed;
      break;
    case VerifyFinding::kSkipped:
      ++skipped;
      break;
  }
}

}  // namespace reembed
