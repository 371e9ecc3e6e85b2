// What the journal costs: runs of the whole program, in turn with the SQLite journal and with one
// in memory, over the same documents with the same scans and backups. Prints both and their ratio.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "sandbox_process.h"
#include "src/program.h"
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

struct Cost {
  double wall = 0;
  double cpu = 0;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The value that `share` of them do not exceed.
double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

ProgramParts PartsOf(Kind kind) {
  if (kind == Kind::kSqlite) return {};
  return {[](const std::string&) -> Result<std::unique_ptr<JournalStore>> {
    return testing::MakeMemoryJournal();
  }};
}

// Into `log`, which is shown when the run fails.
void Redirect(const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
}

/// A folder that goes with its owner.
class Folder {
 public:
  Folder() {
    path_ = std::filesystem::temp_directory_path() / "reembed-bench-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
    std::ofstream(path_ + "/reembed.json") << kConfig;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// In the forked child: the program in `folder`, with the sandbox's settings and no others.
int RunChild(Kind kind, const Options& options, const std::string& folder,
             const std::map<std::string, std::string>& variables) {
  if (chdir(folder.c_str()) != 0) return 1;
  Redirect(folder + "/log");
  clearenv();
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> words = {
      "reembed",    "--config", "reembed.json", "--dimensions", std::to_string(options.dimensions),
      "--progress", "none"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return RunProgram(static_cast<int>(words.size()), argv.data(), std::cout, std::cerr,
                    PartsOf(kind));
}

Cost RunOnce(Kind kind, const Options& options,
             const std::map<std::string, std::string>& variables) {
  const Folder folder;
  const auto started = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    int code = 1;
    try {
      code = RunChild(kind, options, folder.path(), variables);
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
    std::cout.flush();
    _exit(code);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) throw std::runtime_error("no child");
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::ifstream log(folder.path() + "/log");
    throw std::runtime_error(std::string(std::istreambuf_iterator<char>(log), {}));
  }
  return {wall.count(), Seconds(used.ru_utime) + Seconds(used.ru_stime)};
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
