#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/backup.h"
#include "reembed/core/document.h"

namespace reembed {

/// A line, with its line feed, that holds nothing but the id.
std::string BareLine(std::string_view id);

/// Writes the lines of an import that sets one field: `{"id":"1","vec":[0.5,-1]}`, or with a
/// nested field `{"id":"1","meta":{"vec":[0.5,-1]}}`. A pure part of updater and restorer.
class ImportLines {
 public:
  ImportLines(std::string_view field, bool nested);

  /// Appends one line with its line feed. Returns the hash of the vector's text.
  TextHash Append(std::string& body, std::string_view id, std::span<const float> vector) const;
  /// The same with a value at its level: `null` at level 0 of `meta.vec` is `"meta":null`.
  void Append(std::string& body, std::string_view id, const FieldValue& value) const;

 private:
  struct Frame {
    std::string before;  // between id and value
    std::string after;
  };
  std::vector<Frame> frames_;  // by level; one when the field is not nested
};

/// What the server says about one line.
struct LineResult {
  bool success = false;
  int code = 0;
  std::string error = {};  ///< as sent; cut to 2,000 bytes
};

/// The answer of an import of `lines` lines, by position: the ids in an answer are not to be
/// trusted (tests/data/transcripts/04-import-update-failures.json). Versions up to 27 repeat the
/// line under `document`; it is not read. kTransient when there is not exactly one result a line.
Result<std::vector<LineResult>> ParseImportAnswer(std::string_view body, std::size_t lines);

}  // namespace reembed
