#include "tests/sandbox/provider_test_support.h"

#include <chrono>
#include <utility>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include "tests/sandbox/provider_encoding.h"

namespace reembed::sandbox {
namespace {

std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ",") + part;
  return joined;
}

}  // namespace

ProviderOptions TestOptions(const std::vector<std::string>& modes) {
  ProviderOptions options;
  options.api_key = kTestKey;
  options.extra_models["tiny"] = 4;
  for (const std::string& mode : modes) {
    if (!AddMode(mode, options.modes).ok()) options.extra_models.clear();
  }
  return options;
}

ProviderOptions FaultyOptions(const std::string& faults) {
  ProviderOptions options = TestOptions();
  options.faults = ParseFaults(faults).value();
  return options;
}

HttpRequest OpenAiPost(std::string body) {
  return {.method = "POST",
          .target = "/v1/embeddings",
          .body = std::move(body),
          .headers = {{"authorization", std::string("Bearer ") + kTestKey}}};
}

HttpRequest GeminiPost(const std::string& model, std::string body) {
  return {.method = "POST",
          .target = "/v1beta/models/" + model + ":batchEmbedContents",
          .body = std::move(body),
          .headers = {{"x-goog-api-key", kTestKey}}};
}

std::string TinyBody(const std::vector<std::string>& texts, const std::string& more) {
  std::vector<std::string> inputs;
  for (const std::string& text : texts) inputs.push_back(JsonString(text));
  return R"({"model":"tiny","input":[)" + Join(inputs) + "]" + more + "}";
}

std::string GeminiBody(const std::string& model, const std::vector<std::string>& texts,
                       const std::string& more) {
  std::vector<std::string> requests;
  for (const std::string& text : texts) {
    requests.push_back(R"({"model":"models/)" + model + R"(","content":{"parts":[{"text":)" +
                       JsonString(text) + "}]}" + more + "}");
  }
  return "{\"requests\":[" + Join(requests) + "]}";
}

std::string HeaderOf(const HttpAnswer& answer, const std::string& name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

std::string At(const std::string& body, const std::string& path) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const nlohmann::json::json_pointer pointer("/" + path);
  return json.is_object() && json.contains(pointer) ? json.at(pointer).dump() : "(none)";
}

Seen Send(int port, const HttpRequest& request) {
  return SendWithTimeout(port, request, 30000);
}

Seen SendWithTimeout(int port, const HttpRequest& request, int give_up_ms) {
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(std::chrono::milliseconds(give_up_ms));
  httplib::Headers headers;
  for (const auto& [name, value] : request.headers) headers.emplace(name, value);
  const auto result = client.Post(request.target, headers, request.body, "application/json");
  if (!result) return {.status = 0, .body = "", .error = httplib::to_string(result.error())};
  return {.status = result->status, .body = result->body, .error = ""};
}

}  // namespace reembed::sandbox
