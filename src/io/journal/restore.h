#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reembed/ports/journal.h"
#include "sqlite.h"

namespace reembed {

// What `rollback` asks, within a transaction; `runs` are numbers in any order.

std::vector<std::optional<FieldBackup>> ReadFirstBackups(Database& database,
                                                         std::span<const std::int64_t> runs,
                                                         std::span<const std::string_view> ids);
void ForgetRestore(Database& database, std::int64_t target);
void NoteRestore(Database& database, std::int64_t target, std::span<const std::string_view> ids);
/// Those noted after `after` that have a backup, at most `max`.
std::vector<RestorableDocument> ReadRestore(Database& database, std::int64_t target,
                                            std::span<const std::int64_t> runs,
                                            std::string_view after, std::size_t max);
void MarkRestored(Database& database, std::int64_t target, std::span<const std::string_view> ids);
void MarkRolledBack(Database& database, std::span<const std::int64_t> runs, WallTime now);

}  // namespace reembed
