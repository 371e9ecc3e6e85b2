#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// Walks through a template: `on_text` gets the literal parts with `{{` and `}}` already reduced,
/// `on_field` the names between braces. Errors: kUsage with the position of what is broken.
Status WalkTemplate(std::string_view text_template,
                    const std::function<void(std::string_view)>& on_text,
                    const std::function<void(std::string_view)>& on_field);

}  // namespace reembed
