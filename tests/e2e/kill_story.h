// One story of the kill harness.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kill_application.h"
#include "kill_harness.h"
#include "kill_shooter.h"

namespace reembed::testing {

/// What an undisturbed run and its rollback take.
struct Undisturbed {
  Effort run, rollback;
};

/// A collection, runs of the program on it that are killed, one that is let through, and a rollback
/// in the same way.
class KillStory {
 public:
  KillStory(StoryKind kind, std::size_t documents, std::uint32_t seed);

  /// Without a kill.
  Undisturbed Measure();
  /// At most so many kills: fewer if a run or the rollback is over before the next one.
  void Play(const Undisturbed& undisturbed, std::size_t kills);

  std::size_t kills() const { return kills_; }
  std::size_t kills_in_rollback() const { return kills_in_rollback_; }
  std::size_t paid_twice() const { return paid_twice_; }
  std::size_t may_be_paid_twice() const { return may_be_paid_twice_; }
  const std::string& problems() const { return problems_; }

 private:
  enum class Verb { kRun, kRollback };

  bool IsAlias() const { return kind_.strategy == StoryStrategy::kAlias; }
  bool InPlace() const { return kind_.strategy == StoryStrategy::kInPlace; }
  bool Edited() const { return kind_.changes != StoryChanges::kNone; }
  int NewLength() const;

  void MakeStage(std::size_t documents);
  std::vector<std::string> Arguments(Verb verb);
  std::string FirstRun();
  bool KillAll(Verb verb, Effort left, std::size_t kills);
  Shot Let(Verb verb);
  void Through(Verb verb, const std::string& name);
  bool IsGoodEnd(Verb verb, int exit_code) const;

  void CheckWhileDead();
  void CheckMigrated();
  void CheckPaid();
  void CheckNothingToDo();
  void CheckNothingOpen();
  void CheckRolledBack();
  void Problem(const std::string& what);
  std::string Served();
  std::string Description();

  const StoryKind kind_;
  Random random_;
  Stage stage_;
  Shooter shooter_{stage_, random_};
  std::optional<KillApplication> application_;
  std::string before_, schema_before_;
  std::size_t kills_ = 0, kills_in_rollback_ = 0;
  std::size_t paid_twice_ = 0, may_be_paid_twice_ = 0;
  std::string problems_;
};

}  // namespace reembed::testing
