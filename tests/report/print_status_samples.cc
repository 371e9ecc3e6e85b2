#include <iostream>

#include "src/io/report/status_json.h"
#include "verb_samples.h"

// Prints an array of status reports, one of each kind.
int main() {
  using namespace reembed::testing;  // NOLINT(google-build-using-namespace)
  const reembed::Redactor redact;
  reembed::StatusReport pruned = StatusOfTwo();
  pruned.pruned = reembed::StatusPruned{2, 1500, 700, 12};
  std::cout << '[' << StatusJson(StatusOfCutovers(), redact) << ','
            << StatusJson(StatusOfTwo(), redact) << ',' << StatusJson(pruned, redact) << ','
            << StatusJson(StatusOfNothing(), redact) << "]\n";
}
