// What it costs to move the bytes of a run and do nothing with them: the floor that the program's
// CPU time is held against.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "sandbox_process.h"
#include "transport.h"

namespace reembed::bench {
namespace {

struct Options {
  TransportSpec spec;
  std::size_t dimensions = 1536;
  std::size_t rounds = 5;
  bool float_text = false;
  bool full = false;
  bool json = false;
  std::string sink = REEMBED_SINK;
};

int Measure(Options options) {
  if (options.full) options.spec.scans = 2;
  std::vector<std::string> command = {options.sink, "--documents",
                                      std::to_string(options.spec.documents), "--dimensions",
                                      std::to_string(options.dimensions)};
  if (options.float_text) command.emplace_back("--float-text");
  const SandboxProcess sink(command);
  const sandbox::SinkData data(options.dimensions);
  const Transport transport(options.spec, data, sink.variables());
  std::vector<double> walls, cpus;
  long peak = 0;
  for (std::size_t i = 0; i < options.rounds; ++i) {
    const Cost cost = transport.Run();
    walls.push_back(cost.wall);
    cpus.push_back(cost.cpu);
    peak = cost.peak_kilobytes;
  }
  const double wall = Quantile(walls, 0.25);
  const double cpu = Quantile(cpus, 0.25);
  const auto count = static_cast<double>(options.spec.documents);
  if (options.json) {
    fmt::print(R"({{"wall":{},"cpu":{},"peak_kilobytes":{}}})"
               "\n",
               wall, cpu, peak);
    return 0;
  }
  fmt::print("{} documents, {} dimensions, {}, {}: lower quartiles of {} rounds\n",
             options.spec.documents, options.dimensions,
             options.float_text ? "float text" : "base64",
             options.full ? "with both scans" : "without scans", options.rounds);
  fmt::print("{:.3f} s, {:.0f} docs/s, {:.3f} CPU seconds per 10,000 documents, peak {} kB\n", wall,
             count / wall, cpu * 10'000 / count, peak);
  return 0;
}

}  // namespace
}  // namespace reembed::bench

int main(int argc, char** argv) {
  reembed::bench::Options options;
  CLI::App app("The bytes of a run, pushed with libcurl, and no work.", "transport_floor");
  app.add_option("--documents", options.spec.documents, "In the collection")
      ->check(CLI::PositiveNumber);
  app.add_option("--dimensions", options.dimensions, "Of the vectors")->check(CLI::PositiveNumber);
  app.add_option("--slots", options.spec.slots, "Connections side by side")
      ->check(CLI::PositiveNumber);
  app.add_option("--per-embed", options.spec.per_embed, "Texts of a provider request");
  app.add_option("--per-import", options.spec.per_import, "Documents of an import");
  app.add_option("--rounds", options.rounds, "Of which the lower quartile is told")
      ->check(CLI::PositiveNumber);
  app.add_flag("--float-text", options.float_text, "Vectors as JSON numbers");
  app.add_flag("--full", options.full, "With the scan before the run and the one after it");
  app.add_flag("--json", options.json, "For programs");
  app.add_option("--sink", options.sink, "The program reembed-sink");
  CLI11_PARSE(app, argc, argv);
  try {
    return reembed::bench::Measure(options);
  } catch (const std::exception& error) {
    std::cerr << "transport_floor: " << error.what() << '\n';
    return 2;
  }
}
