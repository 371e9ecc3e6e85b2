#include <algorithm>
#include <cstdint>
#include <shared_mutex>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_api.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr int kIndent = 2;

}  // namespace

HttpAnswer TypesenseApi::Health(const Call&) {
  const bool ready = controls_.ready();
  return ready ? JsonAnswer("{\"ok\":true}") : JsonAnswer("{\"ok\":false}", 503);
}

HttpAnswer TypesenseApi::Debug(const Call&) {
  return JsonAnswer("{\"state\":1,\"version\":\"29.0\"}");
}

HttpAnswer TypesenseApi::Status(const Call&) {
  const json status = {{"committed_index", 1},
                       {"queued_writes", controls_.pending_write_batches()},
                       {"state", "LEADER"}};
  return JsonAnswer(status.dump());
}

HttpAnswer TypesenseApi::Stats(const Call&) {
  json stats = {{"cache_hit_ratio", 0.0},
                {"latency_ms", json::object()},
                {"overloaded_requests_per_second", 0},
                {"pending_write_batches", controls_.pending_write_batches()},
                {"requests_per_second", json::object()},
                {"total_requests_per_second", 0.0}};
  for (const std::string kind : {"delete", "import", "search", "write"}) {
    stats[kind + "_latency_ms"] = 0;
    stats[kind + "_requests_per_second"] = 0;
  }
  return JsonAnswer(stats.dump(kIndent));
}

HttpAnswer TypesenseApi::Metrics(const Call&) {
  json metrics = {{"system_cpu1_active_percentage", "10.00"},
                  {"system_cpu_active_percentage", "10.00"},
                  {"typesense_memory_fragmentation_ratio", "0.05"}};
  for (const char* key : {"system_disk_total_bytes", "system_disk_used_bytes",
                          "system_memory_total_bytes", "system_memory_total_swap_bytes",
                          "system_memory_used_bytes", "system_memory_used_swap_bytes",
                          "system_network_received_bytes", "system_network_sent_bytes",
                          "typesense_memory_active_bytes", "typesense_memory_allocated_bytes",
                          "typesense_memory_mapped_bytes", "typesense_memory_metadata_bytes",
                          "typesense_memory_resident_bytes", "typesense_memory_retained_bytes"}) {
    metrics[key] = "1000000";
  }
  metrics["system_disk_total_bytes"] = "100000000000";
  constexpr std::uint64_t kMemory = 16'000'000'000;
  const std::uint64_t free = controls_.free_memory();
  const std::uint64_t total = std::max(kMemory, free);
  metrics["system_memory_total_bytes"] = std::to_string(total);
  metrics["system_memory_used_bytes"] = std::to_string(total - free);
  return JsonAnswer(metrics.dump(kIndent));
}

HttpAnswer TypesenseApi::SchemaChanges(const Call&) {
  // A server without any collection has nothing to list the changes of.
  const auto collections = catalog_.List();
  if (collections.empty()) return JsonAnswer("null");
  json changes = json::array();
  for (const auto& collection : collections) {
    const AlterProgress& progress = collection->alteration();
    if (!progress.running) continue;
    const std::shared_lock<FairSharedMutex> lock(collection->mutex());
    changes.push_back({{"alter_history", json::array()},
                       {"altered_docs", progress.altered.load()},
                       {"collection", collection->schema().name},
                       {"validated_docs", progress.validated.load()}});
  }
  return JsonAnswer(changes.dump());
}

}  // namespace reembed::sandbox
