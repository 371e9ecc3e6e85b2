#include "clean.h"

#include "reembed/base/text.h"

namespace reembed {

std::string Clean(std::string_view text, const Redactor& redact) {
  return EscapeControl(redact(text));
}

}  // namespace reembed
