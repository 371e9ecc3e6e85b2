#pragma once

#include <string>

#include "reembed/base/result.h"

namespace reembed {

/// The folder `<state-dir>/recovery`: for each collection whose embedding field is away, how to
/// bring it back without this program and without its journal. Files are 0600 in a 0700 folder.
/// Errors: kLocal (disk), kRefused (the folder may not be written); they name the file. One thread.
class RecoveryFiles {
 public:
  virtual ~RecoveryFiles() = default;
  /// Durable when it returns; replaces an earlier file at once or not at all. Returns its path.
  virtual Result<std::string> Write(const std::string& collection, const std::string& text) = 0;
  /// Fine when there is none.
  virtual Status Remove(const std::string& collection) = 0;
  /// The path of the collection's file; empty when there is none.
  virtual std::string Find(const std::string& collection) const = 0;
};

}  // namespace reembed
