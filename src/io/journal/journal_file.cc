#include "journal_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "schema.h"

namespace reembed {
namespace {

std::string PathIn(const std::string& folder) {
  return folder + "/journal.db";
}

std::optional<struct stat> Look(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return found;
}

Error CannotMake(const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return {full ? ErrorKind::kLocal : ErrorKind::kRefused,
          fmt::format("cannot make {} ({}): {}", path, std::strerror(code),
                      full ? "make room; a rerun resumes"
                           : "choose a folder that this user may write with --state-dir")};
}

// Folders that are missing are made for this user alone; those that are there stay as they are.
Status MakeFolder(const std::string& folder) {
  std::filesystem::path sofar;
  for (const auto& part : std::filesystem::path(folder)) {
    sofar /= part;
    if (mkdir(sofar.c_str(), 0700) == 0 || errno == EEXIST) continue;
    // A parent may be neither ours nor writable; only the last one counts.
    if (!Look(sofar.string())) return CannotMake(sofar.string(), errno);
  }
  const auto found = Look(folder);
  if (!found || !S_ISDIR(found->st_mode)) return CannotMake(folder, ENOTDIR);
  return {};
}

// SQLite gives the files of the log the mode of this one. Only a file that is not there is opened:
// closing a descriptor of it would drop the locks that this process holds on it.
Status MakeFile(const std::string& folder, const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) {
    const auto found = Look(path);
    // A copy that was put back may have become readable for others.
    if (found && (found->st_mode & 0077) != 0) chmod(path.c_str(), 0600);
    return {};
  }
  if (file < 0) return CannotMake(path, errno);
  close(file);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    close(directory);
  }
  return {};
}

Status InTransaction(Database& database, Transaction::Kind kind,
                     const std::function<void(Database&)>& body) {
  Transaction transaction(database, kind);
  if (database.ok()) body(database);
  return transaction.Commit();
}

Error TooOld(const std::string& path) {
  return {ErrorKind::kRefused, fmt::format("the journal {} is of an older version: the next run "
                                           "brings it up to date",
                                           path)};
}

}  // namespace

Result<std::shared_ptr<JournalFile>> JournalFile::OpenForWriting(const JournalPlace& place,
                                                                 std::string_view holder) {
  const std::string path = PathIn(place.dir);
  if (Status made = MakeFolder(place.dir); !made.ok()) return made.error();
  Result<LockFile> lock = LockFile::Take(place.dir, holder);
  if (!lock.ok()) return lock.error();
  if (Status made = MakeFile(place.dir, path); !made.ok()) return made.error();
  auto grown = std::make_unique<GrownPages>(path);
  auto database = Database::Open(path, place.vfs, OpenMode::kWrite);
  if (!database.ok()) return database.error();
  const Result<FileState> state = Inspect(**database, SchemaSteps());
  if (!state.ok()) return state.error();
  std::shared_ptr<JournalFile> file(new JournalFile(place, *std::move(lock), *std::move(database)));
  {
    MutexLock locked(file->mutex_);
    file->grown_ = std::move(grown);
  }
  if (Status settled = file->Settle(); !settled.ok()) return settled.error();
  return file;
}

Result<std::shared_ptr<JournalFile>> JournalFile::OpenForReading(const JournalPlace& place) {
  std::shared_ptr<JournalFile> file(new JournalFile(place, std::nullopt, nullptr));
  Status opened = file->OpenToRead();
  if (!opened.ok()) return opened.error();
  return file;
}

std::shared_ptr<JournalFile> JournalFile::InMemory() {
  auto database = Database::Open({}, {}, OpenMode::kMemory);
  if (!database.ok()) throw std::runtime_error(database.error().message);
  std::shared_ptr<JournalFile> file(
      new JournalFile(JournalPlace{}, std::nullopt, *std::move(database)));
  Status settled = file->Settle();
  if (!settled.ok()) throw std::runtime_error(settled.error().message);
  return file;
}

Status JournalFile::Settle() {
  {
    MutexLock lock(mutex_);
    if (Status prepared = Prepare(*database_, SchemaSteps()); !prepared.ok()) return prepared;
  }
  const Result<std::int64_t> session = Write([](Database& database) {
    return database.Number("UPDATE counters SET session = session + 1 RETURNING session");
  });
  if (!session.ok()) return session.error();
  session_ = *session;
  return {};
}

// Without a log beside it the file is whole, and nobody writes it: it is read as it is. With one
// (a run is active, or was killed) the log has to be read as well.
Status JournalFile::OpenToRead() {
  const std::string path = PathIn(place_.dir);
  const auto found = Look(path);
  if (!found && errno == EACCES)
    return Error{ErrorKind::kRefused,
                 fmt::format("cannot read {}: {}", path, std::strerror(EACCES))};
  if (!found || found->st_size == 0) return OpenAs(OpenMode::kMemory);
  if (StampOf(path).has_log) return OpenAs(OpenMode::kRead);
  Status opened = OpenAs(OpenMode::kImmutable);
  // A run may have begun in between; then the other way helps.
  if (opened.ok() || !StampOf(path).has_log) return opened;
  return OpenAs(OpenMode::kRead);
}

Status JournalFile::OpenAs(OpenMode mode) {
  MutexLock lock(mutex_);
  const std::string path = PathIn(place_.dir);
  const Stamp stamp = StampOf(path);
  auto database = Database::Open(path, place_.vfs, mode);
  if (!database.ok()) return database.error();
  Result<FileState> state = Inspect(**database, SchemaSteps());
  if (!state.ok()) return state.error();
  if (*state == FileState::kOlder) return TooOld(path);
  if (*state == FileState::kEmpty && mode != OpenMode::kMemory) {
    database = Database::Open({}, {}, OpenMode::kMemory);
    if (!database.ok()) return database.error();
  }
  if (*state == FileState::kEmpty) {
    if (Status prepared = Prepare(**database, SchemaSteps()); !prepared.ok()) return prepared;
    (*database)->Execute("PRAGMA query_only=1");
  }
  database_ = *std::move(database);
  immutable_.reset();
  if (mode == OpenMode::kImmutable) immutable_ = stamp;
  return {};
}

JournalFile::Stamp JournalFile::StampOf(const std::string& path) {
  Stamp stamp;
  stamp.has_log = Look(path + "-wal").has_value();
  if (const auto found = Look(path)) {
    stamp.size = found->st_size;
    stamp.changed_seconds = found->st_mtim.tv_sec;
    stamp.changed_nanos = found->st_mtim.tv_nsec;
    stamp.inode = found->st_ino;
  }
  return stamp;
}

bool JournalFile::Overtaken() {
  return immutable_ && *immutable_ != StampOf(PathIn(place_.dir));
}

Status JournalFile::RunReading(const std::function<void(Database&)>& body) {
  // What was read without locks does not count when a run began meanwhile.
  for (int attempt = 0; attempt < 3; ++attempt) {
    {
      MutexLock lock(mutex_);
      if (!Overtaken()) {
        Status done = InTransaction(*database_, Transaction::Kind::kRead, body);
        if (!Overtaken()) return done;
      }
    }
    if (Status opened = OpenToRead(); !opened.ok()) return opened;
  }
  if (Status opened = OpenAs(OpenMode::kRead); !opened.ok()) return opened;
  MutexLock lock(mutex_);
  return InTransaction(*database_, Transaction::Kind::kRead, body);
}

Status JournalFile::RunWriting(const std::function<void(Database&)>& body) {
  MutexLock lock(mutex_);
  Status done = InTransaction(*database_, Transaction::Kind::kWrite, body);
  if (grown_) grown_->Release();
  return done;
}

Status JournalFile::Maintain(const std::function<void(Database&)>& body) {
  MutexLock lock(mutex_);
  body(*database_);
  return database_->TakeStatus();
}

Result<std::uint64_t> JournalFile::SizeOnDisk() {
  if (place_.dir.empty()) {
    return Read([](Database& database) {
      return static_cast<std::uint64_t>(database.Number("PRAGMA page_count") *
                                        database.Number("PRAGMA page_size"));
    });
  }
  std::uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const auto found = Look(PathIn(place_.dir) + suffix);
    if (found) bytes += static_cast<std::uint64_t>(found->st_size);
  }
  return bytes;
}

}  // namespace reembed
