#include "src/io/typesense/node_counts.h"

#include "reembed/base/text.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/nodes.h"
#include "src/io/typesense/schema_json.h"

namespace reembed {
namespace {

using Parser = Result<std::uint64_t> (*)(std::string_view);

Result<std::uint64_t> AskOne(const ReadClient& client, std::size_t node, const std::string& target,
                             Parser parse, const StopTokens& stop) {
  const Result<HttpResponse> answer = client.AskNode(node, target, stop.abort);
  if (!answer.ok()) return answer.error();
  const std::string& host = client.hosts()[node];
  if (answer->status != 200) {
    return ErrorFromAnswer(*answer, {.host = host, .redact = client.redact()});
  }
  Result<std::uint64_t> number = parse(answer->body);
  if (number.ok()) return number;
  return Error{.kind = number.error().kind,
               .message = "Typesense at " + host + ": " + number.error().message};
}

std::vector<Result<std::uint64_t>> AskAll(const ReadClient& client, const std::string& target,
                                          Parser parse, const StopTokens& stop) {
  std::vector<Result<std::uint64_t>> numbers;
  for (const std::size_t node : DistinctNodes(client.hosts())) {
    numbers.push_back(AskOne(client, node, target, parse, stop));
  }
  return numbers;
}

Result<std::uint64_t> ParseNumDocuments(std::string_view body) {
  const Result<CollectionSchema> schema = ParseSchema(body);
  if (!schema.ok()) return schema.error();
  return schema->num_documents;
}

}  // namespace

std::vector<Result<std::uint64_t>> ReadNodeCounts(const ReadClient& client,
                                                  const std::string& collection,
                                                  const StopTokens& stop) {
  return AskAll(client, "/collections/" + PercentEncode(collection), ParseNumDocuments, stop);
}

std::vector<Result<std::uint64_t>> ReadNodePending(const ReadClient& client,
                                                   const StopTokens& stop) {
  return AskAll(client, "/stats.json", ParsePendingWrites, stop);
}

}  // namespace reembed
