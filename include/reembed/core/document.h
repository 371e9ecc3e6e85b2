#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/token_estimate.h"

namespace reembed {

/// One vector, as the provider gave it: float32.
using Embedding = std::vector<float>;
/// Stages hand a vector on without copying it; documents with the same text share it.
using SharedEmbedding = std::shared_ptr<const Embedding>;

/// XXH3-128 of the text that is embedded (prefix included).
struct TextHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const TextHash&, const TextHash&) = default;
};
TextHash HashText(std::string_view text);

struct TextHashHasher {
  std::size_t operator()(const TextHash& hash) const { return static_cast<std::size_t>(hash.low); }
};

/// A document as fetched: its id and the fields that were asked for, as the server's JSON.
struct Document {
  std::string id;
  std::string json;
};

/// Up to 250 documents.
using Page = std::vector<Document>;

/// A text on its way to the provider.
struct PendingText {
  TextHash hash;
  std::string text;
  TextShape shape = {};  ///< of `text`
};

/// A text with its vector.
struct EmbeddedText {
  TextHash hash;
  SharedEmbedding vector;
  bool truncated = false;  ///< the vector is of the text's beginning only
};

/// A document whose vector is there and not yet in the store.
struct ReadyDocument {
  std::string id;
  SharedEmbedding vector;
  bool truncated = false;
};

}  // namespace reembed
