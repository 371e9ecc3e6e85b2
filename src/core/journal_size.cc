#include "reembed/core/journal_size.h"

namespace reembed {
namespace {

constexpr std::uint64_t kBytesPerComponent = sizeof(float);
constexpr std::uint64_t kBytesPerDocument = 250;  // rows and indexes: id, hashes, states
constexpr std::uint64_t kPageBytes = std::uint64_t{32} << 10;
constexpr std::uint64_t kOverheadPercent = 7;  // of the pages: headers, pointers, unused ends

}  // namespace

std::uint64_t JournalBytes(std::uint64_t documents, std::uint64_t texts_to_embed,
                           std::uint64_t new_dimensions, std::uint64_t old_dimensions,
                           bool backup) {
  const std::uint64_t vectors = texts_to_embed * new_dimensions * kBytesPerComponent;
  const std::uint64_t backups = backup ? documents * old_dimensions * kBytesPerComponent : 0;
  const std::uint64_t content = vectors + backups + documents * kBytesPerDocument;
  const std::uint64_t bytes = content + content * kOverheadPercent / 100;
  return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

}  // namespace reembed
