#pragma once

#include <memory>
#include <string>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"

namespace reembed {

/// The writes of a Typesense. The client outlives the writer and what it makes.
class TypesenseWriter final : public StoreWriter {
 public:
  explicit TypesenseWriter(TypesenseClient& client) : client_(client) {}

  std::unique_ptr<SchemaEditor> MakeSchemaEditor() override;
  std::unique_ptr<DocumentCopier> MakeCopier(const std::string& collection) override;
  std::unique_ptr<FieldRestorer> MakeRestorer(UpdateSpec spec) override;
  std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) override;

 private:
  TypesenseClient& client_;
};

}  // namespace reembed
