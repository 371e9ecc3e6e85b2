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
#include "reembed/core/backup.h"
#include "reembed/core/document.h"
#include "reembed/core/schema.h"

namespace reembed {

/// What to read of a collection.
struct FetchSpec {
  std::string collection;                ///< real name
  std::vector<std::string> fields = {};  ///< beside `id`; dotted ones are nested
  std::string filter_by = {};            ///< empty: all
  /// True for an id that an earlier page of this pass, or an earlier pass, has delivered.
  std::function<bool(std::string_view)> is_known = {};
  bool whole = false;  ///< every field of the document instead of `fields`
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

/// Takes the documents of a scan, in the calling thread.
class ScanVisitor {
 public:
  virtual ~ScanVisitor() = default;
  enum class Next : std::uint8_t { kGoOn, kEnough };
  /// What was visited so far does not count: the stream was cut and is read from its beginning.
  virtual Status Restart() = 0;
  /// The document is only lent. kEnough ends the scan without an error. Must be quick: the server's
  /// stream waits meanwhile.
  virtual Result<Next> Visit(const Document& document) = 0;
};

/// One pass over a whole collection with nothing kept: what reconciling, verifying and surveying
/// read. Streams at the server's pace.
/// Errors: those of DocumentFetcher, and those of the visitor. A stream that was cut, or that
/// showed fewer ids than the server counts before and after, is read again, then kOutage. Retries
/// inside, also on another node. One thread.
class DocumentScan {
 public:
  virtual ~DocumentScan() = default;
  /// Shows each document once since the last Restart.
  virtual Status Run(ScanVisitor& visitor, const StopTokens& stop) = 0;
};

/// What an id leads to.
enum class LookupState : std::uint8_t { kFound, kGone, kOutsideFilter };
struct FoundDocument {
  LookupState state = LookupState::kFound;
  Document document;  ///< the id is always set; the JSON when found
};

/// Reads documents by their ids, with the filter.
/// Errors: those of DocumentFetcher.   Retries inside, also on another node.   One thread.
class DocumentLookup {
 public:
  virtual ~DocumentLookup() = default;
  /// At most 250 ids in, one answer each out, same order. Only a 404 to a read of that very id
  /// makes it kGone.
  virtual Result<std::vector<FoundDocument>> Find(std::span<const std::string> ids,
                                                  const StopTokens& stop) = 0;
};

/// A search by vector.
struct NearestQuery {
  std::string collection;  ///< real name
  std::string field;
  std::span<const float> vector;
  std::size_t count = 10;
  std::string filter_by = {};
};

/// What one node says of itself, for `doctor`.
struct NodeStatus {
  std::string url;       ///< host and port
  bool healthy = false;  ///< `/health` says ok
  std::string version;   ///< `/debug`; empty when the key may not ask
  std::string trouble;   ///< why it is not healthy, or a resource it runs out of
  std::optional<std::uint64_t> memory_free_bytes, disk_free_bytes;  ///< `/metrics.json`
};

/// The reads. All that a dry run is given: no call of it changes anything on the server.
/// Aliases are accepted by Describe only; everything else takes the real name it returns.
/// Errors: kNotFound, kRefused (401), kUnreachable (while planning: no node answered).
/// Threads: safe to call from several at once.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) = 0;
  /// Every collection of the server that the key may see.
  virtual Result<std::vector<CollectionSchema>> Collections(const StopTokens& stop) = 0;
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
  /// The ids of the `count` documents nearest to `vector`, nearest first; `filter_by` as in a
  /// search. Errors: also kRefused while the field has no index.
  virtual Result<std::vector<std::string>> FindNearest(const NearestQuery& query,
                                                       const StopTokens& stop) = 0;
  /// How many documents each configured node counts, in that order; asked once each.
  virtual std::vector<Result<std::uint64_t>> CountOnNodes(const std::string& collection,
                                                          const StopTokens& stop) = 0;
  /// PendingWrites of each configured node, in that order; asked once each.
  virtual std::vector<Result<std::uint64_t>> PendingOnNodes(const StopTokens& stop) = 0;
  /// One entry per configured node, in that order. Never fails: what is wrong is in the entries.
  virtual std::vector<NodeStatus> Nodes(const StopTokens& stop) = 0;
  virtual std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) = 0;
  virtual std::unique_ptr<DocumentLookup> MakeLookup(FetchSpec spec) = 0;
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
  std::string message = {};  ///< the server's, when rejected
  /// When a vector was written: HashText of its text as it was sent.
  std::optional<TextHash> spelling = {};
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

/// A document and what its embedding field is to hold again.
struct RestoredField {
  std::string id;
  FieldValue value;
};

/// Gives embedding fields back what they held, byte for byte as the server would export it. As
/// DocumentUpdater in everything else.
class FieldRestorer {
 public:
  virtual ~FieldRestorer() = default;
  virtual Result<std::vector<UpdateOutcome>> Apply(std::span<const RestoredField> documents,
                                                   const StopTokens& stop) = 0;
};

/// What a change of the schema came to.
enum class AlterResult : std::uint8_t {
  kDone,
  /// The documents that are stored do not fit: a vector of another length, or none in a field that
  /// is not optional (tests/data/transcripts/12-dimension-change.json).
  kUnfit,
};

/// Schemas, collections and aliases. Every call may be repeated: one that finds its effect there is
/// fine. An alteration that is running (422) is waited for, one whose answer was lost is looked up
/// in the schema. Real collection names only.
/// Errors:  kRefused (key, the server's words), kNotFound, kOutage (patience is over),
///          kInterrupted.   Retries: inside.   One thread.
class SchemaEditor {
 public:
  virtual ~SchemaEditor() = default;
  /// The values stay in the documents. Fine when the schema has no such field.
  virtual Status DropField(const std::string& collection, const std::string& field,
                           const StopTokens& stop) = 0;
  /// `definition`: the field's JSON. A field of that name that the server has detected by itself
  /// meanwhile (one without `num_dim`) is replaced in the same request; one that is there as
  /// defined is fine.
  virtual Result<AlterResult> AddField(const std::string& collection, const std::string& definition,
                                       const StopTokens& stop) = 0;
  /// Drops and adds in one request; only an empty collection takes another vector length so.
  virtual Result<AlterResult> ReplaceField(const std::string& collection,
                                           const std::string& definition,
                                           const StopTokens& stop) = 0;
  /// Returns when nothing is in work any more of what was sent to the collection before: the server
  /// goes on with an alteration whose caller has gone, and shows the old schema until it is done.
  /// Changes nothing.
  virtual Status AwaitWrites(const std::string& collection, const StopTokens& stop) = 0;
  /// An empty collection `name` with the schema of `source`. Fine when `name` exists.
  virtual Status Clone(const std::string& source, const std::string& name,
                       const StopTokens& stop) = 0;
  virtual Status SetMetadata(const std::string& collection, const std::string& metadata,
                             const StopTokens& stop) = 0;
  /// At once for everybody who asks the leader; followers may lag.
  virtual Status PointAlias(const std::string& alias, const std::string& collection,
                            const StopTokens& stop) = 0;
  /// With all its documents. Fine when there is none.
  virtual Status DeleteCollection(const std::string& name, const StopTokens& stop) = 0;
};

/// A whole document for another collection.
struct DocumentCopy {
  std::string id;
  std::string json;
};
enum class CopyAction : std::uint8_t {
  kUpsert,  ///< replaces a document of that id as a whole
  kCreate,  ///< leaves it: kExists
};
enum class CopyState : std::uint8_t { kWritten, kExists, kRejected };
struct CopyOutcome {
  CopyState state = CopyState::kWritten;
  std::string message;  ///< the server's, when rejected
};

/// What one document is to become, said by what changes.
struct DocumentChange {
  std::string id;
  std::string members;  ///< JSON object, merged into the document; null removes a member
  std::string seen;     ///< the document as it was read; empty: as it may be by now
};
enum class ChangeState : std::uint8_t {
  kWritten,
  kNotAsSeen,  ///< or it looks so: nothing was written
  kGone,       ///< there is no such document; none is made
  kRejected,
};
struct ChangeOutcome {
  ChangeState state = ChangeState::kWritten;
  std::string message;  ///< the server's, when rejected
};

/// Writes whole documents into one collection. As DocumentUpdater in shape, errors, retries and
/// threads; but a `create` whose answer was lost may find its own document: kExists.
class DocumentCopier {
 public:
  virtual ~DocumentCopier() = default;
  virtual Result<std::vector<CopyOutcome>> Apply(std::span<const DocumentCopy> documents,
                                                 CopyAction action, const StopTokens& stop) = 0;
  /// kWritten: deleted; kDeleted: there was none.
  virtual Result<std::vector<UpdateOutcome>> Delete(std::span<const std::string> ids,
                                                    const StopTokens& stop) = 0;
  /// Every member that is not named stays as somebody else has written it meanwhile. With `seen`,
  /// nothing is written when a member that is to change is not as it was seen, as far as the server
  /// can tell: by the words of texts that are not long, integers and booleans of indexed fields.
  virtual Result<ChangeOutcome> Change(const DocumentChange& change, const StopTokens& stop) = 0;
  /// Deletes one document. Returns what it was; empty when there was none (or when an answer was
  /// lost).
  virtual Result<std::string> Take(const std::string& id, const StopTokens& stop) = 0;
  /// Moves the collection's counter of automatic ids on by `count` or more, by creates that are
  /// refused. `id`: of a document that is there. Creates nothing.
  virtual Status UseUpIds(const std::string& id, std::uint64_t count, const StopTokens& stop) = 0;
};

/// The writes. A dry run has none.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  virtual std::unique_ptr<SchemaEditor> MakeSchemaEditor() = 0;
  virtual std::unique_ptr<DocumentCopier> MakeCopier(const std::string& collection) = 0;
  virtual std::unique_ptr<FieldRestorer> MakeRestorer(UpdateSpec spec) = 0;
  virtual std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) = 0;
};

}  // namespace reembed
