#include "src/io/typesense/node_status.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "reembed/base/text.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/nodes.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& json, const char* key) {
  if (!json.is_object()) return {};
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string ResourceTrouble(const std::string& resource, const Redactor& redact) {
  if (resource.empty()) return {};
  if (resource == "OUT_OF_DISK") return "runs out of disk, so it refuses writes: make room there";
  if (resource == "OUT_OF_MEMORY") return "runs out of memory, so it refuses writes: give it more";
  return "says it runs out of a resource: " + ServerText(resource, redact);
}

void ReadHealth(const HttpResponse& answer, const Redactor& redact, NodeStatus& node) {
  const Json json = Json::parse(answer.body, nullptr, false);
  const auto ok = json.is_object() ? json.find("ok") : json.end();
  if (ok == json.end() || !ok->is_boolean()) {
    node.trouble = fmt::format("answers {} to /health, and not as Typesense does ({})",
                               answer.status, ServerText(MessageOf(answer.body), redact, 100));
    return;
  }
  node.healthy = answer.status == 200 && ok->get<bool>();
  if (!node.healthy) {
    node.trouble =
        fmt::format("says {} to /health: it starts, or it lags behind the cluster", answer.status);
  }
  const std::string resource = ResourceTrouble(Text(json, "resource_error"), redact);
  if (!resource.empty()) node.trouble += (node.trouble.empty() ? "" : "; it ") + resource;
}

// The JSON of a 200; of anything else (401 for a key with few rights) a discarded one.
Json Ask(const ReadClient& client, std::size_t node, const char* target, const StopTokens& stop) {
  const Result<HttpResponse> answer = client.AskNode(node, target, stop.abort);
  const bool usable = answer.ok() && answer->status == 200;
  return Json::parse(usable ? answer->body : std::string(), nullptr, false);
}

// All numbers of /metrics.json are strings.
std::optional<std::uint64_t> Number(const Json& metrics, const std::string& key) {
  const std::string text = Text(metrics, key.c_str());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::optional<std::uint64_t> Free(const Json& metrics, const std::string& resource) {
  const auto total = Number(metrics, "system_" + resource + "_total_bytes");
  const auto used = Number(metrics, "system_" + resource + "_used_bytes");
  if (!total || !used) return {};
  return *total - std::min(*used, *total);
}

NodeStatus ReadNode(const ReadClient& client, std::size_t node, const StopTokens& stop) {
  NodeStatus status;
  status.url = client.hosts()[node];
  const Result<HttpResponse> health = client.AskNode(node, "/health", stop.abort);
  if (!health.ok()) {
    status.trouble = health.error().message;
    return status;
  }
  ReadHealth(*health, client.redact(), status);
  status.version =
      ServerText(Text(Ask(client, node, "/debug", stop), "version"), client.redact(), 40);
  const Json metrics = Ask(client, node, "/metrics.json", stop);
  status.memory_free_bytes = Free(metrics, "memory");
  status.disk_free_bytes = Free(metrics, "disk");
  return status;
}

}  // namespace

std::vector<NodeStatus> ReadNodes(const ReadClient& client, const StopTokens& stop) {
  std::vector<NodeStatus> nodes;
  for (const std::size_t node : DistinctNodes(client.hosts())) {
    nodes.push_back(ReadNode(client, node, stop));
  }
  return nodes;
}

}  // namespace reembed
