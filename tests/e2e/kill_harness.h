#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

namespace reembed::testing {

/// How much a series of kills does.
struct KillOptions {
  std::uint32_t seed = 1;
  std::size_t kills = 200;           ///< SIGKILLs in all
  std::size_t kills_per_story = 10;  ///< then the run is let through, checked, and rolled back
  std::size_t documents = 1500;
};

/// What came of it. `problems` is empty when everything held.
struct KillResult {
  std::size_t kills = 0;
  std::size_t stories = 0;
  std::size_t kills_in_rollback = 0;
  std::size_t paid_twice = 0;         ///< texts, over all stories
  std::size_t may_be_paid_twice = 0;  ///< texts that were in flight at the kills, at most
  std::string problems;
};

/// Drives the real program against the sandbox, faults on, and kills it with SIGKILL at seeded
/// random points: after so many requests to the store, to the provider, or after so much time of an
/// undisturbed run. After the last kill of a story the run goes through, and everything is checked:
/// every vector is that of its text, every other byte of the documents is unchanged, no more texts
/// were paid twice than were in flight at the kills, and a further run sends the provider nothing
/// and the store no write. Then `rollback`, killed in the same way, gives back the export of the
/// beginning byte for byte. One line per story goes to `table`.
KillResult RunKillHarness(const KillOptions& options, std::ostream& table);

}  // namespace reembed::testing
