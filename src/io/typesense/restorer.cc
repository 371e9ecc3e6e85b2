#include "src/io/typesense/restorer.h"

#include <utility>

namespace reembed {

ImportRestorer::ImportRestorer(TypesenseClient& client, const UpdateSpec& spec)
    : import_(client, spec.collection, "update"), lines_(spec.field, spec.nested) {}

Result<std::vector<UpdateOutcome>> ImportRestorer::Apply(std::span<const RestoredField> documents,
                                                         const StopTokens& stop) {
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    lines_.Append(body, documents[i].id, documents[i].value);
  };
  Result<std::vector<LineOutcome>> lines = import_.Apply(documents.size(), append, stop);
  if (!lines.ok()) return lines.error();
  return UpdateOutcomes(std::move(*lines));
}

}  // namespace reembed
