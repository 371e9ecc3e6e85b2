// A byte that chooses what was asked, then the body of the server's answer.
#include <nlohmann/json.hpp>

#include "src/io/typesense/schema_json.h"
#include "src/io/typesense/search_page.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

namespace {

void RequirePage(const SearchPage& page) {
  for (const Document& document : page.documents) {
    fuzz::Require(IsUtf8(document.id), "an id is UTF-8", document.id);
    const auto json = nlohmann::json::parse(document.json, nullptr, false);
    if (!json.is_object() || !json.contains("id")) continue;
    // A document with two ids is not the server's.
    const bool twice = document.json.find("\"id\"") != document.json.rfind("\"id\"") ||
                       document.json.find("\\u") != std::string::npos;
    fuzz::Require(twice || json["id"] == document.id, "the id is the document's", document.json);
  }
}

template <typename Value>
bool Read(const Result<Value>& answer) {
  if (!answer.ok()) fuzz::RequireMessage(answer.error().message);
  return answer.ok();
}

void CheckSearch(std::string body, const AnswerOrigin& origin) {
  const std::string before = body;
  const auto page = ParseSearchPage(body, origin);
  fuzz::Require(body == before, "the body stays as it was");
  if (Read(page)) RequirePage(*page);
}

void CheckMultiSearch(std::string body, const AnswerOrigin& origin) {
  const auto pages = ParseMultiSearch(body, 2, origin);
  if (!Read(pages)) return;
  fuzz::Require(pages->size() == 2, "a page for each search");
  for (const SearchPage& page : *pages) RequirePage(page);
}

void CheckOthers(std::string body, const AnswerOrigin& origin) {
  Read(ParseSchema(body));
  Read(ParseAliases(body));
  Read(ParsePendingWrites(body));
  const auto document = ParseDocument(body, "1", origin);
  if (Read(document)) fuzz::Require(document->id == "1", "the document that was asked for");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const Redactor redact = fuzz::PlantedRedactor();
  const AnswerOrigin origin{.host = "store:8108", .redact = redact};
  switch (input.Choice(3)) {
    case 0:
      CheckSearch(std::string(input.Rest()), origin);
      break;
    case 1:
      CheckMultiSearch(std::string(input.Rest()), origin);
      break;
    default:
      CheckOthers(std::string(input.Rest()), origin);
  }
  return 0;
}
