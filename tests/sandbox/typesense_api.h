#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/sandbox/typesense_catalog.h"
#include "tests/sandbox/typesense_controls.h"
#include "tests/sandbox/typesense_import.h"
#include "tests/sandbox/typesense_pace.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {

// One request that passed the front door. The variables of the path (`collection`, `id`, `alias`)
// are among the parameters; a query parameter of the same name wins, as on the real server
// (tests/data/transcripts/09-documents.json, "query parameter id overrides the path").
struct Call {
  Params params;
  const std::string& body;
};

// The handlers of all routes, one method each. Thread-safe.
class TypesenseApi {
 public:
  struct Settings {
    bool sink = false;  // imports are counted, not applied
    WritePace pace;
  };

  TypesenseApi(Catalog& catalog, TypesenseControls& controls, Settings settings)
      : catalog_(catalog), controls_(controls), settings_(std::move(settings)) {}

  HttpAnswer Health(const Call& call);
  HttpAnswer Debug(const Call& call);
  HttpAnswer Status(const Call& call);
  HttpAnswer Stats(const Call& call);
  HttpAnswer Metrics(const Call& call);
  HttpAnswer SchemaChanges(const Call& call);

  HttpAnswer ListCollections(const Call& call);
  HttpAnswer CreateCollection(const Call& call);
  HttpAnswer GetCollection(const Call& call);
  HttpAnswer AlterCollection(const Call& call);
  HttpAnswer DeleteCollection(const Call& call);

  HttpAnswer ListAliases(const Call& call);
  HttpAnswer GetAlias(const Call& call);
  HttpAnswer PutAlias(const Call& call);
  HttpAnswer DeleteAlias(const Call& call);

  HttpAnswer ImportDocuments(const Call& call);
  HttpAnswer ExportDocuments(const Call& call);
  HttpAnswer SearchDocuments(const Call& call);
  HttpAnswer MultiSearch(const Call& call);
  HttpAnswer AddDocument(const Call& call);
  HttpAnswer GetDocument(const Call& call);
  HttpAnswer UpdateDocument(const Call& call);
  HttpAnswer DeleteDocument(const Call& call);
  HttpAnswer UpdateByFilter(const Call& call);
  HttpAnswer DeleteByFilter(const Call& call);

 private:
  std::shared_ptr<Collection> FindCollection(const Call& call) const;
  // Writes one document when its turn has come; the stored document's JSON text.
  Outcome<std::string> WriteOne(Collection& collection, WriteAction action, Document document,
                                const Call& call);
  Outcome<std::string> RunSearch(const Params& params) const;
  // What the writing of `update` into every document that meets the call's filter came to.
  struct Updated {
    std::size_t documents = 0;
    std::size_t unindexed = 0;  // see WriteResult
  };
  Outcome<Updated> UpdateMatching(Collection& collection, const Document& update, const Call& call);

  Catalog& catalog_;
  TypesenseControls& controls_;
  Settings settings_;
};

// The 404 of every route but search.
ApiError CollectionNotFound();

}  // namespace reembed::sandbox
