#include <iostream>

#include "src/io/report/verify_json.h"
#include "verify_samples.h"

// Prints an array of verify reports, one of each kind; the fullest first.
int main() {
  using namespace reembed::testing;  // NOLINT(google-build-using-namespace)
  const reembed::Redactor redact;
  reembed::VerifyReport ended_early = NotVerified();
  ended_early.message = "no node answers";
  std::cout << '[' << VerifyJson(VerifiedWithDifferences(), redact) << ','
            << VerifyJson(VerifiedWell(), redact) << ','
            << VerifyJson(VerifiedWithoutField(), redact) << ','
            << VerifyJson(NotVerified(), redact) << ',' << VerifyJson(ended_early, redact) << "]\n";
}
