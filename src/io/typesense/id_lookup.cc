#include "src/io/typesense/id_lookup.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/search_page.h"

namespace reembed {
namespace {

constexpr std::size_t kMaxBody = 900'000;
constexpr std::size_t kBesideIds = 2'000;  // names of parameters, braces
constexpr std::string_view kBlanks = " \t\n\v\f\r";

// At most so many bytes in a JSON string.
std::size_t JsonBytes(std::string_view text) {
  std::size_t bytes = 0;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20;
    bytes += control ? 6 : c == '"' || c == '\\' ? 2 : 1;
  }
  return bytes;
}

template <typename Keep>
std::vector<std::string_view> Where(const std::vector<std::string_view>& ids, Keep keep) {
  std::vector<std::string_view> kept;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(kept), keep);
  return kept;
}

std::vector<std::string_view> Distinct(std::span<const std::string> ids) {
  std::vector<std::string_view> distinct;
  std::unordered_set<std::string_view> seen;
  for (const std::string& id : ids) {
    if (seen.insert(id).second) distinct.push_back(id);
  }
  return distinct;
}

}  // namespace

bool IsNameable(std::string_view id) {
  return !id.empty() && id.find('`') == std::string_view::npos && id.back() != '\\' &&
         kBlanks.find(id.front()) == std::string_view::npos &&
         kBlanks.find(id.back()) == std::string_view::npos && IsUtf8(id);
}

std::string IdFilter(std::string_view filter_by, std::span<const std::string_view> ids) {
  std::string filter;
  if (!filter_by.empty()) filter.append("(").append(filter_by).append(") && ");
  filter += "id:[";
  for (const std::string_view id : ids) filter.append("`").append(id).append("`,");
  filter.back() = ']';
  return filter;
}

IdLookup::IdLookup(ReadClient client, FetchSpec spec) : client_(client), spec_(std::move(spec)) {}

Result<std::vector<FoundDocument>> IdLookup::Find(std::span<const std::string> ids,
                                                  const StopTokens& stop) {
  const Ids distinct = Distinct(ids);
  Answers answers;
  const auto open = [&answers](std::string_view id) { return !answers.contains(id); };
  Status status = Search(Where(distinct, IsNameable), answers, stop);
  const Ids missing = Where(distinct, open);
  for (const std::string_view id : missing) {
    if (status.ok()) status = Read(id, answers, stop);
  }
  if (status.ok() && !spec_.filter_by.empty()) {
    const Ids doubtful = Where(missing, [&answers](std::string_view id) {
      return IsNameable(id) && answers.at(id).state == LookupState::kFound;
    });
    status = Judge(doubtful, answers, stop);
  }
  if (!status.ok()) return status.error();
  std::vector<FoundDocument> found;
  found.reserve(ids.size());
  const bool once = distinct.size() == ids.size();
  for (const std::string& id : ids) {
    FoundDocument& answer = answers.at(id);
    if (once) {
      found.push_back(std::move(answer));
    } else {
      found.push_back(answer);
    }
  }
  return found;
}

// Cuts the ids so that `lists` of them fit into a body, and into a page.
std::vector<IdLookup::Ids> IdLookup::Chunks(const Ids& ids, std::size_t lists) const {
  const std::size_t fixed = lists * (kBesideIds + JsonBytes(spec_.filter_by));
  std::vector<Ids> chunks;
  std::size_t bytes = 0;
  for (const std::string_view id : ids) {
    const std::size_t more = lists * (JsonBytes(id) + 3);  // two backticks and a comma
    const bool full =
        !chunks.empty() && (chunks.back().size() == most_ids_ || bytes + more > kMaxBody);
    if (chunks.empty() || full) {
      chunks.emplace_back();
      bytes = fixed;
    }
    chunks.back().push_back(id);
    bytes += more;
  }
  return chunks;
}

// Something in front of the server takes no request of that size: half of the ids from then on.
bool IdLookup::MayAskForFewer(const Error& error, std::size_t asked) {
  if (error.kind != ErrorKind::kTooBig || asked < 2) return false;
  most_ids_ = std::min(most_ids_, asked / 2);
  return true;
}

SearchQuery IdLookup::QueryFor(std::string_view filter_by, const Ids& ids) const {
  return {.collection = spec_.collection,
          .filter_by = IdFilter(filter_by, ids),
          .fields = spec_.fields,
          .whole = spec_.whole};
}

Status IdLookup::Search(const Ids& ids, Answers& answers, const StopTokens& stop) {
  for (const Ids& chunk : Chunks(ids, 1)) {
    const SearchQuery query = QueryFor(spec_.filter_by, chunk);
    auto pages = RunMultiSearch(client_, {&query, 1}, {.pin = &pin_}, stop);
    if (!pages.ok() && MayAskForFewer(pages.error(), chunk.size())) {
      Status fewer = Search(chunk, answers, stop);
      if (!fewer.ok()) return fewer;
      continue;
    }
    // Then it goes by GET, which has no body.
    if (!pages.ok() && pages.error().kind == ErrorKind::kTooBig) continue;
    if (!pages.ok()) return pages.error();
    for (Document& document : pages->front().documents) {
      const auto asked = std::find(chunk.begin(), chunk.end(), document.id);
      if (asked == chunk.end()) continue;
      answers[*asked] = {LookupState::kFound, std::move(document)};
    }
  }
  return {};
}

Status IdLookup::Read(std::string_view id, Answers& answers, const StopTokens& stop) {
  FoundDocument found{.document = {.id = std::string(id), .json = {}}};
  if (id.empty()) {  // the server refuses to create such a document, and its path is another's
    found.state = LookupState::kGone;
    answers[id] = std::move(found);
    return {};
  }
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    Result<Document> document = ParseDocument(response.body, id, origin);
    if (!document.ok()) return document.error();
    found.document = std::move(*document);
    return {};
  };
  const std::string target =
      spec_.whole ? DocumentTarget(spec_.collection, id)
                  : DocumentTarget(spec_.collection, id, IncludeFields(spec_.fields));
  const Result<HttpResponse> answer = client_.Get(target, {.pin = &pin_, .check = check}, stop);
  if (!answer.ok()) {
    const Error& error = answer.error();
    if (error.kind != ErrorKind::kNotFound || !SaysDocumentMissing(error.message)) return error;
    found.state = LookupState::kGone;
  }
  answers[id] = std::move(found);
  return {};
}

// These exist and were on no page: outside the filter, or inserted or changed since, or no filter
// can name them after all.
Status IdLookup::Judge(const Ids& ids, Answers& answers, const StopTokens& stop) {
  for (const Ids& chunk : Chunks(ids, 2)) {
    SearchQuery alone = QueryFor({}, chunk);
    alone.fields.clear();
    alone.whole = false;
    const SearchQuery queries[] = {QueryFor(spec_.filter_by, chunk), std::move(alone)};
    auto pages = RunMultiSearch(client_, queries, {.pin = &pin_}, stop);
    if (!pages.ok() && MayAskForFewer(pages.error(), chunk.size())) {
      Status fewer = Judge(chunk, answers, stop);
      if (!fewer.ok()) return fewer;
      continue;
    }
    if (!pages.ok()) return pages.error();
    for (const Document& document : (*pages)[1].documents) {
      const auto found = answers.find(document.id);
      if (found == answers.end()) continue;
      found->second = {LookupState::kOutsideFilter, {.id = document.id, .json = {}}};
    }
    for (Document& document : (*pages)[0].documents) {
      const auto found = answers.find(document.id);
      if (found == answers.end()) continue;
      found->second = {LookupState::kFound, std::move(document)};
    }
  }
  return {};
}

}  // namespace reembed
