// What reembed-sink answers: as much of a Typesense and of an embeddings service as a run needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/sink_data.h"

namespace reembed::sandbox {

struct SinkOptions {
  std::size_t documents = 1000;  ///< in each collection
  std::size_t dimensions = 1536;
  std::size_t collections = 1;   ///< `documents`, `documents2`, …
  bool old_vectors = true;       ///< documents hold a vector before the first write
  bool float_text = false;       ///< vectors as JSON numbers also where base64 is asked for
  double latency_ms = 0;         ///< of each provider request; any number at a time
  double write_ms = 0;           ///< of each document written; one after the other
  std::string key = "sink-key";  ///< of both services
};

/// What is kept waiting by an answer.
enum class SinkWork : std::uint8_t { kNone, kEmbedding, kWrites };

/// An export that is under way.
struct SinkExport {
  std::size_t collection = 0;
  SinkFields fields;
  std::size_t next = 0;  ///< number of the document
};

struct SinkAnswer {
  int status = 200;
  std::string body = {};
  SinkWork work = SinkWork::kNone;
  std::size_t writes = 0;               ///< documents that were written
  std::optional<SinkExport> rest = {};  ///< what follows the body
};

struct SinkRequest {
  std::string_view method;
  std::string_view target;  ///< path and query as they were sent
  std::string_view body;
};

/// The collections, and the vectors that were written: of a document only whether one was, since
/// documents with the same canned vector share it. An import whose vector is not the one of the
/// document's text is refused with code 400, so that a run which exits 0 has written every vector
/// right. What is read back is what was written, number by number. One thread.
class SinkAnswers {
 public:
  explicit SinkAnswers(const SinkOptions& options);

  SinkAnswer Answer(const SinkRequest& request);
  /// Appends some hundred kilobytes of it; false when that was the end.
  bool ContinueExport(SinkExport& rest, std::string& out) const;

 private:
  struct Collection {
    std::string name;
    std::vector<bool> written;
  };

  SinkAnswer AnswerStore(const SinkRequest& request, std::string_view path, std::string_view query);
  SinkAnswer AnswerCollection(const SinkRequest& request, std::size_t collection,
                              std::string_view rest, std::string_view query);
  SinkAnswer AnswerDocument(const SinkRequest& request, std::size_t collection, std::string_view id,
                            std::string_view query);
  SinkAnswer Embed(std::string_view body) const;
  SinkAnswer Import(std::size_t collection, std::string_view body);
  SinkAnswer MultiSearch(std::string_view body) const;
  std::string Write(std::size_t collection, std::string_view line, std::size_t number);
  std::string_view VectorOf(std::size_t collection, std::size_t number) const;
  void AppendSchema(std::string& out, std::size_t collection) const;
  void AppendSearch(std::string& out, std::size_t collection, std::string_view filter,
                    std::size_t per_page, std::size_t offset, SinkFields fields) const;
  void AppendHit(std::string& out, std::size_t collection, std::size_t number,
                 SinkFields fields) const;
  std::optional<std::size_t> FindCollection(std::string_view name) const;
  std::optional<std::size_t> FindDocument(std::string_view id) const;

  const SinkOptions options_;
  const SinkData data_;
  std::vector<Collection> collections_;
  std::vector<std::string> spellings_;  // of the new vectors as they came first; empty: not yet
};

}  // namespace reembed::sandbox
