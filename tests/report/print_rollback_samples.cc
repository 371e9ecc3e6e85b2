#include <iostream>

#include "src/io/report/rollback_json.h"
#include "verb_samples.h"

// Prints an array of rollback reports, one of each kind.
int main() {
  using namespace reembed::testing;  // NOLINT(google-build-using-namespace)
  const reembed::Redactor redact;
  std::cout << '[' << RollbackJson(RollbackDone(), redact) << ','
            << RollbackJson(RollbackPlanned(), redact) << ','
            << RollbackJson(RollbackInterrupted(), redact) << ','
            << RollbackJson(RollbackOfUnknownRun(), redact) << ','
            << RollbackJson(RollbackOfCutovers(), redact) << ','
            << RollbackJson(RollbackOfCutoversPlanned(), redact) << "]\n";
}
