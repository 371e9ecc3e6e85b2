#pragma once

#include <memory>

#include "reembed/ports/journal.h"

namespace reembed::bench {

/// CPU and wall seconds of a process between two moments.
struct Phase {
  double cpu_begin = 0, cpu_end = 0;
  double wall_begin = 0, wall_end = 0;
};

/// The tests' journal in memory, which notes in `phase` what the process had used when the first
/// page of the work list was asked for, and when the scan after that pass began: what lies between
/// is fetch, embed and import alone, without the first scan and without the catch-up. `phase` may
/// be in memory that another process shares; it outlives the journal.
std::unique_ptr<JournalStore> MakePhaseJournal(Phase& phase);

}  // namespace reembed::bench
