#pragma once

#include <string>
#include <utility>
#include <variant>

#include "tests/sandbox/http_server.h"

namespace reembed::sandbox {

// A refusal with the server's own status and wording.
struct ApiError {
  int status = 400;
  std::string text;
};

// A value, or the refusal that prevented it.
template <typename T>
class Outcome {
 public:
  Outcome(T value) : state_(std::move(value)) {}         // NOLINT(*-explicit-*)
  Outcome(ApiError error) : state_(std::move(error)) {}  // NOLINT(*-explicit-*)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const ApiError& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, ApiError> state_;
};

// `{"message": "TEXT"}` with the text glued in unescaped: the spelling of most refusals, and not
// always valid JSON. Source: tests/data/transcripts/09-documents.json, "get unknown encoded".
HttpAnswer GluedMessage(const ApiError& error);

// `{"message":"TEXT"}`, escaped: the spelling of searches and of single-document writes.
HttpAnswer EscapedMessage(const ApiError& error);

// `{ "message": "TEXT"}`: what the front door says before any handler runs.
HttpAnswer FrontDoorMessage(const ApiError& error);

// A body of JSON, or (import and export) of JSON lines.
HttpAnswer JsonAnswer(std::string body, int status = 200);
HttpAnswer LinesAnswer(std::string body);

}  // namespace reembed::sandbox
