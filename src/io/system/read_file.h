#pragma once

#include <string>

#include "reembed/base/result.h"

namespace reembed {

/// A whole file. Errors: kNotFound when there is none, else kLocal with the reason as the message
/// (a directory, no permission, larger than 16 MiB: no configuration is).
Result<std::string> ReadWholeFile(const std::string& path);

}  // namespace reembed
