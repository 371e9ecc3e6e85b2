#include "src/io/typesense/search_page.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <utility>

namespace reembed {
namespace {

namespace ondemand = simdjson::ondemand;

Error Unusable(const AnswerOrigin& origin, std::string_view what,
               std::string_view answer = "a search answer") {
  return {.kind = ErrorKind::kTransient,
          .message = fmt::format("Typesense at {} sent {} {}", origin.host, answer, what)};
}

// simdjson reads a few bytes past the end.
ondemand::document Iterate(ondemand::parser& parser, std::string& body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  return parser.iterate(body.data(), body.size(), body.capacity()).value();
}

// Fields are only ever read forwards, to the closing brace. A look-up by name (`object["id"]`) goes
// round to the beginning and takes what it meets on its second round for sound, which is undefined
// behaviour when the answer is damaged; and a failed one leaves a dead iterator behind.
Document ReadDocument(ondemand::object object) {
  Document document;
  document.json = std::string_view(object.raw_json());
  object.reset();
  bool found = false;
  for (ondemand::field field : object) {
    if (found || !(field.key() == "id")) continue;
    document.id = std::string_view(field.value().get_string());
    found = true;
  }
  if (!found) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  return document;
}

Page ReadHits(ondemand::array hits) {
  Page documents;
  for (ondemand::object hit : hits) {
    const std::size_t before = documents.size();
    for (ondemand::field field : hit) {
      if (documents.size() > before || !(field.key() == "document")) continue;
      documents.push_back(ReadDocument(field.value().get_object()));
    }
    if (documents.size() == before) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  }
  return documents;
}

// An answer of a search, or an item of a multi search, which may be an error.
struct Answer {
  std::optional<std::uint64_t> found;
  std::optional<Page> documents;
  bool cut_off = false;
  std::optional<std::int64_t> code;
  std::string error = "(no text)";
};

Answer ReadAnswer(ondemand::object object) {
  Answer answer;
  for (ondemand::field field : object) {
    const auto key = field.key();
    ondemand::value value = field.value();
    std::int64_t code = 0;
    std::string_view text;
    if (key == "found" && !answer.found) {
      answer.found = static_cast<std::uint64_t>(value.get_uint64());
    } else if (key == "hits" && !answer.documents) {
      answer.documents = ReadHits(value.get_array());
    } else if (key == "search_cutoff") {
      if (value.get_bool().get(answer.cut_off) != simdjson::SUCCESS) answer.cut_off = false;
    } else if (key == "code" && value.get_int64().get(code) == simdjson::SUCCESS) {
      answer.code = code;
    } else if (key == "error" && value.get_string().get(text) == simdjson::SUCCESS) {
      answer.error = text;
    }
  }
  return answer;
}

Result<SearchPage> PageOf(Answer answer, const AnswerOrigin& origin) {
  if (!answer.found || !answer.documents) {
    throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  }
  if (answer.cut_off) return Unusable(origin, "that was cut off for lack of time");
  return SearchPage{.documents = std::move(*answer.documents), .found = *answer.found};
}

Result<SearchPage> ReadItem(ondemand::object item, const AnswerOrigin& origin) {
  Answer answer = ReadAnswer(item);
  if (!answer.code) return PageOf(std::move(answer), origin);
  return ErrorFromItem(static_cast<int>(*answer.code), answer.error, origin);
}

// The items of `results`, up to the first that is an error.
Result<std::vector<SearchPage>> ReadItems(ondemand::array items, const AnswerOrigin& origin) {
  std::vector<SearchPage> pages;
  for (ondemand::object item : items) {
    Result<SearchPage> page = ReadItem(item, origin);
    if (!page.ok()) return page.error();
    pages.push_back(std::move(*page));
  }
  return pages;
}

}  // namespace

Result<SearchPage> ParseSearchPage(std::string& body, const AnswerOrigin& origin) {
  try {
    ondemand::parser parser;
    ondemand::document answer = Iterate(parser, body);
    return PageOf(ReadAnswer(answer.get_object()), origin);
  } catch (const simdjson::simdjson_error& error) {
    return Unusable(origin, fmt::format("that cannot be read ({})", error.what()));
  }
}

Result<std::vector<SearchPage>> ParseMultiSearch(std::string& body, std::size_t searches,
                                                 const AnswerOrigin& origin) {
  try {
    ondemand::parser parser;
    ondemand::document answer = Iterate(parser, body);
    std::size_t found = 0;
    for (ondemand::field field : answer.get_object()) {
      if (!(field.key() == "results")) continue;
      auto pages = ReadItems(field.value().get_array(), origin);
      if (!pages.ok() || pages->size() == searches) return pages;
      found = pages->size();
      break;
    }
    return Unusable(origin, fmt::format("with {} results for {}", found, searches));
  } catch (const simdjson::simdjson_error& error) {
    return Unusable(origin, fmt::format("that cannot be read ({})", error.what()));
  }
}

Result<Document> ParseDocument(std::string& body, std::string_view id, const AnswerOrigin& origin) {
  constexpr std::string_view kAnswer = "a document";
  try {
    ondemand::parser parser;
    ondemand::document answer = Iterate(parser, body);
    Document document = ReadDocument(answer.get_object());
    if (document.id == id) return document;
    return Unusable(origin, "that is not the one that was asked for", kAnswer);
  } catch (const simdjson::simdjson_error& error) {
    return Unusable(origin, fmt::format("that cannot be read ({})", error.what()), kAnswer);
  }
}

}  // namespace reembed
