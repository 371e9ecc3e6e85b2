#include "rebuild_support.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <httplib.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "resume_support.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

// Old collections were not created in this very second.
constexpr std::int64_t kCreated = 1'700'000'000;
constexpr const char* kSearches = "/multi_search?limit_multi_searches=1000";

bool IsNested(const std::string& field) {
  return field.find('.') != std::string::npos;
}

std::string LastKey(const std::string& field) {
  return field.substr(field.rfind('.') + 1);
}

// `"vec":[…]`, or for a dotted field its innermost pair with what stands around it.
std::string VectorPair(const std::string& field, const std::string& numbers) {
  if (!IsNested(field)) return fmt::format(R"("{}":[{}])", field, numbers);
  std::string object =
      fmt::format(R"({{"kept":7,"{}":[{}],"z":{{"k":1e-07}}}})", LastKey(field), numbers);
  std::string path = field.substr(0, field.rfind('.'));
  for (auto dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.')) {
    object = fmt::format(R"({{"{}":{},"beside":1.0}})", path.substr(dot + 1), object);
    path.resize(dot);
  }
  return fmt::format(R"("{}":{})", path, object);
}

// Different in every document, in the spellings of clients: double, float32, integer.
std::string OldNumbers(std::size_t i, int length) {
  std::string numbers;
  for (int k = 0; k < length; ++k) {
    if (k > 0) numbers += ',';
    const int kind = k % 4;
    if (kind == 0) numbers += fmt::format("{:.17g}", 1.0 / static_cast<double>(i + 3));
    if (kind == 1) numbers += "-0.0";
    if (kind == 2) numbers += fmt::format("{}", i % 7);
    if (kind == 3) numbers += "0.10000000149011612";
  }
  return numbers;
}

Json Fields(const std::string& field, int length, bool optional) {
  Json fields = Json::parse(R"([
      {"name":"title","type":"string","optional":true,"infix":true},
      {"name":"n","type":"int32"},
      {"name":"is_default","type":"bool","optional":true,"facet":true}])");
  // Parents are declared, as the server wants it for a nested field.
  for (auto dot = field.find('.'); dot != std::string::npos; dot = field.find('.', dot + 1)) {
    fields.push_back({{"name", field.substr(0, dot)}, {"type", "object"}, {"optional", true}});
  }
  fields.push_back({{"name", field},
                    {"type", "float[]"},
                    {"num_dim", length},
                    {"optional", optional},
                    {"vec_dist", "ip"},
                    {"hnsw_params", {{"M", 8}, {"ef_construction", 100}}}});
  return fields;
}

}  // namespace

RebuildStory::RebuildStory(std::string field) : field_(std::move(field)) {
  options.empty = true;
  options.typesense.now = [] { return kCreated; };
}

void RebuildStory::Add(std::size_t documents, int length, bool optional) {
  const Json schema = {{"name", "docs"},
                       {"enable_nested_fields", IsNested(field_)},
                       {"default_sorting_field", "n"},
                       {"token_separators", {"-"}},
                       {"symbols_to_index", {"+"}},
                       {"metadata", {{"owner", "tests"}, {"since", 1}}},
                       {"fields", Fields(field_, length, optional)}};
  const std::string created = typesense().CreateCollection(schema.dump());
  if (created.find("\"num_documents\"") == std::string::npos) throw std::runtime_error(created);
  Insert(RichDocuments(documents, field_, length));
}

void RebuildStory::Insert(const std::string& json_lines) {
  const std::string answer = typesense().Import("docs", json_lines, "upsert");
  if (answer.find("\"success\":false") != std::string::npos) throw std::runtime_error(answer);
}

void RebuildStory::Configure(const std::string& more, const std::string& sections) {
  folder().Write(
      "config/reembed.json",
      fmt::format(
          R"({{"collections":{{"docs":{{"embedding_field":"{}","text_fields":["title"]{}}}}}{}}})",
          field_, more, sections));
}

std::unique_ptr<Process> RebuildStory::StartRun(std::vector<std::string> more, int length) {
  more.insert(more.begin(), {"--dimensions", std::to_string(length), "--progress", "none"});
  return Start(std::move(more));
}

Ended RebuildStory::Migrate(std::vector<std::string> more, int length) {
  return StartRun(std::move(more), length)->Wait();
}

Json RebuildStory::Expect(int exit_code, std::vector<std::string> more) {
  more.insert(more.end(), {"--output", "json"});
  return ReportOf(Migrate(std::move(more)), exit_code).at("collections").at("docs");
}

Ended RebuildStory::MigrateAs(Victim& victim, std::vector<std::string> more) {
  const auto process = StartRun(std::move(more));
  victim.Is(*process);
  return process->Wait();
}

StoreAnswer RebuildStory::Ask(const std::string& method, const std::string& target,
                              const std::string& body) {
  httplib::Client client(typesense().url());
  client.set_url_encode(false);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.headers = {{"X-TYPESENSE-API-KEY", options.typesense.api_key},
                     {"Content-Type", "application/json"}};
  request.body = body;
  const auto answer = client.send(request);
  if (!answer) return {};
  return {answer->status, answer->body};
}

Json RebuildStory::Schema() {
  Json schema = Json::parse(Ask("GET", "/collections/docs").body);
  Json& fields = schema.at("fields");
  std::sort(fields.begin(), fields.end(),
            [](const Json& a, const Json& b) { return a.at("name") < b.at("name"); });
  return schema;
}

bool RebuildStory::FieldIsThere() {
  const Json schema = Schema();
  const Json& fields = schema.at("fields");
  return std::any_of(fields.begin(), fields.end(), [&](const Json& each) {
    return each.at("name") == field_ && each.contains("num_dim");
  });
}

std::size_t RebuildStory::Count(const std::string& method, const std::string& target_part) {
  const auto requests = typesense().requests();
  const auto counts = std::count_if(requests.begin(), requests.end(), [&](const auto& request) {
    return request.method == method && request.target.find(target_part) != std::string::npos;
  });
  return static_cast<std::size_t>(counts);
}

std::size_t RebuildStory::PaidTwice() {
  std::size_t twice = 0;
  for (const auto& [text, times] : sandbox().provider().texts_billed()) twice += times - 1;
  return twice;
}

std::string RebuildStory::StateFile(const std::string& name) const {
  return folder().path() + "/.reembed/" + name;
}

const Json* RebuildStory::VectorOf(const Json& document) const {
  std::istringstream keys(field_);
  const Json* value = &document;
  for (std::string key; std::getline(keys, key, '.');) {
    if (!value->is_object() || !value->contains(key)) return nullptr;
    value = &value->at(key);
  }
  return value->is_array() ? value : nullptr;
}

std::vector<std::string> RebuildStory::Wrong(int length) {
  std::vector<std::string> wrong;
  for (const auto& [id, document] : Export("docs")) {
    const Json* const vector = VectorOf(document);
    const bool right = vector != nullptr && StoredVector({{"v", *vector}}, "v") ==
                                                OpenAiVector(document.at("title"), length);
    if (!right) wrong.push_back(id);
  }
  return wrong;
}

std::vector<std::string> RebuildStory::NotFound(int length) {
  std::vector<std::string> ids;
  Json searches = Json::array();
  for (const auto& [id, document] : Export("docs")) {
    const auto vector = OpenAiVector(document.at("title"), length);
    ids.push_back(id);
    searches.push_back(
        {{"collection", "docs"},
         {"q", "*"},
         {"per_page", 1},
         {"vector_query", fmt::format("{}:([{}])", field_, fmt::join(vector, ","))}});
  }
  const StoreAnswer answer = Ask("POST", kSearches, Json{{"searches", searches}}.dump());
  const Json results = Json::parse(answer.body).at("results");
  std::vector<std::string> not_found;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Json hits = results.at(i).value("hits", Json::array());
    if (hits.empty() || hits[0].at("document").at("id") != ids[i]) not_found.push_back(ids[i]);
  }
  return not_found;
}

std::string RichDocuments(std::size_t count, const std::string& field, int length,
                          const std::string& prefix) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string vector = length == 0 ? "" : "," + VectorPair(field, OldNumbers(i, length));
    lines += fmt::format(
        R"({{"id":"{0}{1}","title":"orders {0} of region {1} by month","n":{1},"is_default":false,)"
        R"("deep":{{"a":[1,2.5,"x"],"b":1e-07}},"big":12345678901234567890,"f":1.0,"日本":"ü\"\\"{2}}})",
        prefix, i, vector);
    lines += '\n';
  }
  return lines;
}

std::string Inserted(const std::string& id, const std::string& title, const std::string& field,
                     int length) {
  return fmt::format(R"({{"id":"{}","title":"{}","n":1,{}}})", id, title,
                     VectorPair(field, OldNumbers(5, length)));
}

Json WithLength(Json schema, const std::string& field, int length) {
  for (Json& each : schema.at("fields")) {
    if (each.at("name") == field) each["num_dim"] = length;
  }
  return schema;
}

std::string WithoutVectors(const std::string& exported, const std::string& field) {
  const std::string key = "\"" + LastKey(field) + "\":";
  std::string rest = exported;
  for (auto at = rest.find(key); at != std::string::npos; at = rest.find(key, at)) {
    const std::size_t value = at + key.size();
    std::size_t end = rest[value] == '[' ? rest.find(']', value) + 1 : value + 4;  // or null
    if (rest[end] == ',') {
      ++end;
    } else if (rest[at - 1] == ',') {
      --at;
    }
    rest.erase(at, end - at);
  }
  return rest;
}

sandbox::RequestTest Alterations() {
  return [](const std::string& method, const std::string& target) {
    return method == "PATCH" && target == "/collections/docs";
  };
}

sandbox::RequestTest Imports() {
  return sandbox::Requests("POST", "/collections/docs/documents/import");
}

}  // namespace reembed::testing
