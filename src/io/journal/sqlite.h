#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "reembed/base/result.h"
#include "reembed/core/document.h"

struct sqlite3;
struct sqlite3_stmt;

namespace reembed {

enum class OpenMode : std::uint8_t {
  kWrite,      ///< of an existing file
  kRead,       ///< takes part in the locking, reads a write-ahead log
  kImmutable,  ///< reads the file as it is; touches nothing else in its folder
  kMemory,
};

/// One connection. Errors stick: after the first one of a transaction every statement does nothing
/// and yields no row, and the transaction's end returns it; the code between needs no checks.
/// Threads: one at a time.
class Database {
 public:
  /// `vfs`: empty for the system's.
  static Result<std::unique_ptr<Database>> Open(const std::string& path, const std::string& vfs,
                                                OpenMode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  bool ok() const { return !error_.has_value(); }
  /// Notes an error, unless there is one.
  void Fail(Error error);
  /// Notes that the file holds what cannot be there.
  void FailDamaged(std::string_view detail);
  /// The error noted, which is forgotten by that.
  Status TakeStatus();

  /// Runs statements that yield nothing of interest.
  void Execute(const std::string& sql);
  /// First column of the first row; 0 without one.
  std::int64_t Number(std::string_view sql);
  std::int64_t Changes() const;  ///< rows of the last statement
  std::int64_t LastInsertId() const;

 private:
  friend class Statement;
  friend class Transaction;
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  sqlite3_stmt* Prepared(std::string_view sql);
  void Note(int code);

  sqlite3* handle_;
  std::string path_;
  std::optional<Error> error_;
  std::unordered_map<std::string, sqlite3_stmt*> prepared_;
};

/// The use of a prepared statement, which the connection keeps. One use of a text at a time.
class Statement {
 public:
  /// A parameter that is a blob.
  struct Bytes {
    std::string_view view;
  };
  /// A vector as float32, little-endian.
  static Bytes AsBytes(const Embedding& vector);

  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Starts anew with these parameters, the first being number 1. Texts and blobs must live until
  /// the last Step.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    Reset();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  /// True: there is a row.
  bool Step();
  /// Steps to the end.
  void Run() {
    while (Step()) {
    }
  }

  // Columns of the row, from 0. Views live until the next Step.
  std::int64_t Int(int column) const;
  bool Bool(int column) const { return Int(column) != 0; }
  std::string_view View(int column) const;  ///< text or blob
  bool IsNull(int column) const;
  std::optional<TextHash> Hash(int column) const;  ///< absent when NULL
  Embedding Vector(int column) const;

 private:
  void Reset();
  void BindInt(int index, std::int64_t value);
  void BindOne(int index, std::string_view text);
  void BindOne(int index, const std::string& text) { BindOne(index, std::string_view{text}); }
  void BindOne(int index, const TextHash& hash);
  void BindOne(int index, Bytes bytes);
  void BindOne(int index, std::nullopt_t);
  template <typename Value>
  requires std::is_integral_v<Value> || std::is_enum_v<Value>
  void BindOne(int index, Value value) { BindInt(index, static_cast<std::int64_t>(value)); }
  template <typename Value>
  void BindOne(int index, const std::optional<Value>& value) {
    if (value) {
      BindOne(index, *value);
    } else {
      BindOne(index, std::nullopt);
    }
  }

  Database& database_;
  sqlite3_stmt* statement_;  // null after an error
};

/// A transaction; undone unless it is committed. Begins with no error noted.
class Transaction {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Commits if nothing failed; the first error otherwise.
  Status Commit();

 private:
  Database& database_;
};

}  // namespace reembed
