#include <iostream>

#include "reembed/core/exit_code.h"
#include "src/io/report/doctor_json.h"
#include "verify_samples.h"

// Prints an array of doctor reports, one of each kind.
int main() {
  using namespace reembed::testing;  // NOLINT(google-build-using-namespace)
  const reembed::Redactor redact;
  reembed::DoctorReport interrupted = Healthy();
  interrupted.exit_code = reembed::kExitInterrupted;
  std::cout << '[' << DoctorJson(Ill(), redact) << ',' << DoctorJson(Healthy(), redact) << ','
            << DoctorJson(interrupted, redact) << "]\n";
}
