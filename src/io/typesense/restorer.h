#pragma once

#include <span>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/import_lines.h"
#include "src/io/typesense/line_import.h"

namespace reembed {

/// Gives fields back what they held: `{"id":"1","vec":<the JSON it was>}`, so that the server's
/// next export spells the same numbers. `null` removes the key, or the object around it, that was
/// not there before; on a required vector field the server refuses it: kRejected.
/// Results, retries, sizes: see LineImport.
class ImportRestorer final : public FieldRestorer {
 public:
  ImportRestorer(TypesenseClient& client, const UpdateSpec& spec);

  Result<std::vector<UpdateOutcome>> Apply(std::span<const RestoredField> documents,
                                           const StopTokens& stop) override;

 private:
  LineImport import_;
  const ImportLines lines_;
};

}  // namespace reembed
