#pragma once

#include <functional>

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// A scan by search pages. It remembers the ids it has seen as 128-bit hashes, some 40 bytes each;
/// `is_known` of the spec is not asked.
class SearchScan final : public DocumentScan {
 public:
  SearchScan(ReadClient client, FetchSpec spec);

  Status Run(const std::function<void(const Document&)>& visit, const StopTokens& stop) override;

 private:
  const ReadClient client_;
  const FetchSpec spec_;
};

}  // namespace reembed
