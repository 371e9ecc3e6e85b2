#include "tests/sandbox/typesense_alter.h"

#include <algorithm>
#include <mutex>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr const char* kIncompatible =
    "Schema change is incompatible with the type of documents already stored in this collection.";

// The request, taken apart.
struct Change {
  std::vector<std::string> dropped;
  std::vector<Field> added;
};

ApiError Refused(const std::string& text) {
  return ApiError{400, text};
}

std::optional<ApiError> CheckShape(const json& body) {
  if (!body.is_object()) return Refused("Bad JSON.");
  if (body.empty()) return Refused("Alter payload is empty.");
  for (const auto& [key, value] : body.items()) {
    if (key == "fields" || key == "metadata") continue;
    return Refused("Only `fields` and `metadata` can be updated at the moment.");
  }
  if (body.contains("metadata") && !body["metadata"].is_object()) {
    return Refused("The `metadata` value should be an object.");
  }
  if (body.contains("fields") && (!body["fields"].is_array() || body["fields"].empty())) {
    return Refused(
        "The `fields` value should be an array of objects containing the field `name` and other "
        "properties.");
  }
  return std::nullopt;
}

std::optional<ApiError> ReadDrop(const json& each, const Schema& schema, Change& change) {
  const std::string name = each["name"];
  if (each["drop"] != true) {
    return Refused("Field `" + name + "` must have a drop value of `true`.");
  }
  if (!schema.Find(name)) return Refused("Field `" + name + "` is not part of collection schema.");
  change.dropped.push_back(name);
  return std::nullopt;
}

std::optional<ApiError> ReadChange(const json& each, const Schema& schema, Change& change) {
  if (each.is_object() && each.contains("name") && each["name"] == "id") {
    return Refused("Field `id` cannot be altered.");
  }
  if (each.is_object() && each.contains("name") && each.contains("drop")) {
    return ReadDrop(each, schema, change);
  }
  Outcome<Field> field = ParseField(each, schema.nested);
  if (!field) return field.error();
  change.added.push_back(std::move(*field));
  return std::nullopt;
}

Outcome<Change> ReadChanges(const json& fields, const Schema& schema) {
  Change change;
  for (const json& each : fields) {
    if (auto error = ReadChange(each, schema, change)) return *error;
  }
  const auto is_dropped = [&](const std::string& name) {
    return std::find(change.dropped.begin(), change.dropped.end(), name) != change.dropped.end();
  };
  for (const Field& field : change.added) {
    if (!schema.Find(field.name) || is_dropped(field.name)) continue;
    return Refused("Field `" + field.name +
                   "` is already part of the schema: To change this field, drop it first before "
                   "adding it back to the schema.");
  }
  return change;
}

Schema Changed(Schema schema, const Change& change) {
  for (const std::string& name : change.dropped) {
    const auto end = std::remove_if(schema.fields.begin(), schema.fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    schema.fields.erase(end, schema.fields.end());
    if (schema.default_sorting_field == name) schema.default_sorting_field.clear();
  }
  schema.fields.insert(schema.fields.end(), change.added.begin(), change.added.end());
  return schema;
}

ApiError Worded(const FieldError& error, const Field& field) {
  const bool missing = error.kind == FieldError::Kind::kMissing;
  if (missing && field.store) {
    return Refused("Field `" + error.field +
                   "` has been declared in the schema, but is not found in the documents already "
                   "present in the collection. If you still want to add this field, set it as "
                   "`optional: true`.");
  }
  if (error.kind == FieldError::Kind::kOther) {
    return Refused(std::string(kIncompatible) + " error: " + error.text);
  }
  // A value that was never stored counts as one of a wrong type.
  const std::string phrase = missing ? "a " + field.type : error.phrase;
  return Refused(std::string(kIncompatible) + " Existing data for field `" + error.field +
                 "` cannot be coerced into " + phrase + ".");
}

std::optional<ApiError> CheckDocument(const Document& document, const Schema& schema) {
  Document copy(document);
  const auto error = ValidateDocument(schema, copy, false, DirtyValues::kCoerceOrReject);
  if (!error) return std::nullopt;
  return Worded(*error, *schema.Find(error->field));
}

// Up to the first document that does not fit. The caller holds the write queue.
std::optional<ApiError> CheckDocuments(const Collection& collection, const Schema& schema,
                                       const WritePace& pace) {
  std::optional<ApiError> error;
  const auto& entries = collection.entries();
  const auto check = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last && !error; ++i) {
      error = CheckDocument(*entries[i].document, schema);
    }
    collection.alteration().validated = last;
    return !error;
  };
  pace.InParts(WritePace::kCheck, entries.size(), check);
  return error;
}

// The caller holds the write queue.
void Take(Collection& collection, Schema schema, const Change& change, const WritePace& pace) {
  std::vector<std::string> added;
  for (const Field& field : change.added) added.push_back(field.name);
  std::vector<std::string> changed = change.dropped;
  changed.insert(changed.end(), added.begin(), added.end());
  {
    const std::lock_guard<FairSharedMutex> lock(collection.mutex());
    collection.Alter(std::move(schema), changed);
  }
  if (added.empty()) return;
  const std::size_t documents = collection.entries().size();
  pace.Spend(WritePace::kBeforeBuild, documents);
  pace.InParts(WritePace::kBuild, documents, [&](std::size_t first, std::size_t last) {
    const std::lock_guard<FairSharedMutex> lock(collection.mutex());
    collection.FillIndexes(added, first, last);
    collection.alteration().altered = last;
    return true;
  });
}

// While there is one, the collection counts as being altered.
class RunningAlteration {
 public:
  explicit RunningAlteration(AlterProgress& progress) : progress_(progress) {
    progress_.validated = 0;
    progress_.altered = 0;
    progress_.running = true;
  }
  ~RunningAlteration() { progress_.running = false; }
  RunningAlteration(const RunningAlteration&) = delete;
  RunningAlteration& operator=(const RunningAlteration&) = delete;

 private:
  AlterProgress& progress_;
};

json Echo(const Change& change, const Schema& schema) {
  json fields = json::array();
  for (const std::string& name : change.dropped) {
    fields.push_back({{"drop", true}, {"embed", nullptr}, {"name", name}});
  }
  for (const Field& field : change.added) fields.push_back(AddedFieldJson(field, schema));
  return fields;
}

}  // namespace

Outcome<std::string> AlterSchema(Collection& collection, const std::string& body,
                                 const WritePace& pace) {
  const json request = json::parse(body, nullptr, false);
  if (auto error = CheckShape(request)) return *error;
  const std::lock_guard<WriteQueue> turn(collection.writes());
  const RunningAlteration running(collection.alteration());
  Outcome<Change> change = ReadChanges(request.value("fields", json::array()), collection.schema());
  if (!change) return change.error();
  Schema schema = Changed(collection.schema(), *change);
  if (auto checked = CheckSchema(schema); !checked) return checked.error();
  json echo = json::object();
  if (request.contains("fields")) {
    if (auto error = CheckDocuments(collection, schema, pace)) return *error;
    echo["fields"] = Echo(*change, schema);
  }
  if (request.contains("metadata")) {
    schema.metadata = request["metadata"].dump();
    echo["metadata"] = request["metadata"];
  }
  Take(collection, std::move(schema), *change, pace);
  return echo.dump();
}

}  // namespace reembed::sandbox
