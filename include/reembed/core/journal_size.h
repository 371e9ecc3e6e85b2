#pragma once

#include <cstdint>

namespace reembed {

/// By how many bytes a run will let the journal's file grow, estimated: to be compared with the
/// free space of the disk. Counts the new vectors (float32), the old ones when a backup is kept,
/// rows and indexes of the documents, and the pages' overhead. `texts_to_embed` are different texts
/// without a paid vector; `old_dimensions` is 0 when the field is empty. Too little for backups
/// that need more than float32. Pure.
std::uint64_t JournalBytes(std::uint64_t documents, std::uint64_t texts_to_embed,
                           std::uint64_t new_dimensions, std::uint64_t old_dimensions, bool backup);

}  // namespace reembed
