#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace reembed::testing {

/// How the new vectors get in. All but in-place lead to another vector length, with a filter and
/// documents outside it.
enum class StoryStrategy { kInPlace, kRebuild, kAlias };

/// When an application inserts, edits and deletes documents.
enum class StoryChanges {
  kNone,
  kBetween,  ///< while the program is dead
  kAlways,   ///< and while it runs, but for the last run
};

struct StoryKind {
  StoryStrategy strategy = StoryStrategy::kInPlace;
  StoryChanges changes = StoryChanges::kNone;
};

/// All that there are; in-place without changes.
std::vector<StoryKind> AllStoryKinds();

/// How much a series of kills does.
struct KillOptions {
  std::uint32_t seed = 1;
  std::size_t kills = 200;           ///< SIGKILLs in all
  std::size_t kills_per_story = 10;  ///< then the run is let through, checked, and rolled back
  std::size_t documents = 1500;
  std::vector<StoryKind> kinds = AllStoryKinds();  ///< in turn
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
/// random points over all phases of an undisturbed run: at a time, at a request to the store or to
/// the provider, before its effect or after it. Behind an alias searches answer after each kill.
/// After the last kill of a story the run goes through, and everything is checked: every vector is
/// that of its text, every other byte of the documents is unchanged or as the application left it,
/// nothing deleted is back, the schema is the old one but for the length, nothing is left open, no
/// more texts were paid twice than were in flight at the kills, and a further run sends the
/// provider nothing and the store no write. Then `rollback`, killed in the same way, gives back the
/// definition and, byte for byte, all that the application did not touch. One line per story goes
/// to `table`.
KillResult RunKillHarness(const KillOptions& options, std::ostream& table);

}  // namespace reembed::testing
