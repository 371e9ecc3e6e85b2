#pragma once

#include <string>
#include <vector>

#include "in_place.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/cutover.h"
#include "reembed/core/schema.h"

namespace reembed {

/// Names of the fields beside `field` that only one of the two schemas has, or that are defined
/// differently. Not those that only `source` has and that documents bring with them: parts of an
/// object, or of a collection that takes in any field. They come with the copies. Pure.
std::vector<std::string> FieldsThatDiffer(const CollectionSchema& source,
                                          const CollectionSchema& clone, const std::string& field);

/// Why `alias` may not be switched from `cutover.from` to `cutover.to`, whose schema is `clone`;
/// empty: nothing stands against it. It leads to neither of the two by now, or the collection that
/// it leads to has other fields than the clone. `touched`: the application has written into the
/// clone, so that other fields are only told. One request. Errors: those of StoreReader.
Result<std::string> WhyNotSwitch(const StrategyTools& tools, const std::string& alias,
                                 const Cutover& cutover, const CollectionSchema& clone,
                                 bool touched, const StopTokens& stop);

/// Points `cutover.aliases` to the clone, each only if it leads to the old collection: that is
/// asked right before. One that leads to the clone is passed over; one that leads elsewhere, or is
/// gone, is left with a warning and taken out of `cutover.aliases`. `asked`: an alias that has just
/// been asked for. Errors: those of StoreReader and SchemaEditor; the cutover is as before then.
Status SwitchAliases(const StrategyTools& tools, Cutover& cutover, const std::string& asked,
                     const StopTokens& stop);

}  // namespace reembed
