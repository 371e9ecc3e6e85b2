#include "src/io/typesense/restorer.h"

namespace reembed {

ImportRestorer::ImportRestorer(TypesenseClient& client, const UpdateSpec& spec)
    : import_(client, spec.collection), lines_(spec.field, spec.nested) {}

Result<std::vector<UpdateOutcome>> ImportRestorer::Apply(std::span<const RestoredField> documents,
                                                         const StopTokens& stop) {
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    lines_.Append(body, documents[i].id, documents[i].value);
  };
  return import_.Apply(documents.size(), append, stop);
}

}  // namespace reembed
