#include "work_list.h"

#include <optional>
#include <utility>

#include "vector_table.h"

namespace reembed {
namespace {

std::uint64_t CountOf(Statement& count) {
  return count.Step() ? static_cast<std::uint64_t>(count.Int(0)) : 0;
}

}  // namespace

std::uint64_t CountInState(Database& database, const DocumentScope& scope, std::int64_t pass,
                           DocumentState state) {
  Statement count(database, "SELECT count(*) FROM documents WHERE target=? AND state=? AND pass=?");
  return CountOf(count.Bind(scope.target, state, pass));
}

std::vector<std::string> ReadPending(Database& database, const DocumentScope& scope,
                                     std::int64_t pass, std::string_view after, std::size_t max) {
  Statement next(database,
                 "SELECT id FROM documents WHERE target=? AND id>? AND state=? AND pass=? "
                 "ORDER BY id LIMIT ?");
  std::vector<std::string> ids;
  for (next.Bind(scope.target, after, DocumentState::kPending, pass, max); next.Step();)
    ids.emplace_back(next.View(0));
  return ids;
}

std::uint64_t CountEmbedded(Database& database, const DocumentScope& scope, std::int64_t pass) {
  Statement count(
      database,
      "SELECT count(*) FROM documents WHERE target=? AND state=? AND pass=? AND recipe=?");
  return CountOf(count.Bind(scope.target, DocumentState::kEmbedded, pass, scope.recipe));
}

EmbeddedPage ReadEmbedded(Database& database, const DocumentScope& scope, std::int64_t pass,
                          std::string_view after, std::size_t max) {
  VectorTable vectors(database, scope.recipe);
  Statement next(database,
                 "SELECT id, text_hash, vector_hash, copy FROM documents WHERE target=? AND id>? "
                 "AND state=? AND pass=? AND recipe=? ORDER BY id");
  EmbeddedPage page;
  next.Bind(scope.target, after, DocumentState::kEmbedded, pass, scope.recipe);
  while (page.documents.size() < max && next.Step()) {
    EmbeddedDocument document;
    document.id = std::string(next.View(0));
    document.text = next.Hash(1).value_or(TextHash{});
    document.copy = next.Hash(3);
    const std::optional<VectorHash> hash = next.Hash(2);
    std::optional<KeptVector> kept;
    if (hash) kept = vectors.Find(document.text);
    // Without its vector it would be written as one that is to have none.
    const bool is_lost = hash && (!kept || kept->hash != *hash);
    if (kept) {
      document.vector = std::move(kept->vector);
      document.truncated = kept->truncated;
    }
    (is_lost ? page.lost : page.documents).push_back(std::move(document));
  }
  return page;
}

void MarkLost(Database& database, const DocumentScope& scope,
              const std::vector<EmbeddedDocument>& lost) {
  VectorTable vectors(database, scope.recipe);
  Statement mark(database, "UPDATE documents SET state=? WHERE target=? AND id=?");
  for (const EmbeddedDocument& document : lost) {
    // One that is there and only not the row's is as good as any.
    if (!document.vector) vectors.Detach(document.text);
    mark.Bind(DocumentState::kPending, scope.target, document.id).Run();
  }
}

std::uint64_t CountCopies(Database& database, std::int64_t target) {
  Statement count(database, "SELECT count(*) FROM documents WHERE target=? AND copy IS NOT NULL");
  return CountOf(count.Bind(target));
}

std::vector<OrphanedCopy> ReadOrphanedCopies(Database& database, std::int64_t target,
                                             std::string_view after, std::size_t max) {
  Statement next(database,
                 "SELECT id, copy FROM documents WHERE target=? AND id>? AND state=? "
                 "AND copy IS NOT NULL ORDER BY id LIMIT ?");
  std::vector<OrphanedCopy> copies;
  for (next.Bind(target, after, DocumentState::kDeleted, max); next.Step();)
    copies.push_back({std::string(next.View(0)), next.Hash(1).value_or(TextHash{})});
  return copies;
}

}  // namespace reembed
