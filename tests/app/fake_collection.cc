#include <nlohmann/json.hpp>

#include "fake_store.h"
#include "reembed/core/vectors.h"

namespace reembed::testing {
namespace {

using Json = nlohmann::ordered_json;

std::string DocumentJson(const std::string& id, const std::string& title) {
  return R"({"id":")" + id + R"(","title":")" + title + "\"}";
}

bool IsFloat32(const Json& vector) {
  return vector.is_array() && std::all_of(vector.begin(), vector.end(), [](const Json& element) {
           return element.is_number() &&
                  static_cast<double>(element.get<float>()) == element.get<double>();
         });
}

}  // namespace

std::string FakeCollection::FieldJson(const std::string& id) const {
  if (const auto raw = raw_fields.find(id); raw != raw_fields.end()) return raw->second;
  const auto vector = vectors.find(id);
  std::string json;
  if (vector != vectors.end()) AppendVectorJson(json, vector->second);
  return json;
}

Document FakeCollection::Exported(const Document& document) const {
  const std::string field = FieldJson(document.id);
  if (field.empty()) return document;
  std::string json = document.json;
  json.pop_back();
  return {document.id, json + ",\"vec\":" + field + "}"};
}

void FakeCollection::RemoveDocument(const std::string& id) {
  std::erase_if(documents, [&](const Document& document) { return document.id == id; });
  vectors.erase(id);
  raw_fields.erase(id);
}

void FakeCollection::SetTitle(const std::string& id, const std::string& title) {
  for (Document& document : documents) {
    if (document.id != id) continue;
    document.json = DocumentJson(id, title);
    return;
  }
  documents.push_back({id, DocumentJson(id, title)});
}

void FakeCollection::Put(const std::string& id, const std::string& json) {
  Json whole = Json::parse(json);
  vectors.erase(id);
  raw_fields.erase(id);
  if (const auto field = whole.find("vec"); field != whole.end()) {
    if (field->is_null()) {
      // The server removes a null of a field that it may leave out.
    } else if (IsFloat32(*field)) {
      vectors[id] = field->get<Embedding>();
    } else {
      raw_fields[id] = field->dump();
    }
    whole.erase("vec");
  }
  const auto found = std::find_if(documents.begin(), documents.end(),
                                  [&](const Document& document) { return document.id == id; });
  if (found == documents.end()) {
    documents.push_back({id, whole.dump()});
  } else {
    found->json = whole.dump();
  }
}

bool FakeCollection::Has(const std::string& id) const {
  return std::any_of(documents.begin(), documents.end(),
                     [&](const Document& document) { return document.id == id; });
}

std::string FakeCollection::Whole(const std::string& id) const {
  for (const Document& document : documents) {
    if (document.id == id) return Exported(document).json;
  }
  return {};
}

bool FakeCollection::LetsThrough(const Document& document) const {
  if (std::find(outside.begin(), outside.end(), document.id) != outside.end()) return false;
  return !filter || filter(document);
}

std::string FakeCollection::Trouble(const FieldSchema* field, const std::string& json) {
  if (field == nullptr) return {};
  if (json.empty() || json == "null") {
    if (field->optional) return {};
    return "Field `" + field->name +
           "` has been declared in the schema, but is not found in the document.";
  }
  const Json value = Json::parse(json);
  if (!value.is_array()) return "Field `" + field->name + "` must be an array.";
  if (!field->num_dim || value.size() == static_cast<std::size_t>(*field->num_dim)) return {};
  return "Field `" + field->name + "` must have " + std::to_string(*field->num_dim) +
         " dimensions.";
}

void FakeCollection::DropField(const std::string& field) {
  std::erase_if(schema.fields, [&](const FieldSchema& known) { return known.name == field; });
}

Result<AlterResult> FakeCollection::AddField(const std::string& definition) {
  const FieldSchema added = FieldOf(definition);
  const FieldSchema* there = schema.Find(added.name);
  if (there != nullptr && there->num_dim) {
    if (there->num_dim == added.num_dim) return AlterResult::kDone;
    return Error{.kind = ErrorKind::kRefused,
                 .message = "the schema has `" + added.name + "` with another length"};
  }
  return ReplaceField(definition);
}

Result<AlterResult> FakeCollection::ReplaceField(const std::string& definition) {
  const FieldSchema added = FieldOf(definition);
  for (const Document& document : documents) {
    if (!Trouble(&added, FieldJson(document.id)).empty()) return AlterResult::kUnfit;
  }
  DropField(added.name);
  schema.fields.push_back(added);
  return AlterResult::kDone;
}

FieldSchema FieldOf(const std::string& definition) {
  const Json json = Json::parse(definition);
  FieldSchema field;
  field.name = json.at("name").get<std::string>();
  field.type = json.at("type").get<std::string>();
  if (json.contains("num_dim")) field.num_dim = json.at("num_dim").get<int>();
  field.optional = json.value("optional", false);
  field.index = json.value("index", true);
  field.store = json.value("store", true);
  field.vec_dist = json.value("vec_dist", field.num_dim ? "cosine" : "");
  field.definition = definition;
  return field;
}

FakeCollection MakeCollection(const std::string& name, std::size_t count, int dimensions) {
  FakeCollection collection;
  collection.schema.name = name;
  collection.schema.num_documents = count;
  FieldSchema title;
  title.name = "title";
  title.type = "string";
  FieldSchema vector;
  vector.name = "vec";
  vector.type = "float[]";
  vector.num_dim = dimensions;
  vector.optional = true;
  vector.definition = R"({"name":"vec","num_dim":)" + std::to_string(dimensions) +
                      R"(,"optional":true,"type":"float[]"})";
  collection.schema.fields = {title, vector};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = std::to_string(i);
    collection.documents.push_back({id, DocumentJson(id, "text " + id)});
  }
  return collection;
}

}  // namespace reembed::testing
