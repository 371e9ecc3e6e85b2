#pragma once

#include <cstdint>
#include <span>

#include "reembed/base/result.h"
#include "sqlite.h"

namespace reembed {

/// In the header of every journal: "REMB".
inline constexpr std::int64_t kApplicationId = 0x52454d42;

/// What turns a journal of the version before into one of `version`. Steps never change once
/// released; the first makes the tables.
struct SchemaStep {
  int version;
  const char* sql;
};
std::span<const SchemaStep> SchemaSteps();

enum class FileState : std::uint8_t { kEmpty, kOlder, kCurrent };

/// Whose file this is. Reads a few pages, and all of a small file.
/// Errors: kRefused for a file of another program, of a newer version, or a damaged one.
Result<FileState> Inspect(Database& database, std::span<const SchemaStep> steps);

/// Applies the steps that are missing, all in one transaction, and settles how the file is
/// written: pages of 32 KiB, a write-ahead log of about 16 MiB, each commit synced.
Status Prepare(Database& database, std::span<const SchemaStep> steps);

}  // namespace reembed
