// What the fuzz targets share. A target takes any bytes; a broken promise ends the process, and
// libFuzzer keeps the bytes that led there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reembed/base/secret.h"
#include "reembed/base/text.h"

namespace reembed::fuzz {

inline void Require(bool holds, const char* promise, std::string_view seen = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s: %.*s\n", promise, static_cast<int>(seen.size()),
               seen.data());
  std::abort();
}

/// A key that every target plants and that no message may show.
inline constexpr std::string_view kSecret = "fuzz-secret-key-1";

inline Redactor PlantedRedactor() {
  return Redactor({Secret(std::string(kSecret))});
}

/// A message is fit for a terminal: not empty, no control character, no invalid byte, no secret.
inline void RequireMessage(std::string_view message) {
  Require(!message.empty(), "a message says something");
  Require(IsUtf8(message), "a message is UTF-8", message);
  Require(EscapeControl(message) == message, "a message has no control character", message);
  Require(message.find(kSecret) == std::string_view::npos, "a message holds no secret", message);
  Require(message.size() < 8000, "a message has an end", message);
}

/// The bytes of an input, taken from the front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// A number below `bound`, from one byte; 0 at the end.
  std::size_t Choice(std::size_t bound) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % bound;
  }

  /// Everything up to `mark`, which is removed too; all of it without a mark.
  std::string_view Until(std::string_view mark) {
    const auto at = rest_.find(mark);
    const std::string_view part = rest_.substr(0, at);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + mark.size());
    return part;
  }

  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace reembed::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
