#include <charconv>
#include <mutex>
#include <shared_mutex>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_alter.h"
#include "tests/sandbox/typesense_api.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

json Summary(const Collection& collection, const TypesenseControls& controls) {
  const std::shared_lock<FairSharedMutex> lock(collection.mutex());
  const std::size_t documents = collection.entries().size();
  return SchemaJson(collection.schema(), controls.ShownCount(collection.schema().name, documents));
}

// By the name in the request: a request that names an alias is not held to be about the collection.
bool IsBeingAltered(const Collection& collection, const std::string& requested) {
  const std::shared_lock<FairSharedMutex> lock(collection.mutex());
  return collection.schema().name == requested && collection.alteration().running;
}

// An unsigned parameter; `fallback` if it was not given, nothing if it is no number.
std::optional<std::size_t> Unsigned(const Params& params, const char* key, std::size_t fallback) {
  const auto found = params.find(key);
  if (found == params.end()) return fallback;
  std::size_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string AliasJson(const std::string& alias, const std::string& collection) {
  return json{{"collection_name", collection}, {"name", alias}}.dump();
}

}  // namespace

ApiError CollectionNotFound() {
  return {404, "Collection not found"};
}

std::shared_ptr<Collection> TypesenseApi::FindCollection(const Call& call) const {
  return catalog_.Find(Param(call.params, "collection"));
}

HttpAnswer TypesenseApi::ListCollections(const Call& call) {
  const auto collections = catalog_.List();
  const auto limit = Unsigned(call.params, "limit", collections.size());
  if (!limit) return GluedMessage({400, "Limit param should be unsigned integer."});
  const auto offset = Unsigned(call.params, "offset", 0);
  if (!offset) return GluedMessage({400, "Offset param should be unsigned integer."});
  if (*offset > 0 && *offset >= collections.size()) {
    return GluedMessage({400, "Invalid offset param."});
  }
  json list = json::array();
  for (std::size_t i = *offset; i < collections.size() && list.size() < *limit; ++i) {
    json summary = Summary(*collections[i], controls_);
    for (const std::string& key : Split(Param(call.params, "exclude_fields"), ',')) {
      summary.erase(key);
    }
    list.push_back(std::move(summary));
  }
  return JsonAnswer(list.dump());
}

HttpAnswer TypesenseApi::CreateCollection(const Call& call) {
  auto collection = catalog_.Create(call.body, Param(call.params, "src_name"));
  if (!collection) return GluedMessage(collection.error());
  return JsonAnswer(Summary(**collection, controls_).dump(), 201);
}

HttpAnswer TypesenseApi::GetCollection(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  return JsonAnswer(Summary(*collection, controls_).dump());
}

HttpAnswer TypesenseApi::AlterCollection(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  if (IsBeingAltered(*collection, Param(call.params, "collection"))) {
    return GluedMessage({422, "Another collection update operation is in progress."});
  }
  auto altered = AlterSchema(*collection, call.body, settings_.pace);
  return altered ? JsonAnswer(std::move(*altered)) : GluedMessage(altered.error());
}

HttpAnswer TypesenseApi::DeleteCollection(const Call& call) {
  const std::string name = Param(call.params, "collection");
  const auto waited_for = FindCollection(call);
  std::unique_lock<WriteQueue> turn;
  if (waited_for) turn = std::unique_lock<WriteQueue>(waited_for->writes());
  const auto collection = catalog_.Remove(name);
  if (collection) return JsonAnswer(Summary(*collection, controls_).dump());
  return GluedMessage({404, "No collection with name `" + name + "` found."});
}

HttpAnswer TypesenseApi::ListAliases(const Call&) {
  json list = json::array();
  for (const auto& [alias, collection] : catalog_.Aliases()) {
    list.push_back({{"collection_name", collection}, {"name", alias}});
  }
  return JsonAnswer(json{{"aliases", list}}.dump());
}

HttpAnswer TypesenseApi::GetAlias(const Call& call) {
  const std::string alias = Param(call.params, "alias");
  const auto aliases = catalog_.Aliases();
  const auto found = aliases.find(alias);
  if (found == aliases.end()) return GluedMessage(CollectionNotFound());
  return JsonAnswer(AliasJson(alias, found->second));
}

HttpAnswer TypesenseApi::PutAlias(const Call& call) {
  const std::string alias = Param(call.params, "alias");
  const json body = json::parse(call.body, nullptr, false);
  if (body.is_discarded()) return GluedMessage({400, "Bad JSON."});
  if (!body.contains("collection_name")) {
    return GluedMessage({400, "Parameter `collection_name` is required."});
  }
  if (!body["collection_name"].is_string()) return GluedMessage({400, "Bad request."});
  const auto collection = body["collection_name"].get<std::string>();
  const auto put = catalog_.PutAlias(alias, collection);
  return put ? JsonAnswer(AliasJson(alias, collection)) : GluedMessage(put.error());
}

HttpAnswer TypesenseApi::DeleteAlias(const Call& call) {
  HttpAnswer answer = GetAlias(call);
  catalog_.RemoveAlias(Param(call.params, "alias"));
  return answer;
}

}  // namespace reembed::sandbox
