#pragma once

#include <string>
#include <string_view>

#include "reembed/core/schema.h"
#include "reembed/ports/store.h"

namespace reembed {

/// A `filter_by` that finds the document only while the members that are to change are as they were
/// seen: ``(title:=`old words` && n:=5) && id:[`a`]``. Empty when none of them can be told by a
/// filter: only those of the document's first level can that are indexed, and hold an integer, a
/// boolean or a text that is not long. A text is found by its words, without regard to case and
/// signs (tests/data/transcripts/07-search-filters.json). Pure.
std::string SeenFilter(const DocumentChange& change, const CollectionSchema& schema);

/// A document that a call for it alone has answered, without the keys that the server keeps for
/// itself in collections with references: `.ref` and `<field>_sequence_id`. No other answer shows
/// them. Pure.
std::string WithoutServersKeys(std::string document, const CollectionSchema& schema);

}  // namespace reembed
