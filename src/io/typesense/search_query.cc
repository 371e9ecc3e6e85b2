#include "src/io/typesense/search_query.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestQueryString = 3'900;

std::string IncludeFields(const SearchQuery& query) {
  std::string include = "id";
  for (const std::string& field : query.fields) include.append(",").append(field);
  return include;
}

// One list for both forms, so that they cannot drift apart. Order is that of the request.
std::vector<std::pair<std::string, std::string>> Parameters(const SearchQuery& query) {
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"q", "*"},
      {"per_page", std::to_string(query.per_page)},
      {"offset", std::to_string(query.offset)},
      {"limit_hits", std::to_string(query.limit_hits)},
      {"include_fields", IncludeFields(query)},
      {"enable_overrides", "false"},
      {"enable_analytics", "false"}};
  if (!query.sort_by.empty()) parameters.emplace_back("sort_by", query.sort_by);
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

std::string MultiSearchBody(const SearchQuery& query) {
  nlohmann::json search = {{"collection", query.collection}};
  for (const auto& [name, value] : Parameters(query)) search[name] = value;
  const nlohmann::json body = {{"searches", nlohmann::json::array({search})}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool FitsGet(const std::string& target) {
  return target.size() - target.find('?') <= kLongestQueryString;
}

Result<SearchPage> RunSearch(const ReadClient& client, const SearchQuery& query,
                             ReadClient::Rules rules, const StopTokens& stop) {
  std::string target = SearchTarget(query);
  const bool get = FitsGet(target);
  SearchPage page;
  rules.check = [&page, get](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    Result<SearchPage> parsed =
        get ? ParseSearchPage(response.body, origin) : ParseMultiSearchPage(response.body, origin);
    if (!parsed.ok()) return parsed.error();
    page = std::move(*parsed);
    return {};
  };
  const Result<HttpResponse> answer = get ? client.Get(std::move(target), rules, stop)
                                          : client.MultiSearch(MultiSearchBody(query), rules, stop);
  if (!answer.ok()) return answer.error();
  return page;
}

}  // namespace reembed
