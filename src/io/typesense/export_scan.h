#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reembed/ports/store.h"
#include "src/io/typesense/export_sink.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// A scan by `GET …/documents/export`, a stream of one JSON line per document. `is_known` of the
/// spec is not asked.
///
/// Without a filter the server shows the moment of the call; with one it fixes the ids then and
/// reads each document when its turn comes (tests/data/transcripts/08-export.json).
///
/// Cut streams (see ExportSink) are read again after the client's waits, on the next node if this
/// one is lost. The count is asked before and after, on the same node: a stream that was whole and
/// yet shorter than both is read again, up to 5 times in all, then kOutage. More documents than
/// counted are no error: a server may hold some that it has not indexed.
///
/// A key that may not export, and an export that is cut five times in a row, lead to a SearchScan;
/// the log says so once.
class ExportScan final : public DocumentScan {
 public:
  ExportScan(ReadClient client, FetchSpec spec);

  Status Run(ScanVisitor& visitor, const StopTokens& stop) override;

 private:
  Status Export(ExportSink& sink, const StopTokens& stop);
  Result<std::uint64_t> Count(const StopTokens& stop);
  Status Search(ScanVisitor& visitor, const StopTokens& stop) const;
  Status SearchInstead(const Error& why, const ExportSink& sink, ScanVisitor& visitor,
                       const StopTokens& stop);
  Status Missing(std::uint64_t seen, std::uint64_t expected, bool again) const;

  const ReadClient client_;
  const FetchSpec spec_;
  NodePin pin_;
  bool by_search_ = false;
};

/// `/collections/docs/documents/export?include_fields=id%2Ctitle&batch_size=1000`
std::string ExportTarget(const FetchSpec& spec);

/// The scan for a collection, whatever its size.
std::unique_ptr<DocumentScan> MakeExportScan(ReadClient client, FetchSpec spec);

}  // namespace reembed
