#include "reembed/core/schema.h"

#include <algorithm>

namespace reembed {

const FieldSchema* CollectionSchema::Find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldSchema& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

bool CollectionSchema::IsNested(std::string_view field) const {
  return enable_nested_fields && field.find('.') != std::string_view::npos;
}

}  // namespace reembed
