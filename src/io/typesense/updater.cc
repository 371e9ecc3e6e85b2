#include "src/io/typesense/updater.h"

namespace reembed {

ImportUpdater::ImportUpdater(TypesenseClient& client, const UpdateSpec& spec)
    : import_(client, spec.collection), lines_(spec.field, spec.nested) {}

Result<std::vector<UpdateOutcome>> ImportUpdater::Apply(std::span<const ReadyDocument> documents,
                                                        const StopTokens& stop) {
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    lines_.Append(body, documents[i].id, *documents[i].vector);
  };
  return import_.Apply(documents.size(), append, stop);
}

}  // namespace reembed
