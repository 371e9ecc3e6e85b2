#include "tests/sandbox/typesense_catalog.h"

#include <algorithm>
#include <shared_mutex>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

template <typename Collections>
auto Position(Collections& collections, const std::string& name) {
  return std::find_if(collections.begin(), collections.end(),
                      [&](const auto& each) { return each.first == name; });
}

Outcome<Schema> ClonedSchema(const json& body, const std::shared_ptr<Collection>& source,
                             const std::string& source_name) {
  if (!body.contains("name") || !body["name"].is_string()) {
    return ApiError{400, "Collection name must be provided."};
  }
  if (!source) return ApiError{400, "Collection with name `" + source_name + "` not found."};
  const std::shared_lock<FairSharedMutex> lock(source->mutex());
  Schema schema = source->schema();
  schema.name = body["name"];
  schema.metadata.clear();
  return schema;
}

}  // namespace

std::string Catalog::RealName(const std::string& name) const {
  if (Position(collections_, name) != collections_.end()) return name;
  const auto alias = aliases_.find(name);
  return alias == aliases_.end() ? "" : alias->second;
}

std::shared_ptr<Collection> Catalog::Find(const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = Position(collections_, RealName(name));
  return found == collections_.end() ? nullptr : found->second;
}

Outcome<std::shared_ptr<Collection>> Catalog::Create(const std::string& body,
                                                     const std::string& source) {
  const json request = json::parse(body, nullptr, false);
  if (request.is_discarded()) return ApiError{400, "Bad JSON."};
  const std::lock_guard<std::mutex> lock(mutex_);
  if (source.empty()) {
    Outcome<Schema> schema = ParseSchema(request);
    return schema ? Add(std::move(*schema)) : schema.error();
  }
  const auto original = Position(collections_, source);
  Outcome<Schema> schema =
      ClonedSchema(request, original == collections_.end() ? nullptr : original->second, source);
  if (!schema) return schema.error();
  if (Position(collections_, schema->name) != collections_.end()) {
    return ApiError{400, "Collection with name `" + schema->name + "` already exists."};
  }
  return Add(std::move(*schema));
}

Outcome<std::shared_ptr<Collection>> Catalog::Add(Schema schema) {
  if (Position(collections_, schema.name) != collections_.end()) {
    return ApiError{409, "A collection with name `" + schema.name + "` already exists."};
  }
  if (auto checked = CheckSchema(schema); !checked) return checked.error();
  schema.created_at = now_();
  const std::string name = schema.name;
  auto collection = std::make_shared<Collection>(std::move(schema));
  collections_.emplace_back(name, collection);
  return collection;
}

std::shared_ptr<Collection> Catalog::Remove(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = Position(collections_, RealName(name));
  if (found == collections_.end()) return nullptr;
  auto collection = std::move(found->second);
  collections_.erase(found);
  return collection;
}

std::vector<std::shared_ptr<Collection>> Catalog::List() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Collection>> list;
  std::transform(collections_.rbegin(), collections_.rend(), std::back_inserter(list),
                 [](const auto& each) { return each.second; });
  return list;
}

std::map<std::string, std::string> Catalog::Aliases() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return aliases_;
}

Outcome<bool> Catalog::PutAlias(const std::string& alias, const std::string& collection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Position(collections_, alias) != collections_.end()) {
    return ApiError{500, "Name `" + alias + "` conflicts with an existing collection name."};
  }
  aliases_[alias] = collection;
  return true;
}

bool Catalog::RemoveAlias(const std::string& alias) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return aliases_.erase(alias) > 0;
}

}  // namespace reembed::sandbox
