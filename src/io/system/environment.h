#pragma once

#include "reembed/core/config_sources.h"

namespace reembed {

/// The process's environment as it was at the start.
Variables ProcessEnvironment();

}  // namespace reembed
