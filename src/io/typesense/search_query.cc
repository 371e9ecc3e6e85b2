#include "src/io/typesense/search_query.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestQueryString = 3'900;

// `GET …/documents/search` is the search itself, and so on. The server compares the raw segments
// and decodes later, so needlessly encoded letters make such an id a document's again. Likewise
// `.` and `..`, which clients and proxies would resolve.
std::string EncodeId(std::string_view id) {
  const bool reserved =
      id == "search" || id == "export" || id == "import" || id == "." || id == "..";
  if (!reserved) return PercentEncode(id);
  std::string encoded;
  for (const char c : id) encoded += fmt::format("%{:X}", static_cast<unsigned>(c));
  return encoded;
}

// One list for both forms, so that they cannot drift apart. Order is that of the request.
std::vector<std::pair<std::string, std::string>> Parameters(const SearchQuery& query) {
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"q", "*"},
      {"per_page", std::to_string(query.per_page)},
      {"offset", std::to_string(query.offset)},
      {"limit_hits", std::to_string(query.limit_hits)},
      {"enable_overrides", "false"},
      {"enable_analytics", "false"}};
  if (!query.whole) {
    parameters.insert(parameters.begin() + 4, {"include_fields", IncludeFields(query.fields)});
  }
  if (!query.sort_by.empty()) parameters.emplace_back("sort_by", query.sort_by);
  if (!query.vector_query.empty()) parameters.emplace_back("vector_query", query.vector_query);
  if (!query.filter_by.empty()) parameters.emplace_back("filter_by", query.filter_by);
  return parameters;
}

}  // namespace

std::string SearchTarget(const SearchQuery& query) {
  std::string target = "/collections/" + PercentEncode(query.collection) + "/documents/search";
  char separator = '?';
  for (const auto& [name, value] : Parameters(query)) {
    target.append(1, separator).append(name).append("=").append(PercentEncode(value));
    separator = '&';
  }
  return target;
}

std::string IncludeFields(std::span<const std::string> fields) {
  std::string include = "id";
  for (const std::string& field : fields) include.append(",").append(field);
  return include;
}

std::string DocumentTarget(std::string_view collection, std::string_view id) {
  return fmt::format("/collections/{}/documents/{}", PercentEncode(collection), EncodeId(id));
}

std::string DocumentTarget(std::string_view collection, std::string_view id,
                           std::string_view include_fields) {
  return DocumentTarget(collection, id) + "?include_fields=" + PercentEncode(include_fields);
}

std::string MultiSearchBody(std::span<const SearchQuery> queries) {
  nlohmann::json searches = nlohmann::json::array();
  for (const SearchQuery& query : queries) {
    nlohmann::json search = {{"collection", query.collection}};
    for (const auto& [name, value] : Parameters(query)) search[name] = value;
    searches.push_back(std::move(search));
  }
  const nlohmann::json body = {{"searches", std::move(searches)}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool FitsGet(const std::string& target) {
  return target.size() - target.find('?') <= kLongestQueryString;
}

Result<SearchPage> RunSearch(const ReadClient& client, const SearchQuery& query,
                             ReadClient::Rules rules, const StopTokens& stop) {
  std::string target = SearchTarget(query);
  if (!FitsGet(target)) {
    Result<std::vector<SearchPage>> pages =
        RunMultiSearch(client, {&query, 1}, std::move(rules), stop);
    if (!pages.ok()) return pages.error();
    return std::move(pages->front());
  }
  SearchPage page;
  rules.check = [&page](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    Result<SearchPage> parsed = ParseSearchPage(response.body, origin);
    if (!parsed.ok()) return parsed.error();
    page = std::move(*parsed);
    return {};
  };
  const Result<HttpResponse> answer = client.Get(std::move(target), rules, stop);
  if (!answer.ok()) return answer.error();
  return page;
}

Result<std::vector<SearchPage>> RunMultiSearch(const ReadClient& client,
                                               std::span<const SearchQuery> queries,
                                               ReadClient::Rules rules, const StopTokens& stop) {
  std::vector<SearchPage> pages;
  rules.check = [&pages, &queries](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    auto parsed = ParseMultiSearch(response.body, queries.size(), origin);
    if (!parsed.ok()) return parsed.error();
    pages = std::move(*parsed);
    return {};
  };
  const std::string body = MultiSearchBody(queries);
  const Result<HttpResponse> answer = client.MultiSearch(body, rules, stop);
  if (!answer.ok()) return answer.error();
  return pages;
}

}  // namespace reembed
