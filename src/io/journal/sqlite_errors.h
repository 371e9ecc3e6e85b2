#pragma once

#include <string_view>

#include "reembed/base/error.h"

namespace reembed {

/// What a result code of SQLite means for the user: the one place where that is decided.
/// kRefused: the file is damaged, or it cannot be opened or written (the remedy is in the message).
/// kLocal:   the disk is full or fails, memory is short, another program holds the file; a rerun
///           resumes.
/// Throws std::logic_error for codes that only a bug can cause.
/// `detail`: SQLite's own words.
Error SqliteError(int code, std::string_view path, std::string_view detail);

/// The file at `path` cannot be used: `problem`, and that the folder is to be moved away.
Error DamagedError(std::string_view path, std::string_view problem);

}  // namespace reembed
