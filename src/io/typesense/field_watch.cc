#include "src/io/typesense/field_watch.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/nodes.h"
#include "src/io/typesense/schema_json.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

FieldView ViewOf(const CollectionSchema& schema, const std::string& field) {
  const FieldSchema* found = schema.Find(field);
  if (found == nullptr) return {};
  return {.there = true, .num_dim = found->num_dim, .definition = found->definition};
}

bool Lists(std::string_view body, const std::string& collection) {
  const Json changes = Json::parse(body, nullptr, false);
  if (!changes.is_array()) return false;
  return std::any_of(changes.begin(), changes.end(), [&](const Json& change) {
    const auto name = change.is_object() ? change.find("collection") : change.end();
    return change.is_object() && name != change.end() && *name == collection;
  });
}

}  // namespace

Result<std::optional<FieldView>> ViewField(TypesenseClient& client, const std::string& collection,
                                           const std::string& field, const StopTokens& stop) {
  FieldView view;
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    const Result<CollectionSchema> schema = ParseSchema(response.body);
    if (!schema.ok()) {
      return Error{.kind = schema.error().kind,
                   .message = "Typesense at " + origin.host + ": " + schema.error().message};
    }
    view = ViewOf(*schema, field);
    return {};
  };
  const std::string target = "/collections/" + PercentEncode(collection);
  const auto answer =
      client.Send({.target = target, .action = "collections:get", .check = check}, stop);
  if (!answer.ok()) return answer.error();

  const std::vector<std::size_t> nodes = DistinctNodes(client.hosts());
  for (const std::size_t node : nodes) {
    if (nodes.size() == 1) break;  // it has just spoken
    const auto other = client.AskNode(node, target, stop.abort);
    if (!other.ok() || other->status != 200) continue;
    const Result<CollectionSchema> schema = ParseSchema(other->body);
    if (!schema.ok()) continue;
    const FieldView seen = ViewOf(*schema, field);
    if (seen.there != view.there || seen.num_dim != view.num_dim) {
      return std::optional<FieldView>();
    }
  }
  return std::optional<FieldView>(std::move(view));
}

bool ShowsDefinition(const std::string& shown, const std::string& definition) {
  const Json have = Json::parse(shown, nullptr, false);
  const Json want = Json::parse(definition, nullptr, false);
  if (!have.is_object() || !want.is_object()) return false;
  for (const auto& [key, value] : want.items()) {
    const auto found = have.find(key);
    if (found == have.end() || *found != value) return false;
  }
  return true;
}

bool IsAltering(const TypesenseClient& client, const std::string& collection,
                const StopTokens& stop) {
  for (const std::size_t node : DistinctNodes(client.hosts())) {
    const auto answer = client.AskNode(node, "/operations/schema_changes", stop.abort);
    if (answer.ok() && answer->status == 200 && Lists(answer->body, collection)) return true;
  }
  return false;
}

}  // namespace reembed
