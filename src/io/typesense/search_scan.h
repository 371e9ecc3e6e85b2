#pragma once

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// A scan by search pages, for keys and networks that allow no export. It remembers the ids it has
/// seen as 128-bit hashes, some 40 bytes each; `is_known` of the spec is not asked. It never calls
/// Restart: what a lost node makes it read again, it passes over.
class SearchScan final : public DocumentScan {
 public:
  SearchScan(ReadClient client, FetchSpec spec);

  Status Run(ScanVisitor& visitor, const StopTokens& stop) override;

 private:
  const ReadClient client_;
  const FetchSpec spec_;
};

}  // namespace reembed
