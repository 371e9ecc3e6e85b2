#pragma once

#include <string>
#include <variant>
#include <vector>

#include "src/cli.h"
#include "tests/support/catch2.h"

namespace reembed::testing {

using Arguments = std::vector<const char*>;

inline std::variant<CliOptions, CliExit> Parse(Arguments arguments) {
  arguments.insert(arguments.begin(), "reembed");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data(),
                          "libcurl/7.88.1 OpenSSL/3.0.19 SQLite/3.40.1");
}

inline CliOptions Options(const Arguments& arguments) {
  auto parsed = Parse(arguments);
  if (const auto* ended = std::get_if<CliExit>(&parsed)) FAIL(ended->err + ended->out);
  return std::get<CliOptions>(parsed);
}

inline CliExit Exit(const Arguments& arguments) {
  auto parsed = Parse(arguments);
  REQUIRE(std::holds_alternative<CliExit>(parsed));
  return std::get<CliExit>(parsed);
}

/// The message of a usage error, without the hint that follows.
inline std::string UsageError(const Arguments& arguments) {
  const CliExit ended = Exit(arguments);
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, ContainsSubstring("\nrun 'reembed --help' for the options\n"));
  return ended.err.substr(0, ended.err.find('\n'));
}

}  // namespace reembed::testing
