#include "src/io/typesense/nearest.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "src/io/typesense/search_query.h"

namespace reembed {
namespace {

void AppendPlain(std::string& out, float number) {
  if (std::fabs(number) < std::numeric_limits<float>::min()) number = 0;
  char digits[64];  // the longest have a sign, "0." and 46 digits
  const auto end =
      std::to_chars(std::begin(digits), std::end(digits), number, std::chars_format::fixed);
  out.append(digits, end.ptr);
}

}  // namespace

std::string VectorQueryText(std::string_view field, std::span<const float> vector,
                            std::size_t count) {
  std::string text(field);
  text += ":([";
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) text += ',';
    AppendPlain(text, vector[i]);
  }
  return text + fmt::format("], k:{})", count);
}

Result<std::vector<std::string>> SearchNearest(const ReadClient& client, const NearestQuery& query,
                                               const StopTokens& stop) {
  const SearchQuery search{.collection = query.collection,
                           .filter_by = query.filter_by,
                           .vector_query = VectorQueryText(query.field, query.vector, query.count),
                           .per_page = query.count};
  auto pages = RunMultiSearch(client, {&search, 1}, {}, stop);
  if (!pages.ok()) return pages.error();
  std::vector<std::string> ids;
  for (Document& document : pages->front().documents) ids.push_back(std::move(document.id));
  return ids;
}

}  // namespace reembed
