// What the program adds to the bytes that it must move: its CPU time against the transport floor
// and the kernels, its wall time against the slower of provider and store. Ratios of runs in turn.

#include <fmt/format.h>
#include <sys/mman.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "kernels.h"
#include "measure.h"
#include "phase_journal.h"
#include "sandbox_process.h"
#include "transport.h"

namespace reembed::bench {
namespace {

constexpr const char* kConfig = R"({"collections": {"documents": {"embedding_field": "vec",)"
                                R"( "text_fields": ["title", "text"]}}})";
constexpr double kMostOfFloorBase64 = 5.5;
constexpr double kMostOfFloorText = 7;
constexpr double kMostOfKernels = 1.25;
constexpr double kMostOfBottleneck = 1.3;
constexpr std::size_t kPairsThatCount = 13;
constexpr double kConcurrency = 8;  // the default

struct Options {
  std::size_t documents = 10'000;
  std::size_t dimensions = 1536;
  std::size_t pairs = kPairsThatCount;
  std::size_t slots = 1;
  double latency_ms = 100;
  double write_ms = 1;
  std::string sink = REEMBED_SINK;
  std::vector<std::string> parts = {"pass", "run", "wall"};
  bool float_text = false;
  bool check = false;
};

/// A Phase that a child process fills.
class SharedPhase {
 public:
  SharedPhase()
      : memory_(mmap(nullptr, sizeof(Phase), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                     0)) {
    if (memory_ == MAP_FAILED) throw std::runtime_error("mmap failed");
    phase_ = new (memory_) Phase();
  }
  ~SharedPhase() { munmap(memory_, sizeof(Phase)); }
  SharedPhase(const SharedPhase&) = delete;
  SharedPhase& operator=(const SharedPhase&) = delete;
  Phase& operator*() const { return *phase_; }

 private:
  void* const memory_;
  Phase* phase_ = nullptr;
};

SandboxProcess StartSink(const Options& options, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command = {options.sink, "--documents",
                                      std::to_string(options.documents), "--dimensions",
                                      std::to_string(options.dimensions)};
  if (options.float_text) command.emplace_back("--float-text");
  command.insert(command.end(), more.begin(), more.end());
  return SandboxProcess(std::move(command));
}

// What the run told goes to `report`, messages included.
Cost RunIn(const Variables& variables, const ProgramParts& parts, std::string& report) {
  const Folder folder(kConfig);
  const Cost cost =
      RunProgramIn(folder, variables,
                   {"--config", "reembed.json", "--progress", "none", "--output", "json"}, parts);
  std::ifstream log(folder.path() + "/log");
  report.assign(std::istreambuf_iterator<char>(log), {});
  return cost;
}

// Fetch, embed and import alone: the pass of a run whose journal is in memory.
Cost RunPass(const Options& options) {
  const SandboxProcess sink = StartSink(options);
  const SharedPhase shared;
  std::string report;
  const auto open = [&shared](const std::string&) -> Result<std::unique_ptr<JournalStore>> {
    return MakePhaseJournal(*shared);
  };
  RunIn(sink.variables(), {open}, report);
  const Phase& phase = *shared;
  if (phase.wall_end <= 0) throw std::runtime_error("the run had no pass with a catch-up after it");
  return {phase.wall_end - phase.wall_begin, phase.cpu_end - phase.cpu_begin};
}

// Everything that the program does by default, its start included.
Cost RunWhole(const Options& options, std::string& report,
              const std::vector<std::string>& sink_options = {}) {
  const SandboxProcess sink = StartSink(options, sink_options);
  return RunIn(sink.variables(), {}, report);
}

Cost RunFloor(const Options& options, const sandbox::SinkData& data, bool full) {
  const SandboxProcess sink = StartSink(options);
  TransportSpec spec{.documents = options.documents, .slots = options.slots};
  if (full) spec.scans = 2;
  return Transport(spec, data, sink.variables()).Run();
}

void PrintRow(std::string_view name, const std::vector<double>& values) {
  fmt::print("{:<44}{:>8.2f}{:>8.2f}{:>8.2f}{:>8.2f}{:>8.2f}\n", name, Quantile(values, 0),
             Quantile(values, 0.25), Quantile(values, 0.5), Quantile(values, 0.75),
             Quantile(values, 1));
  std::fflush(stdout);
}

bool Judge(std::string_view name, const std::vector<double>& ratios, double most) {
  const double ratio = Quantile(ratios, 0.25);
  const bool holds = ratio <= most;
  PrintRow(name, ratios);
  fmt::print("  {}: the lower quartile {:.2f} is {} {}\n", holds ? "holds" : "DOES NOT HOLD", ratio,
             holds ? "within" : "above", most);
  return holds;
}

double PerTenThousand(const Options& options, double seconds) {
  return seconds * 1e4 / static_cast<double>(options.documents);
}

bool JudgePass(const Options& options, const sandbox::SinkData& data) {
  std::vector<double> floors, passes, ratios;
  for (std::size_t i = 0; i < options.pairs; ++i) {
    const double floor = RunFloor(options, data, /*full=*/false).cpu;
    const double pass = RunPass(options).cpu;
    floors.push_back(PerTenThousand(options, floor));
    passes.push_back(PerTenThousand(options, pass));
    ratios.push_back(pass / floor);
  }
  PrintRow("floor, CPU s per 10,000", floors);
  PrintRow("fetch, embed, import, CPU s per 10,000", passes);
  return Judge("  against the floor", ratios,
               options.float_text ? kMostOfFloorText : kMostOfFloorBase64);
}

bool JudgeRun(const Options& options, const sandbox::SinkData& data) {
  const KernelSpec spec{.dimensions = options.dimensions,
                        .float_text = options.float_text,
                        .documents = std::min<std::size_t>(options.documents, 1000),
                        .rounds = 1};
  std::vector<double> floors, kernels, runs, ratios;
  for (std::size_t i = 0; i < options.pairs; ++i) {
    const double floor = RunFloor(options, data, /*full=*/true).cpu;
    const double alone =
        TotalSeconds(MeasureKernels(spec)) * static_cast<double>(options.documents);
    std::string report;
    const double run = RunWhole(options, report).cpu;
    floors.push_back(PerTenThousand(options, floor));
    kernels.push_back(PerTenThousand(options, alone));
    runs.push_back(PerTenThousand(options, run));
    ratios.push_back(run / (floor + alone));
  }
  PrintRow("floor with both scans, CPU s per 10,000", floors);
  PrintRow("kernels of every pass, CPU s per 10,000", kernels);
  PrintRow("default run, CPU s per 10,000", runs);
  return Judge("  against floor and kernels", ratios, kMostOfKernels);
}

// The number behind `"name": ` in a report.
double NumberIn(const std::string& report, const std::string& name) {
  const auto place = report.find("\"" + name + "\": ");
  if (place == std::string::npos) throw std::runtime_error("the report has no " + name);
  return std::stod(report.substr(place + name.size() + 4));
}

// A slow store takes its documents one after the other, a slow provider `concurrency` requests side
// by side: that is the least time that a run can take.
bool JudgeWall(const Options& options) {
  const double store_time = static_cast<double>(options.documents) * options.write_ms / 1e3;
  std::vector<double> store, provider;
  for (std::size_t i = 0; i < (options.pairs + 3) / 4; ++i) {
    std::string report;
    store.push_back(
        RunWhole(options, report, {"--write-ms", fmt::format("{}", options.write_ms)}).wall /
        store_time);
    const Cost slow =
        RunWhole(options, report, {"--latency-ms", fmt::format("{}", options.latency_ms)});
    const double rounds = std::ceil(NumberIn(report, "provider_requests") / kConcurrency);
    provider.push_back(slow.wall / (rounds * options.latency_ms / 1e3));
  }
  const bool by_store = Judge("wall against the slow store's time", store, kMostOfBottleneck);
  const bool by_provider =
      Judge("wall against the slow provider's time", provider, kMostOfBottleneck);
  return by_store && by_provider;
}

bool Asked(const Options& options, std::string_view part) {
  return std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
}

int Measure(const Options& options) {
  const sandbox::SinkData data(options.dimensions);
  fmt::print("{} documents, {} dimensions, {}, {} pairs\n{:<44}{:>8}{:>8}{:>8}{:>8}{:>8}\n",
             options.documents, options.dimensions, options.float_text ? "float text" : "base64",
             options.pairs, "", "min", "q1", "median", "q3", "max");
  bool holds = true;
  if (Asked(options, "pass")) holds = JudgePass(options, data) && holds;
  if (Asked(options, "run")) holds = JudgeRun(options, data) && holds;
  if (Asked(options, "wall")) holds = JudgeWall(options) && holds;
  if (options.check && options.pairs < kPairsThatCount) {
    fmt::print("{} pairs are too few to judge by: at least {}\n", options.pairs, kPairsThatCount);
    return 1;
  }
  return holds || !options.check ? 0 : 1;
}

}  // namespace
}  // namespace reembed::bench

int main(int argc, char** argv) {
  reembed::bench::Options options;
  CLI::App app("CPU time against transport floor and kernels, wall time against the bottleneck.",
               "pipeline_cost");
  app.add_option("--documents", options.documents, "In the collection")->check(CLI::PositiveNumber);
  app.add_option("--dimensions", options.dimensions, "Of old and new vectors")
      ->check(CLI::Range(1, 1536));
  app.add_option("--pairs", options.pairs, "Of program and floor, in turn")
      ->check(CLI::PositiveNumber);
  app.add_option("--slots", options.slots, "Connections of the floor")->check(CLI::PositiveNumber);
  app.add_option("--latency-ms", options.latency_ms, "Of the provider, when it is slow")
      ->check(CLI::PositiveNumber);
  app.add_option("--write-ms", options.write_ms, "Of the store per document, when it is slow")
      ->check(CLI::PositiveNumber);
  app.add_option("--only", options.parts, "pass, run, wall")
      ->check(CLI::IsMember({"pass", "run", "wall"}));
  app.add_option("--sink", options.sink, "The program reembed-sink");
  app.add_flag("--float-text", options.float_text, "Replies hold JSON numbers");
  app.add_flag("--check", options.check, "Exit 1 when a ratio does not hold");
  CLI11_PARSE(app, argc, argv);
  try {
    return reembed::bench::Measure(options);
  } catch (const std::exception& error) {
    std::cerr << "pipeline_cost: " << error.what() << '\n';
    return 2;
  }
}
