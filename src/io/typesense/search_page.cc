#include "src/io/typesense/search_page.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <utility>

namespace reembed {
namespace {

namespace ondemand = simdjson::ondemand;

Error Unusable(const AnswerOrigin& origin, std::string_view what) {
  return {.kind = ErrorKind::kTransient,
          .message = fmt::format("Typesense at {} sent a search answer {}", origin.host, what)};
}

// simdjson reads a few bytes past the end.
ondemand::document Iterate(ondemand::parser& parser, std::string& body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  return parser.iterate(body.data(), body.size(), body.capacity()).value();
}

Document ReadDocument(ondemand::object object) {
  Document document;
  document.json = std::string_view(object.raw_json());
  object.reset();
  document.id = std::string_view(object["id"].get_string());
  return document;
}

template <typename Value>
SearchPage ReadPage(Value& answer) {
  SearchPage page;
  page.found = answer["found"].get_uint64();
  for (ondemand::object hit : answer["hits"].get_array()) {
    page.documents.push_back(ReadDocument(hit["document"].get_object()));
  }
  return page;
}

template <typename Value>
bool WasCutOff(Value& answer) {
  bool cut_off = false;
  return answer["search_cutoff"].get_bool().get(cut_off) == simdjson::SUCCESS && cut_off;
}

template <typename Value>
Result<SearchPage> ReadComplete(Value& answer, const AnswerOrigin& origin) {
  SearchPage page = ReadPage(answer);
  if (WasCutOff(answer)) return Unusable(origin, "that was cut off for lack of time");
  return page;
}

Result<SearchPage> ReadItem(ondemand::object item, const AnswerOrigin& origin) {
  std::int64_t code = 0;
  if (item["code"].get_int64().get(code) != simdjson::SUCCESS) return ReadComplete(item, origin);
  std::string_view text;
  if (item["error"].get_string().get(text) != simdjson::SUCCESS) text = "(no text)";
  return ErrorFromItem(static_cast<int>(code), text, origin);
}

}  // namespace

Result<SearchPage> ParseSearchPage(std::string& body, const AnswerOrigin& origin) {
  try {
    ondemand::parser parser;
    ondemand::document answer = Iterate(parser, body);
    return ReadComplete(answer, origin);
  } catch (const simdjson::simdjson_error& error) {
    return Unusable(origin, fmt::format("that cannot be read ({})", error.what()));
  }
}

Result<SearchPage> ParseMultiSearchPage(std::string& body, const AnswerOrigin& origin) {
  try {
    ondemand::parser parser;
    ondemand::document answer = Iterate(parser, body);
    for (ondemand::object item : answer["results"].get_array()) return ReadItem(item, origin);
    return Unusable(origin, "without a result");
  } catch (const simdjson::simdjson_error& error) {
    return Unusable(origin, fmt::format("that cannot be read ({})", error.what()));
  }
}

}  // namespace reembed
