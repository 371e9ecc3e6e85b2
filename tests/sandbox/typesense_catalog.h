#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/sandbox/typesense_collection.h"

namespace reembed::sandbox {

// The collections and aliases of a server. Thread-safe.
class Catalog {
 public:
  // `now` gives the `created_at` of new collections, in seconds since 1970.
  explicit Catalog(std::function<std::int64_t()> now) : now_(std::move(now)) {}

  // A collection by its name, else by an alias of that name; null if there is neither. An alias
  // of an alias leads nowhere. Source: tests/data/transcripts/10-aliases.json.
  std::shared_ptr<Collection> Find(const std::string& name) const;

  // Creates a collection from the body of `POST /collections`; with a `source` it copies that
  // collection's schema (but not its metadata) under the body's `name`.
  Outcome<std::shared_ptr<Collection>> Create(const std::string& body, const std::string& source);

  // Takes a collection (found as Find does) out; aliases of it stay.
  std::shared_ptr<Collection> Remove(const std::string& name);

  // All collections, newest first.
  std::vector<std::shared_ptr<Collection>> List() const;

  std::map<std::string, std::string> Aliases() const;
  Outcome<bool> PutAlias(const std::string& alias, const std::string& collection);
  bool RemoveAlias(const std::string& alias);

 private:
  // The real name behind a name; "" if there is none. The caller holds the mutex.
  std::string RealName(const std::string& name) const;
  Outcome<std::shared_ptr<Collection>> Add(Schema schema);

  std::function<std::int64_t()> now_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::shared_ptr<Collection>>> collections_;  // oldest first
  std::map<std::string, std::string> aliases_;
};

}  // namespace reembed::sandbox
