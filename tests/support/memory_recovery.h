#pragma once

#include <map>
#include <string>

#include "reembed/ports/recovery_files.h"

namespace reembed::testing {

/// Recovery files in memory.
class MemoryRecovery final : public RecoveryFiles {
 public:
  std::map<std::string, std::string> files;
  std::size_t written = 0;

  Result<std::string> Write(const std::string& collection, const std::string& text) override {
    files[collection] = text;
    ++written;
    return PathOf(collection);
  }
  Status Remove(const std::string& collection) override {
    files.erase(collection);
    return {};
  }
  std::string Find(const std::string& collection) const override {
    return files.contains(collection) ? PathOf(collection) : "";
  }

 private:
  static std::string PathOf(const std::string& collection) {
    return "recovery/" + collection + ".json";
  }
};

}  // namespace reembed::testing
