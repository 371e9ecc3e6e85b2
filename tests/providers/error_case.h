#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "providers/error_context.h"
#include "tests/support/catch2.h"
#include "tests/support/fake_clock.h"

namespace reembed::testing {

inline std::string ProviderData(const std::string& file) {
  std::ifstream in(std::string(REEMBED_TEST_DATA "/providers/") + file, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A row of a classifier's table: an answer to a request of four texts, and what it means.
struct ErrorCase {
  int status;
  std::string file;
  ErrorKind kind;
  std::optional<std::size_t> item = {};
  LimitUnit unit = LimitUnit::kNone;
  std::optional<std::uint64_t> limit = {};
  std::optional<std::uint64_t> actual = {};
  std::optional<Millis> wait = {};
};

inline ErrorContext TestContext(const Redactor& redact) {
  return {.who = "server at host:1",
          .model = "m-1",
          .texts = 4,
          .now = FakeClock().Wall(),
          .redact = redact};
}

template <typename Classify>
void CheckErrorCase(const ErrorCase& row, Classify classify) {
  INFO(row.file);
  const Redactor redact;
  const HttpResponse response{.status = row.status, .headers = {}, .body = ProviderData(row.file)};
  const Error error = classify(response, TestContext(redact));
  CHECK(static_cast<int>(error.kind) == static_cast<int>(row.kind));
  CHECK(error.item == row.item);
  CHECK(static_cast<int>(error.limit_unit) == static_cast<int>(row.unit));
  CHECK(error.limit == row.limit);
  CHECK(error.actual == row.actual);
  CHECK(error.retry_after == row.wait);
  CHECK(error.message.starts_with("server at host:1 answered "));
}

}  // namespace reembed::testing
