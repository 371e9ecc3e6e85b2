#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/cutover.h"

namespace reembed {

/// How a collection's retirement ended.
enum class RetireStatus : std::uint8_t {
  kRetired,      ///< every old collection that was to be deleted is
  kPlanned,      ///< dry run: they are found, nothing changed
  kNothing,      ///< there is none
  kSkipped,      ///< by the configuration
  kError,        ///< `message` says why some of them, or all, stay
  kInterrupted,  ///< by the user
};

/// The words of the report: `retired`, `dry_run`, …
constexpr std::string_view ToString(RetireStatus status) {
  switch (status) {
    case RetireStatus::kRetired:
      return "retired";
    case RetireStatus::kPlanned:
      return "dry_run";
    case RetireStatus::kNothing:
      return "nothing";
    case RetireStatus::kSkipped:
      return "skipped";
    case RetireStatus::kError:
      return "error";
    case RetireStatus::kInterrupted:
      break;
  }
  return "interrupted";
}

/// What an old collection is.
enum class OldKind : std::uint8_t {
  kServed,     ///< the alias led to it until it was switched: a rollback would lead back to it
  kAbandoned,  ///< a copy that was rolled back from, or given up before the switch
};
/// The words of the report: `served`, `abandoned`.
constexpr std::string_view ToString(OldKind kind) {
  return kind == OldKind::kServed ? "served" : "abandoned";
}

/// What becomes of it.
enum class OldState : std::uint8_t {
  kToDelete,  ///< it may go, and was not touched
  kDeleted,
  kKept,  ///< `message` says why
};
/// The words of the report: `to_delete`, `deleted`, `kept`.
constexpr std::string_view ToString(OldState state) {
  if (state == OldState::kToDelete) return "to_delete";
  return state == OldState::kDeleted ? "deleted" : "kept";
}

/// A collection that an alias switch, or its rollback, has left behind.
struct OldCollection {
  CollectionId id;
  OldKind kind = OldKind::kServed;
  WallTime since;               ///< when it was left
  std::uint64_t documents = 0;  ///< as the node counts that was asked
  OldState state = OldState::kToDelete;
  std::string message;  ///< when kept
};

/// What one configured collection's retirement came to, or, in a dry run, would come to.
struct CollectionRetirement {
  std::string name;                        ///< key of the configuration
  std::string configured;                  ///< its name or alias on the server
  std::string collection;                  ///< what that leads to now; empty until it is known
  std::optional<std::uint64_t> documents;  ///< of `collection`
  RetireStatus status = RetireStatus::kNothing;
  std::string message;             ///< empty when retired or planned
  std::vector<OldCollection> old;  ///< the one that was left first, first
  double seconds = 0;
};

/// The verb `retire` as a whole.
struct RetireReport {
  std::string version;
  bool dry_run = false;
  WallTime started_at, finished_at;
  double seconds = 0;
  std::vector<CollectionRetirement> collections;
  std::string message;  ///< why it ended early as a whole; empty otherwise
  int exit_code = 0;

  /// The old collections of that state, in order.
  std::vector<OldCollection> InState(OldState state) const {
    std::vector<OldCollection> found;
    for (const CollectionRetirement& collection : collections) {
      std::copy_if(collection.old.begin(), collection.old.end(), std::back_inserter(found),
                   [state](const OldCollection& old) { return old.state == state; });
    }
    return found;
  }
};

}  // namespace reembed
