#pragma once

#include <cstdint>
#include <string_view>

namespace reembed {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// Messages for people: stderr and the log file. Thread-safe. The implementation removes known
/// secrets and control characters from every line.
class Log {
 public:
  virtual ~Log() = default;
  virtual void Write(LogLevel level, std::string_view message) = 0;

  void Debug(std::string_view message) { Write(LogLevel::kDebug, message); }
  void Info(std::string_view message) { Write(LogLevel::kInfo, message); }
  void Warning(std::string_view message) { Write(LogLevel::kWarning, message); }
  void Error(std::string_view message) { Write(LogLevel::kError, message); }
};

}  // namespace reembed
