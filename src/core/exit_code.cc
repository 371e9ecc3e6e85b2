#include "reembed/core/exit_code.h"

#include <algorithm>
#include <array>

namespace reembed {

ExitCode ExitCodeFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return kExitUsage;
    case ErrorKind::kRefused:
    case ErrorKind::kNotFound:
    case ErrorKind::kRejected:
    case ErrorKind::kBadText:
    case ErrorKind::kTooLong:
    case ErrorKind::kTooBig:
    case ErrorKind::kWrongLength:
      return kExitRefused;
    case ErrorKind::kLimit:
      return kExitLimit;
    case ErrorKind::kInterrupted:
      return kExitInterrupted;
    case ErrorKind::kRateLimited:
    case ErrorKind::kWaitTooLong:
    case ErrorKind::kTransient:
    case ErrorKind::kBusy:
    case ErrorKind::kUnreachable:
    case ErrorKind::kOutage:
    case ErrorKind::kAdapted:
    case ErrorKind::kLocal:
      return kExitTemporary;
  }
  return kExitBug;
}

ExitCode Worse(ExitCode a, ExitCode b) {
  constexpr std::array kOrder = {kExitBug,   kExitUsage,     kExitInterrupted, kExitRefused,
                                 kExitLimit, kExitTemporary, kExitPartial,     kExitDone};
  return *std::find_if(kOrder.begin(), kOrder.end(),
                       [&](ExitCode code) { return code == a || code == b; });
}

}  // namespace reembed
