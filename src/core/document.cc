#include "reembed/core/document.h"

#include <xxhash.h>

namespace reembed {

TextHash HashText(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

}  // namespace reembed
