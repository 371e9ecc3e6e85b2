#include "src/io/typesense/updater.h"

#include <utility>

namespace reembed {

ImportUpdater::ImportUpdater(TypesenseClient& client, const UpdateSpec& spec)
    : import_(client, spec.collection, "update"), lines_(spec.field, spec.nested) {}

Result<std::vector<UpdateOutcome>> ImportUpdater::Apply(std::span<const ReadyDocument> documents,
                                                        const StopTokens& stop) {
  std::vector<TextHash> spellings(documents.size());
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    spellings[i] = lines_.Append(body, documents[i].id, *documents[i].vector);
  };
  Result<std::vector<LineOutcome>> lines = import_.Apply(documents.size(), append, stop);
  if (!lines.ok()) return lines.error();
  std::vector<UpdateOutcome> outcomes = UpdateOutcomes(std::move(*lines));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].state == UpdateState::kWritten) outcomes[i].spelling = spellings[i];
  }
  return outcomes;
}

}  // namespace reembed
