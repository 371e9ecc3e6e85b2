#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/document.h"
#include "reembed/core/schema.h"

namespace reembed {

/// What to read of a collection.
struct FetchSpec {
  std::string collection;           ///< real name
  std::vector<std::string> fields;  ///< beside `id`; dotted ones are nested
  std::string filter_by;            ///< empty: all
  /// True for an id that an earlier page of this pass, or an earlier pass, has delivered.
  std::function<bool(std::string_view)> is_known;
};

/// Pages of a collection, each id once per pass.
/// Errors: kNotFound, kRefused (key, filter), kOutage (patience is over), kInterrupted.
/// Retries inside, also on another node: then the pass starts again and skips what is known.
/// One thread.
class DocumentFetcher {
 public:
  virtual ~DocumentFetcher() = default;
  /// The next documents that are not known yet; nothing at the end of the pass. A pass that
  /// delivered fewer ids than the server counts is repeated once, then kOutage.
  virtual Result<std::optional<Page>> NextPage(const StopTokens& stop) = 0;
};

/// One pass over a whole collection with nothing kept: what reconciling, verifying and surveying
/// read. Same errors as DocumentFetcher.
class DocumentScan {
 public:
  virtual ~DocumentScan() = default;
  /// Calls `visit` once per document, from the calling thread.
  virtual Status Run(const std::function<void(const Document&)>& visit, const StopTokens& stop) = 0;
};

/// The reads. All that a dry run is given: no call of it changes anything on the server.
/// Aliases are accepted by Describe only; everything else takes the real name it returns.
/// Errors: kNotFound, kRefused (401), kUnreachable (while planning: no node answered).
/// Threads: safe to call from several at once.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) = 0;
  /// kRefused when the key may not list aliases: not a blocker.
  virtual Result<std::vector<Alias>> Aliases(const StopTokens& stop) = 0;
  virtual Result<std::uint64_t> Count(const std::string& collection, const std::string& filter_by,
                                      const StopTokens& stop) = 0;
  /// The stored vector as float32; empty when the document has none; kNotFound without document.
  virtual Result<Embedding> ReadVector(const std::string& collection, const std::string& field,
                                       const std::string& id, const StopTokens& stop) = 0;
  /// How many batches of writes the server has taken in and not applied yet. kRefused or kNotFound
  /// when the key or the server's version does not let it tell: not worth asking again.
  virtual Result<std::uint64_t> PendingWrites(const StopTokens& stop) = 0;
  virtual std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) = 0;
  virtual std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) = 0;
};

/// Which field of which collection is written.
struct UpdateSpec {
  std::string collection;  ///< real name
  std::string field;
  bool nested = false;  ///< a dotted field is written as nested objects
};

/// What became of one written document.
enum class UpdateState : std::uint8_t { kWritten, kDeleted, kRejected };
struct UpdateOutcome {
  UpdateState state = UpdateState::kWritten;
  std::string message;  ///< the server's, when rejected
};

/// Rewrites the embedding field of existing documents and nothing else; never creates one.
/// Shape:   n documents in → n outcomes out, same order.
/// Errors:  kRefused (key, collection gone, out of disk), kOutage (patience is over), kInterrupted.
/// Retries: inside, on every node, until the patience is over; a write is idempotent.
/// One thread per updater.
class DocumentUpdater {
 public:
  virtual ~DocumentUpdater() = default;
  virtual Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                                   const StopTokens& stop) = 0;
};

/// The writes. A dry run has none.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  virtual std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) = 0;
};

}  // namespace reembed
