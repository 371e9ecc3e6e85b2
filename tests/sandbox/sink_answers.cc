#include "tests/sandbox/sink_answers.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tests/sandbox/sink_text.h"

namespace reembed::sandbox {
namespace {

constexpr std::size_t kExportPiece = 400'000;
constexpr std::size_t kPage = 10;  // as the server's default
constexpr std::size_t kBytesPerToken = 4;
constexpr std::string_view kWritten = R"({"success":true})";
constexpr std::string_view kNotItsVector =
    R"({"code":400,"error":"This is not the vector of the document's text.","success":false})";

SinkAnswer Plain(int status, std::string_view body) {
  return {.status = status, .body = std::string(body)};
}

SinkAnswer NotFound(std::string_view what) {
  return Plain(404, R"({"message": ")" + std::string(what) + R"("})");
}

std::string MissingLine(std::string_view id) {
  return R"({"code":404,"error":"Could not find a document with id: )" + std::string(id) +
         R"(","success":false})";
}

// The next id of ``id:[`d1`,`d2`]`` behind `filter`; empty at the end.
std::string_view NextId(std::string_view& filter) {
  const auto from = filter.find('`');
  if (from == std::string_view::npos) return {};
  filter.remove_prefix(from + 1);
  const std::string_view id = filter.substr(0, filter.find('`'));
  filter.remove_prefix(std::min(filter.size(), id.size() + 1));
  return id;
}

// One of our own requests: its values are strings without escapes, or none of ours.
std::string Value(std::string_view json, std::string_view name) {
  std::string_view text;
  const std::string_view at = After(json, name);
  if (at.starts_with('"')) SkipString(at, text);
  return std::string(text);
}

}  // namespace

SinkAnswers::SinkAnswers(const SinkOptions& options)
    : options_(options), data_(options.dimensions), spellings_(SinkData::kVectors) {
  for (std::size_t i = 0; i < options_.collections; ++i) {
    collections_.push_back({i == 0 ? "documents" : "documents" + std::to_string(i + 1),
                            std::vector<bool>(options_.documents)});
  }
}

SinkAnswer SinkAnswers::Answer(const SinkRequest& request) {
  const auto question = request.target.find('?');
  const std::string_view path = request.target.substr(0, question);
  if (path == "/v1/embeddings") return Embed(request.body);
  return AnswerStore(request, path,
                     question == std::string_view::npos ? std::string_view()
                                                        : request.target.substr(question + 1));
}

SinkAnswer SinkAnswers::AnswerStore(const SinkRequest& request, std::string_view path,
                                    std::string_view query) {
  constexpr std::string_view kCollections = "/collections/";
  if (path == "/multi_search") return MultiSearch(request.body);
  if (path.starts_with(kCollections)) {
    path.remove_prefix(kCollections.size());
    const std::string_view name = path.substr(0, path.find('/'));
    const auto collection = FindCollection(name);
    if (!collection) return NotFound("Collection not found");
    return AnswerCollection(request, *collection, path.substr(name.size()), query);
  }
  if (path == "/collections") {
    SinkAnswer all = Plain(200, "[");
    for (std::size_t i = 0; i < collections_.size(); ++i) {
      if (i > 0) all.body += ',';
      AppendSchema(all.body, i);
    }
    all.body += ']';
    return all;
  }
  if (path == "/health") return Plain(200, R"({"ok":true})");
  if (path == "/debug") return Plain(200, R"({"state":1,"version":"29.0"})");
  if (path == "/aliases") return Plain(200, R"({"aliases":[]})");
  if (path == "/operations/schema_changes") return Plain(200, "[]");
  if (path == "/stats.json") {
    return Plain(200, R"({"import_latency_ms":1.0,"pending_write_batches":0})");
  }
  if (path == "/metrics.json") {
    return Plain(200, R"({"system_memory_total_bytes":"64000000000",)"
                      R"("system_memory_used_bytes":"1000000000"})");
  }
  return Plain(404, R"({ "message": "Not Found"})");
}

SinkAnswer SinkAnswers::AnswerCollection(const SinkRequest& request, std::size_t collection,
                                         std::string_view rest, std::string_view query) {
  constexpr std::string_view kDocuments = "/documents/";
  if (rest.empty()) {
    SinkAnswer schema;
    AppendSchema(schema.body, collection);
    return schema;
  }
  if (!rest.starts_with(kDocuments)) return Plain(404, R"({ "message": "Not Found"})");
  rest.remove_prefix(kDocuments.size());
  if (rest == "import") return Import(collection, request.body);
  if (rest == "export") {
    return {.rest = SinkExport{collection, FieldsIn(QueryValue(query, "include_fields"))}};
  }
  if (rest != "search") return AnswerDocument(request, collection, rest, query);
  SinkAnswer page;
  AppendSearch(page.body, collection, QueryValue(query, "filter_by").value_or(""),
               NumberOr(QueryValue(query, "per_page").value_or(""), kPage),
               NumberOr(QueryValue(query, "offset").value_or(""), 0),
               FieldsIn(QueryValue(query, "include_fields")));
  return page;
}

SinkAnswer SinkAnswers::AnswerDocument(const SinkRequest& request, std::size_t collection,
                                       std::string_view id, std::string_view query) {
  const auto number = FindDocument(id);
  if (!number) return NotFound("Could not find a document with id: " + std::string(id));
  SinkAnswer answer;
  if (request.method == "PATCH") {
    const std::string refused = Write(collection, request.body, *number);
    if (!refused.empty()) return Plain(400, R"({"message": "Not the vector of its text."})");
    answer = {.work = SinkWork::kWrites, .writes = 1};
  }
  data_.AppendDocument(answer.body, *number, FieldsIn(QueryValue(query, "include_fields")),
                       VectorOf(collection, *number));
  return answer;
}

SinkAnswer SinkAnswers::Embed(std::string_view body) const {
  std::string_view inputs = After(body, "input");
  const bool base64 =
      !options_.float_text && After(body, "encoding_format").starts_with("\"base64\"");
  SinkAnswer answer{.work = SinkWork::kEmbedding};
  std::string& out = answer.body;
  out = R"({"object":"list","data":[)";
  std::size_t tokens = 0;
  if (inputs.starts_with('[')) inputs.remove_prefix(1);
  for (std::size_t index = 0; inputs.starts_with('"'); ++index) {
    std::string_view text;
    inputs = SkipString(inputs, text);
    tokens += text.size() / kBytesPerToken + 1;
    const std::size_t number = NumberIn(text);
    if (index > 0) out += ',';
    out += R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)";
    if (base64) out += '"';
    out += base64 ? data_.NewBase64(number) : data_.NewJson(number);
    if (base64) out += '"';
    out += '}';
    inputs.remove_prefix(std::min(inputs.size(), inputs.find_first_not_of(", ")));
  }
  out += R"(],"model":"text-embedding-3-small","usage":{"prompt_tokens":)" +
         std::to_string(tokens) + R"(,"total_tokens":)" + std::to_string(tokens) + "}}";
  return answer;
}

SinkAnswer SinkAnswers::Import(std::size_t collection, std::string_view body) {
  SinkAnswer answer{.work = SinkWork::kWrites};
  while (!body.empty()) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (line.empty()) continue;
    const std::string id = Value(line.substr(0, 100), "id");
    const auto number = FindDocument(id);
    const std::string refused = number ? Write(collection, line, *number) : MissingLine(id);
    if (!answer.body.empty()) answer.body += '\n';
    answer.body += refused.empty() ? kWritten : refused;
    ++answer.writes;
  }
  return answer;
}

// Why it was not written; empty when it was.
std::string SinkAnswers::Write(std::size_t collection, std::string_view line, std::size_t number) {
  const std::string_view vector = After(line, "vec");
  const auto end = vector.rfind(']');
  if (end == std::string_view::npos) return std::string(kNotItsVector);
  const std::string_view json = vector.substr(0, end + 1);
  std::string& spelling = spellings_[number % SinkData::kVectors];
  // Who spells numbers otherwise is read number by number, and changes no spelling.
  if (json != spelling) {
    if (!HoldsVector(json, data_.NewVector(number))) return std::string(kNotItsVector);
    if (spelling.empty()) spelling = json;
  }
  collections_[collection].written[number] = true;
  return {};
}

SinkAnswer SinkAnswers::MultiSearch(std::string_view body) const {
  SinkAnswer answer = Plain(200, R"({"results":[)");
  std::string_view searches = After(body, "searches");
  bool first = true;
  // The values are strings, so a brace outside them ends a search; none of ours holds one.
  for (auto from = searches.find('{'); from != std::string_view::npos; from = searches.find('{')) {
    searches.remove_prefix(from);
    const std::string_view search = searches.substr(0, searches.find('}'));
    searches.remove_prefix(search.size());
    if (!std::exchange(first, false)) answer.body += ',';
    const auto collection = FindCollection(Value(search, "collection"));
    if (!collection) {
      answer.body += R"({"code":404,"error":"Collection not found"})";
      continue;
    }
    AppendSearch(answer.body, *collection, Value(search, "filter_by"),
                 NumberOr(Value(search, "per_page"), kPage), NumberOr(Value(search, "offset"), 0),
                 After(search, "include_fields").empty()
                     ? SinkFields{}
                     : FieldsIn(Value(search, "include_fields")));
  }
  answer.body += "]}";
  return answer;
}

void SinkAnswers::AppendSearch(std::string& out, std::size_t collection, std::string_view filter,
                               std::size_t per_page, std::size_t offset, SinkFields fields) const {
  std::vector<std::size_t> found;
  std::size_t count = options_.documents;
  if (filter.empty()) {
    // Newest first.
    for (std::size_t i = offset; i < count && found.size() < per_page; ++i) {
      found.push_back(count - 1 - i);
    }
  } else {
    for (auto id = NextId(filter); !id.empty(); id = NextId(filter)) {
      if (const auto number = FindDocument(id)) found.push_back(*number);
    }
    count = found.size();
  }
  out += R"({"facet_counts":[],"found":)" + std::to_string(count) + R"(,"hits":[)";
  for (std::size_t i = 0; i < std::min(per_page, found.size()); ++i) {
    if (i > 0) out += ',';
    AppendHit(out, collection, found[i], fields);
  }
  out += R"(],"out_of":)" + std::to_string(options_.documents) +
         R"(,"page":1,"request_params":{"collection_name":")" + collections_[collection].name +
         R"(","first_q":"*","per_page":)" + std::to_string(per_page) +
         R"(,"q":"*"},"search_cutoff":false,"search_time_ms":1})";
}

void SinkAnswers::AppendHit(std::string& out, std::size_t collection, std::size_t number,
                            SinkFields fields) const {
  out += R"({"document":)";
  data_.AppendDocument(out, number, fields, VectorOf(collection, number));
  out += R"(,"highlight":{},"highlights":[]})";
}

bool SinkAnswers::ContinueExport(SinkExport& rest, std::string& out) const {
  const std::size_t full = out.size() + kExportPiece;
  while (out.size() < full && rest.next < options_.documents) {
    // Lines are separated, not ended, by line feeds.
    if (rest.next > 0) out += '\n';
    data_.AppendDocument(out, rest.next, rest.fields, VectorOf(rest.collection, rest.next));
    ++rest.next;
  }
  return rest.next < options_.documents;
}

std::string_view SinkAnswers::VectorOf(std::size_t collection, std::size_t number) const {
  if (collections_[collection].written[number]) return spellings_[number % SinkData::kVectors];
  return options_.old_vectors ? std::string_view(data_.OldJson(number)) : std::string_view();
}

void SinkAnswers::AppendSchema(std::string& out, std::size_t collection) const {
  constexpr std::string_view kString =
      R"("facet":false,"index":true,"infix":false,"locale":"","name":"%","optional":false,)"
      R"("sort":false,"stem":false,"stem_dictionary":"","store":true,"type":"string"})";
  out += R"({"created_at":1700000000,"default_sorting_field":"","enable_nested_fields":false,)"
         R"("fields":[)";
  for (const std::string_view name : {"title", "text"}) {
    const auto place = kString.find('%');
    out += "{";
    out.append(kString.substr(0, place)).append(name).append(kString.substr(place + 1)) += ',';
  }
  out += R"({"facet":false,"hnsw_params":{"M":16,"ef_construction":200},"index":true,)"
         R"("infix":false,"locale":"","name":"vec","num_dim":)" +
         std::to_string(options_.dimensions) +
         R"(,"optional":true,"sort":false,"stem":false,"stem_dictionary":"","store":true,)"
         R"("type":"float[]","vec_dist":"cosine"}],"name":")" +
         collections_[collection].name + R"(","num_documents":)" +
         std::to_string(options_.documents) + R"(,"symbols_to_index":[],"token_separators":[]})";
}

std::optional<std::size_t> SinkAnswers::FindCollection(std::string_view name) const {
  const auto found = std::find_if(collections_.begin(), collections_.end(),
                                  [name](const Collection& item) { return item.name == name; });
  if (found == collections_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - collections_.begin());
}

std::optional<std::size_t> SinkAnswers::FindDocument(std::string_view id) const {
  if (!id.starts_with('d')) return std::nullopt;
  const std::size_t number = NumberOr(id.substr(1), options_.documents);
  return number < options_.documents ? std::optional(number) : std::nullopt;
}

}  // namespace reembed::sandbox
