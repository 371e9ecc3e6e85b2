// What the journal costs: runs of the whole program, in turn with the SQLite journal and with one
// in memory, over the same documents with the same scans and backups. Prints both and their ratio.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "measure.h"
#include "sandbox_process.h"
#include "tests/support/memory_journal.h"

namespace reembed::bench {
namespace {

constexpr const char* kCollection = "documents";
constexpr const char* kConfig =
    R"({"collections": {"documents": {"embedding_field": "vec", "text_fields": ["title"]}}})";
constexpr std::size_t kPerImport = 250;

struct Options {
  std::size_t documents = 2000;
  std::size_t dimensions = 1536;
  std::size_t pairs = 5;
  std::string write_ms = "1";
  std::string latency_ms = "0";
  std::string sandbox = REEMBED_SANDBOX;
  double at_most = 1.15;
  bool check = false;
};

enum class Kind { kSqlite, kMemory };

ProgramParts PartsOf(Kind kind) {
  if (kind == Kind::kSqlite) return {};
  return {[](const std::string&) -> Result<std::unique_ptr<JournalStore>> {
    return testing::MakeMemoryJournal();
  }};
}

Cost RunOnce(Kind kind, const Options& options, const Variables& variables) {
  const Folder folder(kConfig);
  return RunProgramIn(folder, variables,
                      {"--config", "reembed.json", "--dimensions",
                       std::to_string(options.dimensions), "--progress", "none"},
                      PartsOf(kind));
}

struct Series {
  std::vector<double> wall;
  std::vector<double> cpu;
  void Add(const Cost& cost) {
    wall.push_back(cost.wall);
    cpu.push_back(cost.cpu);
  }
};

void PrintRow(std::string_view name, double wall, double cpu) {
  fmt::print("{:<22}{:>9.3f}{:>9.3f}\n", name, wall, cpu);
}

double PrintRatio(std::string_view name, double share, const Series& sqlite, const Series& memory) {
  fmt::print("{}\n", name);
  PrintRow("  SQLite", Quantile(sqlite.wall, share), Quantile(sqlite.cpu, share));
  PrintRow("  in memory", Quantile(memory.wall, share), Quantile(memory.cpu, share));
  const double wall = Quantile(sqlite.wall, share) / Quantile(memory.wall, share);
  PrintRow("  ratio", wall, Quantile(sqlite.cpu, share) / Quantile(memory.cpu, share));
  return wall;
}

// True when the ratio holds. What else the machine does can only add time, so the lower quartile
// says more than the median.
bool Judge(const Options& options, const Series& sqlite, const Series& memory) {
  PrintRatio("median", 0.5, sqlite, memory);
  if (PrintRatio("lower quartile", 0.25, sqlite, memory) <= options.at_most) return true;
  fmt::print("the wall time's ratio of the lower quartiles is above {}\n", options.at_most);
  return false;
}

int Measure(const Options& options) {
  const SandboxProcess sandbox({options.sandbox, "--empty", "--write-ms", options.write_ms,
                                "--latency-ms", options.latency_ms});
  const auto imports = OldDocuments(options.documents, options.dimensions, kPerImport);
  Series sqlite;
  Series memory;
  fmt::print("{} documents of {} dimensions, {} ms a write, backups on, {} pairs in turn\n{:<22}",
             options.documents, options.dimensions, options.write_ms, options.pairs, "");
  fmt::print("{:>9}{:>9}\n", "wall s", "CPU s");
  for (std::size_t i = 0; i < 2 * options.pairs; ++i) {
    // Neither is always the first of its pair.
    const Kind kind = (i + 1) / 2 % 2 == 0 ? Kind::kSqlite : Kind::kMemory;
    FillCollection(sandbox.variables(), kCollection, options.dimensions, imports);
    const Cost cost = RunOnce(kind, options, sandbox.variables());
    (kind == Kind::kSqlite ? sqlite : memory).Add(cost);
    PrintRow(kind == Kind::kSqlite ? "SQLite" : "in memory", cost.wall, cost.cpu);
    std::fflush(stdout);
  }
  const bool holds = Judge(options, sqlite, memory);
  return holds || !options.check ? 0 : 1;
}

}  // namespace
}  // namespace reembed::bench

int main(int argc, char** argv) {
  reembed::bench::Options options;
  CLI::App app("Measures what the journal costs a whole run.", "journal_cost");
  app.add_option("--documents", options.documents, "In the collection")->check(CLI::PositiveNumber);
  app.add_option("--dimensions", options.dimensions, "Of old and new vectors")
      ->check(CLI::Range(1, 1536));
  app.add_option("--pairs", options.pairs, "Runs with each journal")->check(CLI::PositiveNumber);
  app.add_option("--write-ms", options.write_ms, "The store's time per document");
  app.add_option("--latency-ms", options.latency_ms, "The provider's time per request");
  app.add_option("--sandbox", options.sandbox, "The program reembed-sandbox");
  app.add_option("--at-most", options.at_most, "The ratio of wall times that --check allows");
  app.add_flag("--check", options.check, "Exit 1 when the ratio is above that");
  CLI11_PARSE(app, argc, argv);
  try {
    return reembed::bench::Measure(options);
  } catch (const std::exception& error) {
    std::cerr << "journal_cost: " << error.what() << '\n';
    return 2;
  }
}
