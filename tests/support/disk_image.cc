#include "tests/support/disk_image.h"

#include <algorithm>
#include <vector>

namespace reembed::testing {
namespace {

constexpr std::int64_t kSector = 512;

void ApplyPart(std::string& content, const DiskOperation& operation, std::size_t bytes) {
  const auto offset = static_cast<std::size_t>(operation.offset);
  if (operation.kind == DiskOperation::Kind::kTruncate) {
    content.resize(offset);
    return;
  }
  if (bytes == 0) return;
  if (content.size() < offset + bytes) content.resize(offset + bytes);
  content.replace(offset, bytes, operation.data, 0, bytes);
}

void Apply(std::string& content, const DiskOperation& operation) {
  ApplyPart(content, operation, operation.data.size());
}

/// How many bytes of the write lie before one of the sector boundaries that it crosses.
std::size_t TornSize(const DiskOperation& operation, std::mt19937_64& random) {
  const std::int64_t end = operation.offset + static_cast<std::int64_t>(operation.data.size());
  const std::int64_t first = operation.offset / kSector + 1;
  const std::int64_t crossed = std::max<std::int64_t>(0, (end - 1) / kSector - first + 1);
  const auto choice = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(crossed + 1));
  if (choice == 0) return 0;
  return static_cast<std::size_t>((first + choice - 1) * kSector - operation.offset);
}

struct File {
  std::string synced;
  std::vector<const DiskOperation*> unsynced;
  bool is_safe = false;  ///< its creation
};

std::string Content(const File& file, Unsynced unsynced, std::mt19937_64& random) {
  std::string content = file.synced;
  if (unsynced == Unsynced::kLost) return content;
  for (const DiskOperation* operation : file.unsynced) {
    const bool is_last = operation == file.unsynced.back();
    if (unsynced == Unsynced::kSome && random() % 2 == 0) continue;
    if (unsynced == Unsynced::kTorn && is_last) {
      const bool is_write = operation->kind == DiskOperation::Kind::kWrite;
      if (is_write) ApplyPart(content, *operation, TornSize(*operation, random));
      continue;
    }
    Apply(content, *operation);
  }
  return content;
}

/// The files, and the folder's changes of which the first `safe` cannot be undone.
class Folder {
 public:
  void Do(const DiskOperation& operation) {
    File& file = files_[operation.file];
    switch (operation.kind) {
      case DiskOperation::Kind::kWrite:
      case DiskOperation::Kind::kTruncate:
        file.unsynced.push_back(&operation);
        return;
      case DiskOperation::Kind::kSync:
        for (const DiskOperation* change : file.unsynced) Apply(file.synced, *change);
        file.unsynced.clear();
        if (!file.is_safe) safe_ = names_.size();
        file.is_safe = true;
        return;
      case DiskOperation::Kind::kCreate:
      case DiskOperation::Kind::kDelete:
        names_.push_back(&operation);
        return;
      case DiskOperation::Kind::kSyncFolder:
        safe_ = names_.size();
        return;
    }
  }

  std::map<std::string, std::string> Survivors(Unsynced unsynced, std::mt19937_64& random) const {
    std::size_t kept = names_.size();
    if (unsynced == Unsynced::kLost) kept = safe_;
    if (unsynced == Unsynced::kSome) kept = safe_ + random() % (names_.size() - safe_ + 1);
    std::map<std::string, int> file_of;
    for (std::size_t i = 0; i < kept; ++i) {
      file_of.erase(names_[i]->name);
      if (names_[i]->kind == DiskOperation::Kind::kCreate)
        file_of[names_[i]->name] = names_[i]->file;
    }
    std::map<std::string, std::string> contents;
    for (const auto& [name, file] : file_of) {
      contents[name] = Content(files_.at(file), unsynced, random);
    }
    return contents;
  }

 private:
  std::map<int, File> files_;
  std::vector<const DiskOperation*> names_;
  std::size_t safe_ = 0;
};

}  // namespace

std::map<std::string, std::string> AfterPowerLoss(std::span<const DiskOperation> operations,
                                                  Unsynced unsynced, std::mt19937_64& random) {
  Folder folder;
  for (const DiskOperation& operation : operations) folder.Do(operation);
  return folder.Survivors(unsynced, random);
}

}  // namespace reembed::testing
