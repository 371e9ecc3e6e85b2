#pragma once

#include <memory>
#include <string_view>

#include "reembed/core/document.h"

namespace reembed {

/// Reads lines of an export. One document and one parser serve all lines, so that nothing is
/// allocated once they have met the longest line.
class DocumentLineReader {
 public:
  DocumentLineReader();
  ~DocumentLineReader();
  DocumentLineReader(const DocumentLineReader&) = delete;
  DocumentLineReader& operator=(const DocumentLineReader&) = delete;

  /// The document of a line, with the line as its JSON; null unless the line is one whole JSON
  /// object with a string `id`. Lent until the next call.
  const Document* Read(std::string_view line);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  Document document_;
};

}  // namespace reembed
