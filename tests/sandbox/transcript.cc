#include "tests/sandbox/transcript.h"

#include <fstream>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

TranscriptStep ReadStep(const json& step) {
  const json& request = step["request"];
  const json& response = step["response"];
  TranscriptStep read;
  read.name = step["name"];
  read.method = request["method"];
  read.path = request["path"];
  read.auth = request["auth"];
  if (request["body"].is_string()) read.request_body = request["body"].get<std::string>();
  read.status = response["status"];
  read.content_type = response["content_type"];
  read.body = response["body"];
  read.compare = step["compare"];
  read.ignore = step.value("ignore", std::vector<std::string>());
  read.extra = step.value("extra", false);
  return read;
}

// Puts the kind of a value in its place, wherever a pointer with `*` leads.
void Blank(json& value, const std::vector<std::string>& parts, std::size_t at) {
  if (at == parts.size()) {
    value = std::string("any ") + value.type_name();
    return;
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (parts[at] == "*" || parts[at] == std::to_string(i)) Blank(value[i], parts, at + 1);
    }
  }
  if (!value.is_object()) return;
  for (auto& [key, child] : value.items()) {
    if (parts[at] == "*" || parts[at] == key) Blank(child, parts, at + 1);
  }
}

json Parse(const std::string& text) {
  return json::parse(text, nullptr, false);
}

json ParseLines(const std::string& text) {
  json lines = json::array();
  for (const std::string& line : Split(text, '\n', true)) {
    lines.push_back(line.empty() ? json(nullptr) : Parse(line));
  }
  return lines;
}

// A dump keeps `1` and `1.0` apart and sorts the keys, which is what the comparison wants.
std::string Normalised(const TranscriptStep& step, const std::string& body) {
  if (step.compare == "exact") return body;
  json value = step.compare == "jsonl" ? ParseLines(body) : Parse(body);
  for (const std::string& pointer : step.ignore) Blank(value, Split(pointer, '/'), 0);
  return value.dump();
}

}  // namespace

std::vector<TranscriptStep> LoadTranscript(const std::string& name) {
  std::ifstream file(std::string(REEMBED_TEST_DATA) + "/transcripts/" + name + ".json");
  const json scenario = json::parse(file, nullptr, false);
  std::vector<TranscriptStep> steps;
  if (scenario.is_discarded()) return steps;
  for (const json& step : scenario["steps"]) steps.push_back(ReadStep(step));
  return steps;
}

std::vector<LeftOutStep> LoadLeftOut() {
  std::ifstream file(std::string(REEMBED_TEST_DATA) + "/transcripts/left_out.json");
  std::vector<LeftOutStep> list;
  for (const json& entry : json::parse(file)) {
    list.push_back({entry.at("scenario"), entry.at("step"), entry.at("reason")});
  }
  return list;
}

TranscriptAnswer SendStep(const std::string& url, const std::string& key,
                          const TranscriptStep& step) {
  httplib::Client client(url);
  client.set_url_encode(false);
  client.set_tcp_nodelay(true);
  httplib::Request request;
  request.method = step.method;
  request.path = step.path;
  request.set_header("Accept-Encoding", "identity");
  if (step.auth == "valid") request.set_header("X-TYPESENSE-API-KEY", key);
  if (step.auth == "wrong") request.set_header("X-TYPESENSE-API-KEY", key + "-wrong");
  request.body = step.request_body.value_or("");
  const httplib::Result result = client.send(request);
  if (!result) return {};
  return {result->status, result->get_header_value("Content-Type"), result->body};
}

std::string Difference(const TranscriptStep& step, const TranscriptAnswer& answer) {
  if (answer.status != step.status) {
    return "status " + std::to_string(answer.status) + " instead of " +
           std::to_string(step.status) + ": " + answer.body;
  }
  if (step.compare == "status") return "";
  if (answer.content_type != step.content_type) {
    return "content type " + answer.content_type + " instead of " + step.content_type;
  }
  const std::string expected = Normalised(step, step.body);
  const std::string actual = Normalised(step, answer.body);
  return actual == expected ? "" : "body\n  " + actual + "\ninstead of\n  " + expected;
}

}  // namespace reembed::sandbox
