#include "src/io/typesense/store_writer.h"

#include "src/io/typesense/copier.h"
#include "src/io/typesense/restorer.h"
#include "src/io/typesense/schema_editor.h"
#include "src/io/typesense/updater.h"

namespace reembed {

std::unique_ptr<SchemaEditor> TypesenseWriter::MakeSchemaEditor() {
  return std::make_unique<TypesenseSchemaEditor>(client_);
}

std::unique_ptr<DocumentCopier> TypesenseWriter::MakeCopier(const std::string& collection) {
  return std::make_unique<ImportCopier>(client_, collection);
}

std::unique_ptr<FieldRestorer> TypesenseWriter::MakeRestorer(UpdateSpec spec) {
  return std::make_unique<ImportRestorer>(client_, spec);
}

std::unique_ptr<DocumentUpdater> TypesenseWriter::MakeUpdater(UpdateSpec spec) {
  return std::make_unique<ImportUpdater>(client_, spec);
}

}  // namespace reembed
