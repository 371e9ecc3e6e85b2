#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/document.h"
#include "reembed/core/report.h"

namespace reembed {

/// What is next for a document that a page brought.
enum class Admission : std::uint8_t {
  kEmbed,  ///< its text is new: send it
  kWait,   ///< its text is on its way: SaveVectors will name the document
  kKnown,  ///< already admitted in this run
};

struct SeenDocument {
  std::string_view id;
  TextHash hash;
};

/// How a document ended.
enum class DocumentState : std::uint8_t {
  kPending,
  kEmbedded,
  kWritten,
  kDeleted,
  kSkipped,
  kFailed
};
struct DocumentOutcome {
  std::string id;
  DocumentState state = DocumentState::kWritten;
  Failure failure = {};    ///< when kFailed
  bool truncated = false;  ///< when kWritten: the vector is of the text's beginning only
};

/// The work list and the cache of one collection's run: every document and its state. Nothing
/// reaches the store before SaveVectors has returned, nothing reaches the report before
/// SaveOutcomes has returned.
/// Errors:  kLocal (disk).   Threads: safe from several; calls are serialised.
class Journal {
 public:
  virtual ~Journal() = default;

  virtual bool Knows(std::string_view id) const = 0;

  /// Records documents as seen; one answer per document. The same text is sent once while it is
  /// on its way, whatever number of documents wait for it.
  virtual Result<std::vector<Admission>> Admit(std::span<const SeenDocument> documents) = 0;

  /// Records vectors; returns every document that can now be written.
  virtual Result<std::vector<ReadyDocument>> SaveVectors(std::span<const EmbeddedText> texts) = 0;

  /// Gives a text up; returns the ids of the documents that waited for it.
  virtual Result<std::vector<std::string>> GiveUp(const TextHash& hash) = 0;

  /// Records how documents ended.
  virtual Status SaveOutcomes(std::span<const DocumentOutcome> outcomes) = 0;
};

}  // namespace reembed
