// A `.env`.
#include "reembed/core/config_sources.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

namespace {

// Spells a value so that it must be read back as it is.
std::string Quoted(const std::string& value) {
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\r') {
      quoted += "\\r";
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const EnvFile file = ParseEnvFile({".env", std::string(input.Rest())});
  for (const std::string& problem : file.problems) {
    fuzz::RequireMessage(problem);
    fuzz::Require(problem.starts_with(".env:"), "a problem names its line", problem);
  }
  std::string written;
  for (const auto& [name, value] : file.variables) {
    fuzz::Require(!name.empty() && IsUtf8(value), "a variable is text", name);
    written += "export " + name + " = " + Quoted(value) + " # comment\r\n";
  }
  const EnvFile again = ParseEnvFile({".env", written});
  fuzz::Require(again.problems.empty(), "what was read can be written", written);
  fuzz::Require(again.variables == file.variables, "and reads the same", written);
  return 0;
}
