#include "clean.h"

#include "reembed/base/text.h"

namespace reembed {

std::string Clean(std::string_view text, const Redactor& redact) {
  // Twice: what an escape ends with may make a secret of the text behind it.
  return redact(EscapeControl(redact(text)));
}

}  // namespace reembed
