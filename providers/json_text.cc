#include "providers/json_text.h"

namespace reembed {
namespace {

bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else {
    const auto code = static_cast<unsigned char>(c);
    out += "\\u00";
    out += {kHex[code >> 4U], kHex[code & 0xFU]};
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t run = 0;  // start of what needs no escape and is appended in one piece
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!NeedsEscape(text[i])) continue;
    out += text.substr(run, i - run);
    AppendEscaped(out, text[i]);
    run = i + 1;
  }
  out += text.substr(run);
  out += '"';
}

std::size_t BodySizeHint(std::span<const std::string> texts, std::size_t overhead) {
  std::size_t bytes = 256;
  for (const std::string& text : texts) bytes += text.size() + text.size() / 32 + overhead;
  return bytes;
}

}  // namespace reembed
