#pragma once

#include <set>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {

// What `include_fields` and `exclude_fields` choose: comma lists of names, dotted names and
// `prefix*` patterns; nothing included means everything. `id` is not implied.
// Source: tests/data/transcripts/08-export.json, 07-search-filters.json.
class Selection {
 public:
  Selection() = default;
  explicit Selection(const Params& params);

  bool IsAll() const { return include_.empty() && exclude_.empty(); }

  // Whether the key at a dotted path appears, whole but for excluded children.
  bool Includes(const std::string& path) const;
  bool Excludes(const std::string& path) const;
  // Whether something below the path is named, so that an object there must be looked into.
  bool Descends(const std::string& path) const;

 private:
  std::set<std::string> include_;
  std::set<std::string> exclude_;
};

// Appends the selected part of `value` to `out` as JSON; false if nothing of it is selected.
bool AppendSelected(const nlohmann::json& value, const std::string& path,
                    const Selection& selection, std::string& out);

}  // namespace reembed::sandbox
