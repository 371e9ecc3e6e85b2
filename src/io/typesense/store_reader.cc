#include "src/io/typesense/store_reader.h"

#include <fmt/core.h>

#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/export_scan.h"
#include "src/io/typesense/id_lookup.h"
#include "src/io/typesense/nearest.h"
#include "src/io/typesense/node_counts.h"
#include "src/io/typesense/node_status.h"
#include "src/io/typesense/schema_json.h"
#include "src/io/typesense/search_fetcher.h"
#include "src/io/typesense/search_query.h"

namespace reembed {
namespace {

// Sends a GET and keeps what `parse` makes of the body.
template <typename T, typename ParseBody>
Result<T> GetParsed(const ReadClient& client, std::string target, Regime regime, ParseBody parse,
                    const StopTokens& stop) {
  T value{};
  const AnswerCheck check = [&value, &parse](HttpResponse& response,
                                             const AnswerOrigin& origin) -> Status {
    Result<T> parsed = parse(response.body);
    if (parsed.ok()) {
      value = std::move(*parsed);
      return {};
    }
    Error error = parsed.error();
    error.message = "Typesense at " + origin.host + ": " + error.message;
    return error;
  };
  const Result<HttpResponse> answer =
      client.Get(std::move(target), {.regime = regime, .check = check}, stop);
  if (!answer.ok()) return answer.error();
  return value;
}

}  // namespace

Result<CollectionSchema> TypesenseReader::Describe(const std::string& name,
                                                   const StopTokens& stop) {
  Result<CollectionSchema> schema = GetParsed<CollectionSchema>(
      client_, "/collections/" + PercentEncode(name), Regime::kPlanning, ParseSchema, stop);
  if (schema.ok() || schema.error().kind != ErrorKind::kNotFound) return schema;
  return Error{.kind = ErrorKind::kNotFound,
               .message = fmt::format(
                   "Typesense at {} has no collection or alias '{}'. Check its name under "
                   "`collections` in the config file, and that this is the right server.",
                   client_.AllHosts(), name)};
}

Result<std::vector<CollectionSchema>> TypesenseReader::Collections(const StopTokens& stop) {
  return GetParsed<std::vector<CollectionSchema>>(client_, "/collections", Regime::kPlanning,
                                                  ParseCollections, stop);
}

Result<std::vector<Alias>> TypesenseReader::Aliases(const StopTokens& stop) {
  return GetParsed<std::vector<Alias>>(client_, "/aliases", Regime::kPlanning, ParseAliases, stop);
}

Result<std::uint64_t> TypesenseReader::Count(const std::string& collection,
                                             const std::string& filter_by, const StopTokens& stop) {
  const Result<SearchPage> page =
      RunSearch(client_, {.collection = collection, .filter_by = filter_by, .per_page = 0},
                {.regime = Regime::kPlanning}, stop);
  if (!page.ok()) return page.error();
  return page->found;
}

Result<Embedding> TypesenseReader::ReadVector(const std::string& collection,
                                              const std::string& field, const std::string& id,
                                              const StopTokens& stop) {
  bool nested = false;
  if (field.find('.') != std::string::npos) {
    // A document may hold both the path and the key of that name; only the schema says which it is.
    const auto schema = GetParsed<CollectionSchema>(
        client_, "/collections/" + PercentEncode(collection), Regime::kRunning, ParseSchema, stop);
    if (!schema.ok()) return schema.error();
    nested = schema->enable_nested_fields;
  }
  return GetParsed<Embedding>(
      client_, DocumentTarget(collection, id, field), Regime::kRunning,
      [&field, nested](std::string_view body) { return ParseVector(body, field, nested); }, stop);
}

Result<std::uint64_t> TypesenseReader::PendingWrites(const StopTokens& stop) {
  return GetParsed<std::uint64_t>(client_, "/stats.json", Regime::kPlanning, ParsePendingWrites,
                                  stop);
}

Result<std::vector<std::string>> TypesenseReader::FindNearest(const NearestQuery& query,
                                                              const StopTokens& stop) {
  return SearchNearest(client_, query, stop);
}

std::vector<Result<std::uint64_t>> TypesenseReader::CountOnNodes(const std::string& collection,
                                                                 const StopTokens& stop) {
  return ReadNodeCounts(client_, collection, stop);
}

std::vector<Result<std::uint64_t>> TypesenseReader::PendingOnNodes(const StopTokens& stop) {
  return ReadNodePending(client_, stop);
}

std::vector<NodeStatus> TypesenseReader::Nodes(const StopTokens& stop) {
  return ReadNodes(client_, stop);
}

std::unique_ptr<DocumentFetcher> TypesenseReader::MakeFetcher(FetchSpec spec) {
  return std::make_unique<SearchFetcher>(client_, std::move(spec));
}

std::unique_ptr<DocumentLookup> TypesenseReader::MakeLookup(FetchSpec spec) {
  return std::make_unique<IdLookup>(client_, std::move(spec));
}

std::unique_ptr<DocumentScan> TypesenseReader::MakeScan(FetchSpec spec) {
  return MakeExportScan(client_, std::move(spec));
}

}  // namespace reembed
