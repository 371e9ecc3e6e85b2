#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/typesense_controls.h"

namespace reembed::sandbox {

struct TypesenseOptions {
  // Required as x-typesense-api-key by all routes but /health.
  std::string api_key;
  // Waited for each document that puts a new value into an indexed vector field, under the
  // collection's exclusive lock: searches of that collection wait as long as the request in work.
  std::chrono::microseconds write_delay{0};
  int port = 0;  // 0 = any free port
  // Imports are only counted, and answered with success; for benchmarks.
  bool sink = false;
  // The `created_at` of new collections, in seconds since 1970; the time of day unless given.
  std::function<std::int64_t()> now = {};
  // As write_delay, for a document that is new: a fresh insert is cheaper than an update in place.
  // As write_delay unless given.
  std::optional<std::chrono::microseconds> insert_delay = {};
  // Per document: dropping a field takes this time, adding one 1.6 of it, and updating a document
  // with numbers that no vector index takes 2.0 of it.
  std::chrono::duration<double, std::milli> alter_delay{0};
};

// What a client sent and what it got.
struct RecordedRequest {
  std::string method;
  std::string target;  // undecoded, with its query
  std::size_t body_bytes = 0;
  int status = 0;
};

// A double of a Typesense 29.0 server on the loopback address: collections with their schema,
// documents, import, export, search and vector search, aliases and schema changes, in the wording
// and number spelling of the recorded server (tests/data/transcripts/). It keeps everything in
// memory and serves from construction to destruction. Thread-safe.
class TypesenseServer {
 public:
  explicit TypesenseServer(TypesenseOptions options);
  // Another node of the cluster: the same collections and aliases, but an address and controls of
  // its own. Of the options only key, port and sink count. `other` may be destroyed first.
  TypesenseServer(TypesenseOptions options, const TypesenseServer& other);
  ~TypesenseServer();
  TypesenseServer(const TypesenseServer&) = delete;
  TypesenseServer& operator=(const TypesenseServer&) = delete;

  // 0 if the port asked for could not be bound.
  int port() const;
  // "http://127.0.0.1:PORT"
  std::string url() const;

  // What the server does beyond serving.
  TypesenseControls& controls();

  // Not reachable: every connection is dropped, what was being waited for ends at once, and new
  // connections are refused until it is reachable again. The data is kept.
  void SetReachable(bool reachable);

  // All requests answered so far, in the order of their answers.
  std::vector<RecordedRequest> requests() const;
  void ClearRequests();

  // Direct access, past HTTP, key and faults. Each returns the body the server would have
  // answered, be it a refusal. `action` is "create", "upsert", "update" or "emplace".
  std::string CreateCollection(const std::string& schema_json);
  std::string Import(const std::string& collection, const std::string& json_lines,
                     const std::string& action);
  std::string ExportAll(const std::string& collection);
  void RemoveCollection(const std::string& collection);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reembed::sandbox
