#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace reembed::bench {

struct KernelSpec {
  std::size_t dimensions = 1536;
  bool float_text = false;
  bool old_vectors = true;
  std::size_t documents = 1000;  ///< in the journal
  std::size_t rounds = 9;
  int only = -1;  ///< place of the one kernel that is run; negative: all
};

/// Thread CPU seconds of one kernel, by round.
struct KernelTime {
  std::string name;
  std::string pass;             ///< `fetch`, `embed`, `import`, `first scan`, `catch-up`, `journal`
  std::size_t documents = 0;    ///< of a round
  std::vector<double> seconds;  ///< per document
};

/// Times every kernel that a run with default settings needs for a document, alone, with the
/// functions that the run calls, on the sink's documents and vectors. Rounds are interleaved.
/// Throws std::runtime_error when a kernel fails.
std::vector<KernelTime> MeasureKernels(const KernelSpec& spec);

/// The journal's part: thread CPU seconds per document of a run's calls, with the SQLite journal in
/// a temporary folder: two scans, rows, old vectors, vectors, outcomes.
double JournalSeconds(const KernelSpec& spec);

/// Sum over all kernels of the lower quartiles: seconds per document.
double TotalSeconds(const std::vector<KernelTime>& kernels);

}  // namespace reembed::bench
