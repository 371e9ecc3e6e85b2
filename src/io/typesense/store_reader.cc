#include "src/io/typesense/store_reader.h"

#include <fmt/core.h>

#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/schema_json.h"
#include "src/io/typesense/search_fetcher.h"
#include "src/io/typesense/search_query.h"
#include "src/io/typesense/search_scan.h"

namespace reembed {
namespace {

// `GET …/documents/search` is the search itself, and so on. The server compares the raw segments
// and decodes later, so needlessly encoded letters make such an id a document's again. Likewise
// `.` and `..`, which clients and proxies would resolve.
std::string EncodeId(const std::string& id) {
  const bool reserved =
      id == "search" || id == "export" || id == "import" || id == "." || id == "..";
  if (!reserved) return PercentEncode(id);
  std::string encoded;
  for (const char c : id) encoded += fmt::format("%{:X}", static_cast<unsigned>(c));
  return encoded;
}

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
  const std::string target =
      fmt::format("/collections/{}/documents/{}?include_fields={}", PercentEncode(collection),
                  EncodeId(id), PercentEncode(field));
  return GetParsed<Embedding>(
      client_, target, Regime::kRunning,
      [&field](std::string_view body) { return ParseVector(body, field); }, stop);
}

Result<std::uint64_t> TypesenseReader::PendingWrites(const StopTokens& stop) {
  return GetParsed<std::uint64_t>(client_, "/stats.json", Regime::kPlanning, ParsePendingWrites,
                                  stop);
}

std::unique_ptr<DocumentFetcher> TypesenseReader::MakeFetcher(FetchSpec spec) {
  return std::make_unique<SearchFetcher>(client_, std::move(spec));
}

std::unique_ptr<DocumentScan> TypesenseReader::MakeScan(FetchSpec spec) {
  return std::make_unique<SearchScan>(client_, std::move(spec));
}

}  // namespace reembed
