#include "tests/sandbox/typesense_answer.h"

#include <nlohmann/json.hpp>

namespace reembed::sandbox {

HttpAnswer GluedMessage(const ApiError& error) {
  return JsonAnswer("{\"message\": \"" + error.text + "\"}", error.status);
}

HttpAnswer EscapedMessage(const ApiError& error) {
  return JsonAnswer(nlohmann::json{{"message", error.text}}.dump(), error.status);
}

HttpAnswer FrontDoorMessage(const ApiError& error) {
  return JsonAnswer("{ \"message\": \"" + error.text + "\"}", error.status);
}

HttpAnswer JsonAnswer(std::string body, int status) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

HttpAnswer LinesAnswer(std::string body) {
  HttpAnswer answer = JsonAnswer(std::move(body));
  answer.content_type = "text/plain; charset=utf-8";
  return answer;
}

}  // namespace reembed::sandbox
