#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/core/cutover.h"
#include "reembed/core/retire_report.h"

namespace reembed {

/// The collections that alias switches of the configured one have left behind on the cluster of
/// `nodes`, as far as the journal tells: what was switched away from, and copies that were given
/// up. `now` is what the configured name leads to; it is never among them. The one that was left
/// first, first; `documents` is not known. Whether they still exist, and whether an alias leads
/// there, only the server can say.
/// A switch is one of the configured collection if it was made under that key of the configuration,
/// or if it concerned the same embedding field and the configured alias, or a collection that is
/// linked with `now` by such switches: a key may have been renamed since. Pure.
std::vector<OldCollection> ChooseOld(std::span<const Cutover> all, const CollectionConfig& config,
                                     const CollectionId& now,
                                     const std::vector<std::string>& nodes);

/// A cutover of this very collection, of whatever field, that was begun and not finished. Pure.
std::optional<Cutover> FindUnfinished(std::span<const Cutover> all, const CollectionId& collection,
                                      const std::vector<std::string>& nodes);

/// What `cutover` is, and what finishes it. Pure.
std::string UnfinishedText(const Cutover& cutover);

}  // namespace reembed
