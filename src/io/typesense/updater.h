#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/import_lines.h"

namespace reembed {

/// Writes vectors by `import?action=update&dirty_values=reject`: merges the one field into
/// documents that exist, refuses anything but numbers, creates nothing.
/// Results: by line. A 404 line is kDeleted; a line with a code of 500 or more is sent again up to
///          5 times, with waits from 1 s doubling, then kRejected; any other failure is kRejected.
/// Retries: the whole request after a lost connection, 5xx or an answer that does not fit the
///          lines; the write is idempotent. After 6 unfitting answers kOutage.
/// Size:    one request for all documents of a call; the caller chooses how many.
class ImportUpdater final : public DocumentUpdater {
 public:
  ImportUpdater(TypesenseClient& client, const UpdateSpec& spec);

  Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                           const StopTokens& stop) override;

 private:
  using Indexes = std::vector<std::size_t>;

  Result<std::vector<LineResult>> Import(std::span<const ReadyDocument> documents,
                                         const Indexes& which, const StopTokens& stop);
  UpdateOutcome OutcomeOf(const LineResult& line) const;

  TypesenseClient& client_;
  const std::string collection_;
  const std::string target_;
  const ImportLines lines_;
  std::string body_;  // kept for its capacity
};

}  // namespace reembed
