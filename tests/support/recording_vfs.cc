#include "tests/support/recording_vfs.h"

#include <sqlite3.h>

#include <map>
#include <stdexcept>
#include <string_view>

#include "reembed/base/mutex.h"

namespace reembed::testing {

using Kind = DiskOperation::Kind;

struct RecordingVfs::State {
  sqlite3_vfs vfs = {};
  sqlite3_vfs* real = nullptr;
  std::string name;
  LostSyncs lost = LostSyncs::kNone;
  bool records = true;
  Mutex mutex;
  std::map<std::string, int> file_of REEMBED_GUARDED_BY(mutex);  // by name, while it is there
  int files REEMBED_GUARDED_BY(mutex) = 0;
  std::vector<DiskOperation> operations;  // written under the mutex

  static State& Of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }
  static sqlite3_vfs* Real(sqlite3_vfs* vfs) { return Of(vfs).real; }

  void Note(DiskOperation operation) {
    MutexLock lock(mutex);
    operations.push_back(std::move(operation));
  }
  int NoteOpen(const std::string& base, bool existed);
  void NoteDelete(const std::string& base, bool sync_folder);
  bool LosesSyncOf(int flags) const;
  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder);
};

namespace {

/// What SQLite sees as an open file; the system's own follows it in memory.
struct RecordedFile {
  sqlite3_file base;
  std::vector<DiskOperation>* operations;  // null: not recorded
  Mutex* mutex;
  int file;
  bool loses_syncs;
};

RecordedFile& Self(sqlite3_file* file) {
  return *reinterpret_cast<RecordedFile*>(file);
}
sqlite3_file* Inner(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(RecordedFile));
}
const sqlite3_io_methods& Methods(sqlite3_file* file) {
  return *Inner(file)->pMethods;
}

void Note(sqlite3_file* file, DiskOperation operation) {
  const RecordedFile& self = Self(file);
  if (self.operations == nullptr) return;
  MutexLock lock(*self.mutex);
  operation.file = self.file;
  self.operations->push_back(std::move(operation));
}

int Close(sqlite3_file* file) {
  return Methods(file).xClose(Inner(file));
}
int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
  return Methods(file).xRead(Inner(file), to, bytes, offset);
}
int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  Note(file, {.kind = Kind::kWrite,
              .offset = offset,
              .data = {static_cast<const char*>(from), static_cast<std::size_t>(bytes)}});
  return Methods(file).xWrite(Inner(file), from, bytes, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  Note(file, {.kind = Kind::kTruncate, .offset = size});
  return Methods(file).xTruncate(Inner(file), size);
}
int Sync(sqlite3_file* file, int) {
  if (!Self(file).loses_syncs) Note(file, {.kind = Kind::kSync});
  return SQLITE_OK;
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Methods(file).xFileSize(Inner(file), size);
}
int Lock(sqlite3_file* file, int level) {
  return Methods(file).xLock(Inner(file), level);
}
int Unlock(sqlite3_file* file, int level) {
  return Methods(file).xUnlock(Inner(file), level);
}
int CheckLock(sqlite3_file* file, int* held) {
  return Methods(file).xCheckReservedLock(Inner(file), held);
}
int Control(sqlite3_file* file, int operation, void* argument) {
  // Only a hint, and one that would change the file past the record.
  if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
  return Methods(file).xFileControl(Inner(file), operation, argument);
}
int SectorSize(sqlite3_file* file) {
  return Methods(file).xSectorSize(Inner(file));
}
int Characteristics(sqlite3_file* file) {
  // Batches that a file system makes atomic are not what is simulated.
  return Methods(file).xDeviceCharacteristics(Inner(file)) & SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return Methods(file).xShmMap(Inner(file), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return Methods(file).xShmLock(Inner(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) {
  Methods(file).xShmBarrier(Inner(file));
}
int ShmUnmap(sqlite3_file* file, int remove) {
  return Methods(file).xShmUnmap(Inner(file), remove);
}

// Version 2: without memory-mapped pages, whose changes would not be seen.
constexpr sqlite3_io_methods kMethods = {
    2,        Close,     Read,    Write,      Truncate,        Sync,   FileSize, Lock,
    Unlock,   CheckLock, Control, SectorSize, Characteristics, ShmMap, ShmLock,  ShmBarrier,
    ShmUnmap, nullptr,   nullptr};

constexpr int kOfLog = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

std::string BaseName(std::string_view path) {
  return std::string(path.substr(path.find_last_of('/') + 1));
}

}  // namespace

int RecordingVfs::State::NoteOpen(const std::string& base, bool existed) {
  MutexLock lock(mutex);
  const auto known = file_of.find(base);
  if (known != file_of.end()) return known->second;
  const int file = files++;
  file_of[base] = file;
  operations.push_back({.kind = Kind::kCreate, .file = file, .name = base});
  // It was there before anything was recorded.
  if (existed) operations.push_back({.kind = Kind::kSync, .file = file});
  return file;
}

void RecordingVfs::State::NoteDelete(const std::string& base, bool sync_folder) {
  MutexLock lock(mutex);
  if (file_of.erase(base) == 0) return;
  operations.push_back({.kind = Kind::kDelete, .name = base});
  if (sync_folder && lost == LostSyncs::kNone) operations.push_back({.kind = Kind::kSyncFolder});
}

bool RecordingVfs::State::LosesSyncOf(int flags) const {
  const bool is_log = (flags & kOfLog) != 0;
  return lost == LostSyncs::kAll || (lost == LostSyncs::kOfTheLog && is_log) ||
         (lost == LostSyncs::kOfTheDatabase && !is_log);
}

int RecordingVfs::State::Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                              int* out) {
  State& state = Of(vfs);
  int existed = 0;
  if (path != nullptr) state.real->xAccess(state.real, path, SQLITE_ACCESS_EXISTS, &existed);
  const int code = state.real->xOpen(state.real, path, Inner(file), flags, out);
  file->pMethods = code == SQLITE_OK ? &kMethods : nullptr;
  if (code != SQLITE_OK) return code;
  RecordedFile& self = Self(file);
  const bool counts = state.records && path != nullptr && (flags & (kOfLog | SQLITE_OPEN_MAIN_DB));
  self.operations = counts ? &state.operations : nullptr;
  self.mutex = &state.mutex;
  self.loses_syncs = state.LosesSyncOf(flags);
  if (counts) self.file = state.NoteOpen(BaseName(path), existed != 0);
  return SQLITE_OK;
}

int RecordingVfs::State::Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  State& state = Of(vfs);
  state.NoteDelete(BaseName(path), sync_folder != 0);
  return state.real->xDelete(state.real, path, 0);
}

RecordingVfs::RecordingVfs(LostSyncs lost, bool records) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.real = sqlite3_vfs_find(nullptr);
  state.name = "recording-" + std::to_string(reinterpret_cast<std::uintptr_t>(&state));
  state.lost = lost;
  state.records = records;
  state.vfs.iVersion = 1;
  state.vfs.szOsFile = static_cast<int>(sizeof(RecordedFile)) + state.real->szOsFile;
  state.vfs.mxPathname = state.real->mxPathname;
  state.vfs.zName = state.name.c_str();
  state.vfs.pAppData = &state;
  state.vfs.xOpen = State::Open;
  state.vfs.xDelete = State::Delete;
  state.vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    return State::Real(vfs)->xAccess(State::Real(vfs), path, flags, out);
  };
  state.vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
    return State::Real(vfs)->xFullPathname(State::Real(vfs), path, size, out);
  };
  state.vfs.xRandomness = [](sqlite3_vfs* vfs, int size, char* out) {
    return State::Real(vfs)->xRandomness(State::Real(vfs), size, out);
  };
  state.vfs.xSleep = [](sqlite3_vfs* vfs, int micros) {
    return State::Real(vfs)->xSleep(State::Real(vfs), micros);
  };
  state.vfs.xCurrentTime = [](sqlite3_vfs* vfs, double* now) {
    return State::Real(vfs)->xCurrentTime(State::Real(vfs), now);
  };
  state.vfs.xGetLastError = [](sqlite3_vfs* vfs, int size, char* out) {
    return State::Real(vfs)->xGetLastError(State::Real(vfs), size, out);
  };
  if (sqlite3_vfs_register(&state.vfs, 0) != SQLITE_OK) throw std::runtime_error("no VFS");
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& RecordingVfs::name() const {
  return state_->name;
}

const std::vector<DiskOperation>& RecordingVfs::operations() const {
  return state_->operations;
}

namespace {

/// The first column of the first row that a statement yields, or why it yields none.
std::string Ask(const std::string& path, const char* vfs, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string answer = "cannot open " + path;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, vfs) == SQLITE_OK) {
    sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
    answer = sqlite3_step(statement) == SQLITE_ROW
                 ? reinterpret_cast<const char*>(sqlite3_column_text(statement, 0))
                 : sqlite3_errmsg(database);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return answer;
}

}  // namespace

void Checkpoint(const std::string& path, const RecordingVfs& vfs, const std::string& how) {
  const std::string busy = Ask(path, vfs.name().c_str(), "PRAGMA wal_checkpoint(" + how + ")");
  if (busy != "0") throw std::runtime_error("checkpoint: " + busy);
}

std::string IntegrityOf(const std::string& path) {
  return Ask(path, nullptr, "PRAGMA integrity_check");
}

}  // namespace reembed::testing
