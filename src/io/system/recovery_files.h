#pragma once

#include <string>

#include "reembed/ports/recovery_files.h"

namespace reembed {

/// The files `<state-dir>/recovery/<collection>.json`. A name's bytes other than letters, digits
/// and `-._~` are `%XX`; a very long name ends in a hash instead. A file is written beside its
/// place, synced and renamed over it, then the folder is synced: after a power loss there is the
/// old one or the new one. Folders that are missing are made, 0700.
class RecoveryFolder final : public RecoveryFiles {
 public:
  explicit RecoveryFolder(const std::string& state_dir);

  Result<std::string> Write(const std::string& collection, const std::string& text) override;
  Status Remove(const std::string& collection) override;
  std::string Find(const std::string& collection) const override;

 private:
  std::string PathOf(const std::string& collection) const;

  const std::string folder_;
};

}  // namespace reembed
