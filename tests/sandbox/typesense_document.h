#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/sandbox/typesense_selection.h"

namespace reembed::sandbox {

using Floats = std::vector<float>;
using SharedFloats = std::shared_ptr<const Floats>;

// A stored document, or the partial one of an update. Long top-level arrays of floats are moved
// out of the JSON and shared with the vector index, which makes a vector a sixth of its size as
// JSON; only those are moved whose float32 form reproduces every number's spelling.
class Document {
 public:
  // `object` must be a JSON object.
  explicit Document(nlohmann::json object);
  Document(const Document& other);
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;
  ~Document();

  // "" if the document has no string as its id.
  std::string id() const;

  // The keys that were not moved out.
  nlohmann::json& keys() { return *keys_; }
  const nlohmann::json& keys() const { return *keys_; }

  // The array moved out of a top-level key; null if there is none.
  SharedFloats Moved(const std::string& key) const;

  // The keys of all arrays that were moved out.
  std::vector<std::string> MovedKeys() const;

  // Puts a moved array back into keys(). Without one it does nothing.
  void PutBack(const std::string& key);

  bool Has(const std::string& key) const;
  void Erase(const std::string& key);

  // Merges an update into this document as the server does: null removes a key, objects merge
  // key by key, all else is replaced, null elements of supplied arrays vanish. With `nested` a
  // dotted key is not stored beside the object it points into.
  // Source: tests/data/transcripts/05-update-keeps-keys.json.
  void Merge(Document&& update, bool nested);

  // Appends the document as compact JSON with sorted keys: whole, or only what is selected.
  void AppendTo(std::string& out) const;
  void AppendTo(std::string& out, const Selection& selection) const;

 private:
  using Moveds = std::vector<std::pair<std::string, SharedFloats>>;

  void MoveOut(const std::string& key);
  void SetMoved(const std::string& key, SharedFloats values);

  std::unique_ptr<nlohmann::json> keys_;
  Moveds moved_;  // sorted by key
};

// Appends an array as JSON, each number in its shortest float32 spelling.
void AppendFloats(const Floats& values, std::string& out);

}  // namespace reembed::sandbox
