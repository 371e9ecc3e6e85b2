#pragma once

#include <cstddef>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// A nested field is to be absent again. `level` says how much of its path was there before it was
/// written (core/backup.h): at 0 of `meta.vec` all of `meta` came with the vector. Meanwhile the
/// application may have put other keys beside it; they must survive. Returns the lowest level from
/// `level` on where nothing but the path to the field hangs below, by what the document (its JSON
/// with the path's first key) holds now.
/// Errors: kTransient when `document` is no JSON object. Pure.
Result<std::size_t> LevelToClear(std::string_view document, std::string_view field,
                                 std::size_t level);

}  // namespace reembed
