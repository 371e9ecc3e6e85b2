// The kernels of a run, each alone: thread CPU time per document.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "kernels.h"
#include "measure.h"

namespace reembed::bench {
namespace {

// For programs: place, documents of a round, name.
int List(KernelSpec spec) {
  spec.rounds = 0;
  int place = 0;
  for (const KernelTime& kernel : MeasureKernels(spec)) {
    fmt::print("{}\t{}\t{}: {}\n", place++, kernel.documents, kernel.pass, kernel.name);
  }
  return 0;
}

int Measure(const KernelSpec& spec) {
  fmt::print("{} dimensions, {}, {}; us of CPU per document, {} rounds\n{:<12}{:<26}{:>9}{:>9}\n",
             spec.dimensions, spec.float_text ? "float text" : "base64",
             spec.old_vectors ? "old vectors kept" : "no old vectors", spec.rounds, "pass",
             "kernel", "quartile", "median");
  const auto kernels = MeasureKernels(spec);
  for (const KernelTime& kernel : kernels) {
    if (kernel.seconds.empty()) continue;
    fmt::print("{:<12}{:<26}{:>9.2f}{:>9.2f}\n", kernel.pass, kernel.name,
               Quantile(kernel.seconds, 0.25) * 1e6, Quantile(kernel.seconds, 0.5) * 1e6);
  }
  if (spec.only >= 0) return 0;
  fmt::print("{:<38}{:>9.2f}\n", "sum", TotalSeconds(kernels) * 1e6);
  return 0;
}

}  // namespace
}  // namespace reembed::bench

int main(int argc, char** argv) {
  reembed::bench::KernelSpec spec;
  CLI::App app("The kernels of a run, each alone.", "kernels");
  app.add_option("--dimensions", spec.dimensions, "Of the vectors")->check(CLI::PositiveNumber);
  app.add_option("--documents", spec.documents, "In the journal")->check(CLI::PositiveNumber);
  app.add_option("--rounds", spec.rounds, "Of all kernels in turn")->check(CLI::PositiveNumber);
  app.add_flag("--float-text", spec.float_text, "Replies hold JSON numbers");
  app.add_flag("!--no-old-vectors", spec.old_vectors, "Documents hold no vector at first");
  app.add_option("--only", spec.only, "Place of the one kernel that is run");
  bool list = false;
  app.add_flag("--list", list, "Place, documents a round and name of each, and run none");
  CLI11_PARSE(app, argc, argv);
  try {
    return list ? reembed::bench::List(spec) : reembed::bench::Measure(spec);
  } catch (const std::exception& error) {
    std::cerr << "kernels: " << error.what() << '\n';
    return 2;
  }
}
