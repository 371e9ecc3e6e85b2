#pragma once

#include <span>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/import_lines.h"
#include "src/io/typesense/line_import.h"

namespace reembed {

/// Writes vectors into documents that exist. Results, retries, sizes: see LineImport.
class ImportUpdater final : public DocumentUpdater {
 public:
  ImportUpdater(TypesenseClient& client, const UpdateSpec& spec);

  Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                           const StopTokens& stop) override;

 private:
  LineImport import_;
  const ImportLines lines_;
};

}  // namespace reembed
