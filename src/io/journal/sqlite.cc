#include "sqlite.h"

#include <sqlite3.h>

#include <bit>
#include <cstring>
#include <utility>

#include "reembed/base/text.h"
#include "sqlite_errors.h"

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are kept little-endian");

// A reader that recovers a log holds it for moments only.
constexpr int kBusyMillis = 10'000;

int FlagsOf(OpenMode mode) {
  switch (mode) {
    case OpenMode::kWrite:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    case OpenMode::kRead:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    case OpenMode::kImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    case OpenMode::kMemory:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
}

std::uint64_t BigEndian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

void PutBigEndian(std::uint64_t value, unsigned char* bytes) {
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<unsigned char>(value & 0xff);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(const std::string& path, const std::string& vfs,
                                                 OpenMode mode) {
  const std::string name = mode == OpenMode::kMemory ? ":memory:"
                           : mode == OpenMode::kImmutable
                               ? "file:" + PercentEncode(path) + "?immutable=1"
                               : path;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &handle, FlagsOf(mode), vfs.empty() ? nullptr : vfs.c_str());
  std::unique_ptr<Database> database(new Database(handle, path));
  if (code != SQLITE_OK) {
    return SqliteError(handle == nullptr ? code : sqlite3_extended_errcode(handle), path,
                       handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMillis);
  if (mode == OpenMode::kRead)
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Database::Fail(Error error) {
  if (!error_) error_ = std::move(error);
}

void Database::FailDamaged(std::string_view detail) {
  Fail(SqliteError(SQLITE_CORRUPT, path_, detail));
}

Status Database::TakeStatus() {
  std::optional<Error> error = std::exchange(error_, std::nullopt);
  return error ? Status(*std::move(error)) : Status{};
}

void Database::Note(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE || error_) return;
  error_ = SqliteError(code, path_, sqlite3_errmsg(handle_));
}

void Database::Execute(const std::string& sql) {
  if (ok()) Note(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::Number(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.Step() ? statement.Int(0) : 0;
}

std::int64_t Database::Changes() const {
  return sqlite3_changes(handle_);
}

std::int64_t Database::LastInsertId() const {
  return sqlite3_last_insert_rowid(handle_);
}

sqlite3_stmt* Database::Prepared(std::string_view sql) {
  if (!ok()) return nullptr;
  const auto found = prepared_.find(std::string(sql));
  if (found != prepared_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  Note(sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  if (statement != nullptr) prepared_.emplace(sql, statement);
  return statement;
}

Statement::Statement(Database& database, std::string_view sql)
    : database_(database), statement_(database.Prepared(sql)) {}

Statement::~Statement() {
  // Drops what was bound: it need not live any longer.
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Statement::Step() {
  if (statement_ == nullptr || !database_.ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  // The error's text is lost with the reset.
  database_.Note(code);
  sqlite3_reset(statement_);
  return false;
}

void Statement::Reset() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

void Statement::BindInt(int index, std::int64_t value) {
  if (statement_ != nullptr) database_.Note(sqlite3_bind_int64(statement_, index, value));
}

void Statement::BindOne(int index, std::string_view text) {
  if (statement_ == nullptr) return;
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  database_.Note(
      sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::BindOne(int index, Bytes bytes) {
  if (statement_ == nullptr) return;
  const char* data = bytes.view.data() == nullptr ? "" : bytes.view.data();
  database_.Note(sqlite3_bind_blob64(statement_, index, data, bytes.view.size(), SQLITE_STATIC));
}

void Statement::BindOne(int index, const TextHash& hash) {
  if (statement_ == nullptr) return;
  unsigned char bytes[16];
  PutBigEndian(hash.high, bytes);
  PutBigEndian(hash.low, bytes + 8);
  database_.Note(sqlite3_bind_blob(statement_, index, bytes, 16, SQLITE_TRANSIENT));
}

void Statement::BindOne(int index, std::nullopt_t) {
  if (statement_ != nullptr) database_.Note(sqlite3_bind_null(statement_, index));
}

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::View(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<TextHash> Statement::Hash(int column) const {
  if (IsNull(column)) return std::nullopt;
  const std::string_view bytes = View(column);
  if (bytes.size() != 16) {
    database_.FailDamaged("a hash has the wrong length");
    return std::nullopt;
  }
  unsigned char raw[16];
  std::memcpy(raw, bytes.data(), 16);
  return TextHash{BigEndian(raw), BigEndian(raw + 8)};
}

Embedding Statement::Vector(int column) const {
  const std::string_view bytes = View(column);
  if (bytes.empty() || bytes.size() % sizeof(float) != 0) {
    database_.FailDamaged("a vector has the wrong length");
    return {};
  }
  Embedding vector(bytes.size() / sizeof(float));
  std::memcpy(vector.data(), bytes.data(), bytes.size());
  return vector;
}

Statement::Bytes Statement::AsBytes(const Embedding& vector) {
  return {{reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)}};
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.error_.reset();
  database_.Execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // Some errors have undone the transaction already.
  if (sqlite3_get_autocommit(database_.handle_) == 0)
    sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::Commit() {
  database_.Execute("COMMIT");
  return database_.TakeStatus();
}

std::string SqliteVersion() {
  return sqlite3_libversion();
}

}  // namespace reembed
