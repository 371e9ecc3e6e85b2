#include <iostream>

#include "retire_samples.h"
#include "src/io/report/retire_json.h"

// Prints an array of retirement reports, one of each kind.
int main() {
  using namespace reembed::testing;  // NOLINT(google-build-using-namespace)
  const reembed::Redactor redact;
  std::cout << '[' << RetireJson(RetirePartly(), redact) << ','
            << RetireJson(RetirePlanned(), redact) << ',' << RetireJson(RetireDone(), redact) << ','
            << RetireJson(RetireInterrupted(), redact) << ','
            << RetireJson(RetireOfNothing(), redact) << "]\n";
}
