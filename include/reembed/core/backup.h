#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "reembed/base/result.h"
#include "reembed/core/stored_field.h"

namespace reembed {

/// How a backup holds the field. The numbers stand in journals: they never change their meaning.
enum class BackupKind : std::uint8_t {
  kAbsent = 0,   ///< blob: one byte, StoredField::levels_there
  kNull = 1,     ///< blob: empty
  kFloat32 = 2,  ///< blob: little-endian float32; the shortest texts of them mean the same numbers
  kFloat64 = 3,  ///< blob: little-endian float64; each is spelled with a fraction or an exponent
  kText = 4,     ///< blob: the JSON text
};

/// An embedding field as it was, in the smallest of these forms that gives it back exactly: sent to
/// the server, DecodeBackup makes it export the very bytes that it exported before.
struct FieldBackup {
  BackupKind kind = BackupKind::kAbsent;
  std::string blob;
  friend bool operator==(const FieldBackup&, const FieldBackup&) = default;
};

/// What an import line must say to set a field: the JSON of the value at the end of the first
/// `levels` + 1 keys of its path. Absent at level 0 of `meta.vec` is `null` for `meta` itself.
struct FieldValue {
  std::string json;
  std::size_t levels = 0;  ///< ignored for a field that is not nested
};

/// Exactness. An element means the same number when it is the same double and an integer literal
/// (no fraction, no exponent) stays one: the server stores `1` and `1.0` as different things
/// (tests/data/transcripts/04-import-update-failures.json) and prints doubles in a form of its own,
/// which need not be the shortest. float32 where that holds for the shortest text of every element
/// that gives the same float32 (7.038531e-26 with nine digits, `-0.0`); else float64 where every
/// element is a double that is no integer literal; else text.
FieldBackup EncodeBackup(const StoredField& field);

/// `depth`: the number of keys in the field's path (1 when it is not nested).
/// Errors: kRefused when the blob is damaged.
Result<FieldValue> DecodeBackup(const FieldBackup& backup, std::size_t depth);

}  // namespace reembed
