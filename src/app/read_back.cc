#include "read_back.h"

namespace reembed {
namespace {

constexpr int kTries = 10;
constexpr Millis kWait{250};

}  // namespace

Result<ReadBack> ReadVectorBack(StoreReader& reader, Clock& clock, const std::string& collection,
                                const std::string& field, const std::string& id,
                                const Embedding& expected, const StopTokens& stop) {
  for (int tries = 1;; ++tries) {
    const auto stored = reader.ReadVector(collection, field, id, stop);
    if (!stored.ok() && stored.error().kind == ErrorKind::kNotFound) return ReadBack::kGone;
    if (!stored.ok()) return stored.error();
    if (*stored == expected) return ReadBack::kHeld;
    if (tries == kTries) return ReadBack::kDiffers;
    if (!clock.SleepFor(kWait * tries, stop.abort)) {
      return Interrupted();
    }
  }
}

}  // namespace reembed
