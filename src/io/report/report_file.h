#pragma once

#include <string>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// Writes the report of `--report F`. A reader sees the old file or the whole new one, never a
/// part: the text goes to a temporary file in the same directory, to disk, and then into place.
/// The file is readable by its owner only (0600), also where one was there before. A symbolic link
/// keeps its place and its target is replaced; a device or a pipe is written to as it is.
/// Errors: kLocal, naming `path`; no temporary file is left.
Status WriteReportFile(const std::string& path, std::string_view text);

/// Whether WriteReportFile could write there, to be asked before anything is paid for. Changes
/// nothing. Errors: kLocal, naming `path`.
Status CheckReportFile(const std::string& path);

}  // namespace reembed
