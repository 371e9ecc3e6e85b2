#include "parent_levels.h"

#include <string>
#include <vector>

#include "reembed/core/stored_field.h"

namespace reembed {
namespace {

// `a`, `a.b`, `a.b.c` of `a.b.c`.
std::vector<std::string_view> Prefixes(std::string_view field) {
  std::vector<std::string_view> prefixes;
  for (auto dot = field.find('.'); dot != std::string_view::npos; dot = field.find('.', dot + 1)) {
    prefixes.push_back(field.substr(0, dot));
  }
  prefixes.push_back(field);
  return prefixes;
}

std::string_view LastKey(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

// Compared as the server spells it, without blanks; any other spelling counts as more than one key,
// which is the careful side.
bool IsOnlyKey(const StoredField& parent, std::string_view key, const StoredField& child) {
  return parent.json == "{\"" + std::string(key) + "\":" + child.json + "}";
}

}  // namespace

Result<std::size_t> LevelToClear(std::string_view document, std::string_view field,
                                 std::size_t level) {
  const std::vector<std::string_view> paths = Prefixes(field);
  std::size_t lowest = paths.size() - 1;
  StoredField child;
  StoredField parent;
  for (; lowest > level; --lowest) {
    const std::string_view path = paths[lowest];
    if (auto read = ReadStoredField(document, path, true, child); !read.ok()) return read.error();
    if (auto read = ReadStoredField(document, paths[lowest - 1], true, parent); !read.ok()) {
      return read.error();
    }
    if (!IsOnlyKey(parent, LastKey(path), child)) break;
  }
  return lowest;
}

}  // namespace reembed
