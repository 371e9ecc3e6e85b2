#include "tests/sandbox/typesense_query.h"

#include <charconv>

namespace reembed::sandbox {
namespace {

constexpr std::size_t kMaxPerPage = 250;

// Reads an unsigned number if the parameter is there; false if it is something else.
bool ReadSize(const Params& params, const std::string& key, std::size_t& value) {
  const auto found = params.find(key);
  if (found == params.end()) return true;
  const char* const end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, value);
  return error == std::errc() && stop == end;
}

ApiError NotUnsigned(const std::string& key) {
  return ApiError{400, "Parameter `" + key + "` must be an unsigned integer."};
}

ApiError Malformed() {
  return ApiError{400, "Malformed vector query string."};
}

bool ReadFloats(const std::string& text, Floats& values) {
  for (const std::string& part : Split(text, ',')) {
    const std::string number = Trim(part);
    float value = 0;
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value);
    if (error != std::errc() || stop != end) return false;
    values.push_back(value);
  }
  return true;
}

// Reads `, id: X, k: 10` behind the numbers.
bool ReadOptions(const std::string& text, VectorQuery& query) {
  Params options;
  for (const std::string& part : Split(text, ',')) {
    const std::size_t colon = part.find(':');
    if (Trim(part).empty()) continue;
    if (colon == std::string::npos) return false;
    options[Trim(part.substr(0, colon))] = Trim(part.substr(colon + 1));
  }
  query.id = Param(options, "id");
  return ReadSize(options, "k", query.k);
}

bool IsSortable(const std::string& name, const Schema& schema) {
  if (name == "_seq_id" || name == "_text_match" || name == "_vector_distance") return true;
  const Field* const field = schema.Find(name);
  return field != nullptr && field->sort;
}

Outcome<SortKey> ReadSortKey(const std::string& text, const Schema& schema) {
  const std::size_t colon = text.rfind(':');
  SortKey key{Trim(text.substr(0, colon)), false};
  if (!IsSortable(key.field, schema)) {
    return ApiError{404,
                    "Could not find a field named `" + key.field + "` in the schema for sorting."};
  }
  const std::string order = colon == std::string::npos ? "" : Trim(text.substr(colon + 1));
  key.ascending = order == "asc" || order == "ASC";
  if (key.ascending || order == "desc" || order == "DESC") return key;
  return ApiError{400, "Order for field` " + key.field + "` should be either ASC or DESC."};
}

}  // namespace

Outcome<Page> ParsePage(const Params& params) {
  Page page;
  for (const char* key : {"limit", "per_page"}) {
    if (!ReadSize(params, key, page.per_page)) return NotUnsigned(key);
  }
  std::size_t number = 0;
  if (!ReadSize(params, "page", number)) return NotUnsigned("page");
  std::size_t offset = 0;
  if (!ReadSize(params, "offset", offset)) return NotUnsigned("offset");
  if (!ReadSize(params, "limit_hits", page.limit_hits)) return NotUnsigned("limit_hits");
  if (page.per_page > kMaxPerPage) {
    return ApiError{422, "Only upto 250 hits can be fetched per page."};
  }
  if (number > 0) {
    page.page = number;
  } else if (params.count("offset") > 0) {
    page.offset = offset;
  }
  return page;
}

Outcome<VectorQuery> ParseVectorQuery(const std::string& text) {
  VectorQuery query;
  const std::size_t open = text.find(":(");
  const std::size_t list = text.find('[');
  const std::size_t list_end = text.find(']');
  const std::size_t close = text.rfind(')');
  const bool shaped = open != std::string::npos && list != std::string::npos && open < list &&
                      list_end != std::string::npos && close != std::string::npos &&
                      list < list_end && list_end < close;
  if (!shaped) return Malformed();
  query.field = Trim(text.substr(0, open));
  if (!ReadFloats(text.substr(list + 1, list_end - list - 1), query.values)) return Malformed();
  if (!ReadOptions(text.substr(list_end + 1, close - list_end - 1), query)) return Malformed();
  return query;
}

Outcome<std::vector<SortKey>> ParseSort(const std::string& sort_by, const Schema& schema) {
  std::vector<SortKey> keys;
  for (const std::string& part : Split(sort_by, ',')) {
    Outcome<SortKey> key = ReadSortKey(part, schema);
    if (!key) return key.error();
    keys.push_back(std::move(*key));
  }
  if (keys.empty() && !schema.default_sorting_field.empty()) {
    keys.push_back({schema.default_sorting_field, false});
  }
  return keys;
}

}  // namespace reembed::sandbox
