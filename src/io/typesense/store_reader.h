#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// The reads of a Typesense, over a client that can do nothing else.
/// Describe, Collections, Aliases, Count and PendingWrites give up after `num_retries`; Nodes,
/// CountOnNodes and PendingOnNodes ask once.
/// ReadVector, FindNearest, fetcher, lookup and scan go on until the client's patience is over
/// (kOutage). On a cluster a read may reach a follower that lags behind a write that was just
/// acknowledged. ReadVector asks for the schema first when the field has a dot, to know which value
/// it means.
class TypesenseReader final : public StoreReader {
 public:
  explicit TypesenseReader(ReadClient client) : client_(client) {}

  Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) override;
  Result<std::vector<CollectionSchema>> Collections(const StopTokens& stop) override;
  Result<std::vector<Alias>> Aliases(const StopTokens& stop) override;
  Result<std::uint64_t> Count(const std::string& collection, const std::string& filter_by,
                              const StopTokens& stop) override;
  Result<Embedding> ReadVector(const std::string& collection, const std::string& field,
                               const std::string& id, const StopTokens& stop) override;
  Result<std::uint64_t> PendingWrites(const StopTokens& stop) override;
  Result<std::vector<std::string>> FindNearest(const NearestQuery& query,
                                               const StopTokens& stop) override;
  std::vector<Result<std::uint64_t>> CountOnNodes(const std::string& collection,
                                                  const StopTokens& stop) override;
  std::vector<Result<std::uint64_t>> PendingOnNodes(const StopTokens& stop) override;
  std::vector<NodeStatus> Nodes(const StopTokens& stop) override;
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) override;
  std::unique_ptr<DocumentLookup> MakeLookup(FetchSpec spec) override;
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override;

 private:
  const ReadClient client_;
};

}  // namespace reembed
