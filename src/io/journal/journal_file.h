#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "grown_pages.h"
#include "lock_file.h"
#include "open_journal.h"
#include "reembed/base/mutex.h"
#include "reembed/base/result.h"
#include "sqlite.h"

namespace reembed {

/// The one connection to a journal, shared by the store and what came from it.
/// Threads: safe from several; transactions are serialised.
class JournalFile {
 public:
  static Result<std::shared_ptr<JournalFile>> OpenForWriting(const JournalPlace& place,
                                                             std::string_view holder);
  static Result<std::shared_ptr<JournalFile>> OpenForReading(const JournalPlace& place);
  static std::shared_ptr<JournalFile> InMemory();

  /// Grows with every opening for writing; 0 when read only.
  std::int64_t session() const { return session_; }
  /// Bytes of the file, its log and the log's index.
  Result<std::uint64_t> SizeOnDisk();

  /// Runs `body(Database&)` as one durable transaction. What it returns is the result; when a
  /// statement failed, that error is, and nothing was changed.
  template <typename Body>
  auto Write(Body body) {
    return Run(true, std::move(body));
  }
  /// As Write, for what only reads. `body` may be run twice.
  template <typename Body>
  auto Read(Body body) {
    return Run(false, std::move(body));
  }
  /// Runs `body` outside of a transaction.
  Status Maintain(const std::function<void(Database&)>& body);

 private:
  // How the file looked when it was opened as immutable.
  struct Stamp {
    bool has_log = false;
    std::int64_t size = 0, changed_seconds = 0, changed_nanos = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  JournalFile(JournalPlace place, std::optional<LockFile> lock, std::unique_ptr<Database> database)
      : place_(std::move(place)), lock_(std::move(lock)), database_(std::move(database)) {}

  static Stamp StampOf(const std::string& path);
  Status Settle();
  Status OpenToRead();
  Status OpenAs(OpenMode mode);
  bool Overtaken() REEMBED_REQUIRES(mutex_);
  Status RunReading(const std::function<void(Database&)>& body) REEMBED_EXCLUDES(mutex_);
  Status RunWriting(const std::function<void(Database&)>& body) REEMBED_EXCLUDES(mutex_);

  template <typename Body>
  auto Run(bool writing, Body body) {
    using Value = std::invoke_result_t<Body&, Database&>;
    if constexpr (std::is_void_v<Value>) {
      return writing ? RunWriting(body) : RunReading(body);
    } else {
      std::optional<Value> value;
      const auto keep = [&](Database& database) { value.emplace(body(database)); };
      const Status done = writing ? RunWriting(keep) : RunReading(keep);
      return done.ok() ? Result<Value>(*std::move(value)) : Result<Value>(done.error());
    }
  }

  const JournalPlace place_;
  const std::optional<LockFile> lock_;  // outlives the connection
  std::int64_t session_ = 0;
  Mutex mutex_;
  std::unique_ptr<GrownPages> grown_ REEMBED_GUARDED_BY(mutex_);  // outlives the connection
  std::unique_ptr<Database> database_ REEMBED_GUARDED_BY(mutex_);
  std::optional<Stamp> immutable_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
