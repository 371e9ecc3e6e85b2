#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/import_lines.h"
#include "src/io/typesense/line_import.h"

namespace reembed {

/// Writes whole documents by import lines, deletes single ones.
/// Results, retries, sizes of Apply and UseUpIds: see LineImport.
class ImportCopier final : public DocumentCopier {
 public:
  ImportCopier(TypesenseClient& client, std::string collection);

  Result<std::vector<CopyOutcome>> Apply(std::span<const DocumentCopy> documents, CopyAction action,
                                         const StopTokens& stop) override;
  /// One `DELETE …/documents/:id` each: a delete by filter does not say what it met, and no filter
  /// can name every id. A delete whose answer was lost finds nothing the next time: kDeleted.
  Result<std::vector<UpdateOutcome>> Delete(std::span<const std::string> ids,
                                            const StopTokens& stop) override;
  /// `PATCH …/documents?filter_by=…` where a filter can tell whether it is as it was seen
  /// (SeenFilter); it finds and writes in one turn of the collection's queue
  /// (tests/data/transcripts/09-documents.json). Otherwise, or with a key that may not do that, an
  /// update by an import line.
  Result<ChangeOutcome> Change(const DocumentChange& change, const StopTokens& stop) override;
  /// What a delete answers is the document, and for a collection with references the keys that the
  /// server keeps for itself beside it; these are left out.
  Result<std::string> Take(const std::string& id, const StopTokens& stop) override;
  /// Sends two creates for each: one of a new id with a text for a vector or a number, which draws
  /// a number before it is refused for its content; and one of `id`, for servers on which a create
  /// of what is there draws one too (tests/data/transcripts/03-import-actions.json shows it for ids
  /// repeated within a request only). So the counter moves by `count` at least. One pair is sent
  /// first: should the server make a document of it after all, it is deleted again, and the whole
  /// refused. Errors: also kRefused when the schema has no such field.
  Status UseUpIds(const std::string& id, std::uint64_t count, const StopTokens& stop) override;

 private:
  Result<std::optional<HttpResponse>> SendDelete(const std::string& id, const StopTokens& stop);
  Result<UpdateOutcome> DeleteOne(const std::string& id, const StopTokens& stop);
  Result<std::optional<ChangeOutcome>> ChangeSeen(const DocumentChange& change,
                                                  const StopTokens& stop);
  Result<ChangeOutcome> ChangeAny(const DocumentChange& change, const StopTokens& stop);
  Result<const CollectionSchema*> Schema(const StopTokens& stop);
  Result<ImportLines> UnfitLines(const StopTokens& stop);
  Status CreateInVain(const ImportLines& unfit, const std::string& id, std::size_t times,
                      const StopTokens& stop);

  TypesenseClient& client_;
  const std::string collection_;
  LineImport upserts_;
  LineImport creates_;
  LineImport updates_;
  std::optional<CollectionSchema> schema_;  // once it is needed
};

}  // namespace reembed
