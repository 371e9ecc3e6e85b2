#include "reembed/core/exit_code.h"

#include "tests/support/catch2.h"

using namespace reembed;

TEST_CASE("exit code: 130 before 4 before 6 before 5 before 3 before 0") {
  CHECK(Worse(kExitDone, kExitPartial) == kExitPartial);
  CHECK(Worse(kExitTemporary, kExitPartial) == kExitTemporary);
  CHECK(Worse(kExitTemporary, kExitLimit) == kExitLimit);
  CHECK(Worse(kExitRefused, kExitLimit) == kExitRefused);
  CHECK(Worse(kExitRefused, kExitInterrupted) == kExitInterrupted);
  CHECK(Worse(kExitDone, kExitDone) == kExitDone);
}

TEST_CASE("exit code: follows the kind of error") {
  CHECK(ExitCodeFor(ErrorKind::kUsage) == 2);
  CHECK(ExitCodeFor(ErrorKind::kRefused) == 4);
  CHECK(ExitCodeFor(ErrorKind::kNotFound) == 4);
  CHECK(ExitCodeFor(ErrorKind::kWrongLength) == 4);
  CHECK(ExitCodeFor(ErrorKind::kUnreachable) == 5);
  CHECK(ExitCodeFor(ErrorKind::kOutage) == 5);
  CHECK(ExitCodeFor(ErrorKind::kWaitTooLong) == 5);
  CHECK(ExitCodeFor(ErrorKind::kLimit) == 6);
  CHECK(ExitCodeFor(ErrorKind::kInterrupted) == 130);
}
