#include <mutex>
#include <shared_mutex>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_api.h"
#include "tests/sandbox/typesense_match.h"

namespace reembed::sandbox {
namespace {

ApiError DocumentNotFound(const std::string& id) {
  return {404, "Could not find a document with id: " + id};
}

std::string Text(const Document& document) {
  std::string text;
  document.AppendTo(text);
  return text;
}

ApiError FilterMissing() {
  return {400, "Parameter `filter_by` must be provided."};
}

}  // namespace

Outcome<std::string> TypesenseApi::WriteOne(Collection& collection, WriteAction action,
                                            Document document, const Call& call) {
  const std::lock_guard<WriteQueue> turn(collection.writes());
  WriteResult result;
  std::string text;
  {
    const std::lock_guard<FairSharedMutex> lock(collection.mutex());
    const DirtyValues dirty =
        ParseDirtyValues(Param(call.params, "dirty_values"), collection.schema());
    result = collection.Write(action, std::move(document), dirty);
    if (result.error) return *result.error;
    settings_.pace.AfterWrite(result);
    text = Text(*result.document);
  }
  settings_.pace.Spend(WritePace::kUnindexed, result.unindexed ? 1 : 0);
  return text;
}

HttpAnswer TypesenseApi::AddDocument(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  const auto action = ParseAction(Param(call.params, "action", "create"));
  if (!action) return GluedMessage({400, "Parameter `action` must be a create|update|upsert."});
  auto document = ParseDocument(call.body);
  if (!document) return EscapedMessage(document.error());
  auto written = WriteOne(*collection, *action, std::move(*document), call);
  return written ? JsonAnswer(std::move(*written), 201) : EscapedMessage(written.error());
}

HttpAnswer TypesenseApi::GetDocument(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  const std::shared_lock<FairSharedMutex> lock(collection->mutex());
  const std::string id = Param(call.params, "id");
  const SharedDocument document = collection->Find(id);
  if (!document) return GluedMessage(DocumentNotFound(id));
  std::string text;
  document->AppendTo(text, Selection(call.params));
  return JsonAnswer(std::move(text));
}

HttpAnswer TypesenseApi::UpdateDocument(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  auto document = ParseDocument(call.body);
  if (!document) return GluedMessage(document.error());
  const std::string id = Param(call.params, "id");
  if (document->keys().contains("id") && document->id() != id) {
    return GluedMessage(
        {400, "The `id` of the resource does not match the `id` in the JSON body."});
  }
  document->keys()["id"] = id;
  auto written = WriteOne(*collection, WriteAction::kUpdate, std::move(*document), call);
  return written ? JsonAnswer(std::move(*written)) : GluedMessage(written.error());
}

HttpAnswer TypesenseApi::DeleteDocument(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  const std::lock_guard<WriteQueue> turn(collection->writes());
  const std::lock_guard<FairSharedMutex> lock(collection->mutex());
  const std::string id = Param(call.params, "id");
  const auto sequence = collection->SequenceOf(id);
  if (sequence) {
    const SharedDocument document = collection->Find(*sequence);
    collection->Remove({*sequence});
    return JsonAnswer(Text(*document));
  }
  if (Param(call.params, "ignore_not_found") == "true") {
    return JsonAnswer(nlohmann::json{{"id", id}}.dump());
  }
  return GluedMessage(DocumentNotFound(id));
}

Outcome<TypesenseApi::Updated> TypesenseApi::UpdateMatching(Collection& collection,
                                                            const Document& update,
                                                            const Call& call) {
  const std::string filter_by = Param(call.params, "filter_by");
  if (filter_by.empty()) return Updated{};
  const std::lock_guard<FairSharedMutex> lock(collection.mutex());
  auto sequences = FilterSequences(collection, filter_by == "*" ? "" : filter_by);
  if (!sequences) return sequences.error();
  const DirtyValues dirty =
      ParseDirtyValues(Param(call.params, "dirty_values"), collection.schema());
  Updated updated;
  for (const Sequence sequence : *sequences) {
    Document copy(update);
    copy.keys()["id"] = collection.Find(sequence)->id();
    const WriteResult result = collection.Write(WriteAction::kUpdate, std::move(copy), dirty);
    if (!result.error) ++updated.documents;
    if (result.unindexed) ++updated.unindexed;
    settings_.pace.AfterWrite(result);
  }
  return updated;
}

HttpAnswer TypesenseApi::UpdateByFilter(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  if (call.params.count("filter_by") == 0) return GluedMessage(FilterMissing());
  auto update = ParseDocument(call.body);
  if (!update) return GluedMessage(update.error());
  const std::lock_guard<WriteQueue> turn(collection->writes());
  auto updated = UpdateMatching(*collection, *update, call);
  if (!updated) return GluedMessage(updated.error());
  settings_.pace.Spend(WritePace::kUnindexed, updated->unindexed);
  return JsonAnswer("{\"num_updated\":" + std::to_string(updated->documents) + "}");
}

HttpAnswer TypesenseApi::DeleteByFilter(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  if (Param(call.params, "filter_by").empty()) return GluedMessage(FilterMissing());
  const std::lock_guard<WriteQueue> turn(collection->writes());
  const std::lock_guard<FairSharedMutex> lock(collection->mutex());
  auto sequences = FilterSequences(*collection, Param(call.params, "filter_by"));
  if (!sequences) return GluedMessage(sequences.error());
  collection->Remove(*sequences);
  HttpAnswer answer = JsonAnswer("{\"num_deleted\":" + std::to_string(sequences->size()) + "}");
  answer.content_type = "application/json";
  return answer;
}

}  // namespace reembed::sandbox
