#include "reembed/core/schema.h"

#include <algorithm>

namespace reembed {

const FieldSchema* CollectionSchema::Find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldSchema& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace reembed
