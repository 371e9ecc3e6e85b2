#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"

namespace reembed {

/// What takes several steps on the server, or is the way back from it. The numbers stand in
/// journals: they never change their meaning.
enum class CutoverKind : std::uint8_t {
  kRebuild = 0,      ///< the field is dropped, written, added
  kRebuildBack = 1,  ///< the same with the old definition and the old vectors
  kAlias = 2,        ///< a clone is filled, the alias is switched to it
  kAliasBack = 3,    ///< the alias is switched back
};

/// The step that was begun last. What it does may have happened or not: the server's schema and
/// aliases tell. In the order of the work; a kind uses some of them. The numbers stand in journals.
enum class CutoverStep : std::uint8_t {
  kCloning = 0,    ///< alias: the clone is made
  kFilling = 1,    ///< alias: it stands, with its schema, and is filled
  kDropping = 2,   ///< rebuild: every vector is in the journal; the field is dropped
  kWriting = 3,    ///< rebuild: it is away; vectors are written
  kAdding = 4,     ///< rebuild: all are written; the field is added
  kSwitching = 5,  ///< alias: filled and checked; the aliases are switched
  kCarrying = 6,   ///< alias: switched; what changed in between is carried over
  kDone = 7,       ///< also when only the catch-up is left, which any run does
  kUndone = 8,     ///< a rollback led back from it, or it was given up before it changed anything
};
std::string_view ToString(CutoverKind kind);  ///< `rebuild`, `rebuild back`, `alias`, `alias back`
std::string_view ToString(CutoverStep step);  ///< `cloning`, …

/// A real collection. One that was dropped and made again has another `created_at`.
struct CollectionId {
  std::string name;
  std::int64_t created_at = 0;
  friend bool operator==(const CollectionId&, const CollectionId&) = default;
};

/// A rebuild or an alias switch as the journal keeps it.
struct Cutover {
  std::int64_t number = 0;  ///< grows; 0 until it is saved
  CutoverKind kind = CutoverKind::kRebuild;
  CutoverStep step = CutoverStep::kDropping;
  std::string name;                ///< key of the configuration
  std::vector<std::string> nodes;  ///< of the cluster
  std::string field;
  CollectionId from;  ///< served before
  CollectionId to;    ///< serves after; rebuild: the same. `created_at` 0 until the clone stands
  std::string old_definition, new_definition;  ///< the field's JSON, before and after
  std::vector<std::string> aliases;            ///< that are switched
  WallTime started, changed;                   ///< `changed`: of the present step

  bool IsOpen() const { return step != CutoverStep::kDone && step != CutoverStep::kUndone; }
  friend bool operator==(const Cutover&, const Cutover&) = default;
};

/// The latest cutover on the cluster of `nodes` that led from or to this very collection with this
/// field, if it is still open. Pure.
std::optional<Cutover> FindOpenCutover(std::span<const Cutover> all, const CollectionId& collection,
                                       std::string_view field,
                                       const std::vector<std::string>& nodes);

/// The field's definition with another vector length, and `optional` when asked for; everything
/// else as declared. `definition` is a field's JSON as the server sends it. Sorted keys.
/// Errors: kRefused when it is no JSON object. Pure.
Result<std::string> WithDimensions(std::string_view definition, int num_dim, bool optional);

/// The vector length that a definition names, and whether it lets documents be without. Pure.
std::optional<int> DimensionsOf(std::string_view definition);
bool IsOptionalField(std::string_view definition);

/// `<name without an earlier suffix>_r<yyyymmddhhmmss>`, in UTC. Pure.
std::string CloneName(std::string_view collection, WallTime now);

}  // namespace reembed
