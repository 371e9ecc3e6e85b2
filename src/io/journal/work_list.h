#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "documents.h"
#include "reembed/ports/journal.h"
#include "sqlite.h"

namespace reembed {

// What a run has to do next, within a transaction. `pass`: the last that was begun.

std::uint64_t CountInState(Database& database, const DocumentScope& scope, std::int64_t pass,
                           DocumentState state);
std::vector<std::string> ReadPending(Database& database, const DocumentScope& scope,
                                     std::int64_t pass, std::string_view after, std::size_t max);

/// A page of NextEmbedded.
struct EmbeddedPage {
  std::vector<EmbeddedDocument> documents;
  /// Documents on the way there whose vector is not what was kept: pruned, or spoilt by the disk.
  std::vector<EmbeddedDocument> lost;
};

// Of the scope's recipe: what another one embedded is to be embedded anew.
std::uint64_t CountEmbedded(Database& database, const DocumentScope& scope, std::int64_t pass);
EmbeddedPage ReadEmbedded(Database& database, const DocumentScope& scope, std::int64_t pass,
                          std::string_view after, std::size_t max);
/// They are pending, and their vectors are not taken for paid.
void MarkLost(Database& database, const DocumentScope& scope,
              const std::vector<EmbeddedDocument>& lost);

std::uint64_t CountCopies(Database& database, std::int64_t target);
std::vector<OrphanedCopy> ReadOrphanedCopies(Database& database, std::int64_t target,
                                             std::string_view after, std::size_t max);

}  // namespace reembed
