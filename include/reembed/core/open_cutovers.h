#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/cutover.h"
#include "reembed/core/schema.h"

namespace reembed {

// What the journal's cutovers mean for somebody who looks at them from outside: what is still
// open, whether searches suffer, what to do next. Only the server knows how far the step that was
// begun last has come.

/// The open ones, oldest first, without those that later cutovers of the same field and cluster
/// have made void for both of their collections: a run and a rollback do not see these. Pure.
std::vector<Cutover> OpenCutovers(std::span<const Cutover> all);

/// A collection that a finished alias switch left behind.
struct LeftCollection {
  std::string name;  ///< key of the configuration
  CollectionId id;
  std::string field;
  std::vector<std::string> nodes;
  WallTime since;
};
/// What was switched away from and copies that were given up, the one that was left first, first.
/// None that an open cutover concerns. Whether they still exist, only the server can say. Pure.
std::vector<LeftCollection> LeftCollections(std::span<const Cutover> all);

/// `kRebuildBack` and `kAliasBack`: only a rollback goes on with them, and no run may.
bool LeadsBack(const Cutover& cutover);

/// An open rebuild, in either direction: as far as the journal tells, the field may be away.
bool MayBeAway(const Cutover& cutover);

/// Whether vector search is away because of this open cutover. `now`: the field as the server has
/// it; null: it has none. A field without a length, where there was one, was detected by the server
/// by itself and has no index. Pure.
bool IsAway(const Cutover& cutover, const FieldSchema* now);

/// The vector length that the latest cutover of the collection's field gave it or left it with;
/// absent when there was none. Pure.
std::optional<int> LengthByJournal(std::span<const Cutover> all, const CollectionId& collection,
                                   std::string_view field, const std::vector<std::string>& nodes);

/// `a rebuild of docs was cut off at the step writing, since 2026-…`. Pure.
std::string CutOffText(const Cutover& cutover);

/// What to do about it, as an order without a capital. `recovery_file`: how to bring a field back
/// by hand; empty when there is none. Pure.
std::string GoOnText(const Cutover& cutover, const std::string& recovery_file);

}  // namespace reembed
