#include "alias_support.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/sandbox/typesense_hooks.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

constexpr const char* kOld = "docs_v1";

// Of the first element.
constexpr auto kSpellings = std::to_array<const char*>(
    {"0.25", "0.12345678901234568", "0.10000000149011612", "1", "1.0", "1e-07"});

std::string CutVector(const std::string& line) {
  const std::size_t at = line.find("\"vec\":");
  if (at == std::string::npos) return line;
  std::size_t end = line.find_first_of("]l", at + 6) + 1;  // of an array or of null
  std::size_t begin = at;
  if (line.compare(begin - 1, 1, ",") == 0) {
    --begin;
  } else if (line.compare(end, 1, ",") == 0) {
    ++end;
  }
  return line.substr(0, begin) + line.substr(end);
}

}  // namespace

StoreAnswer AskStore(int port, const std::string& key, const std::string& method,
                     const std::string& target, const std::string& body) {
  httplib::Client client("127.0.0.1", port);
  client.set_tcp_nodelay(true);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.body = body;
  request.headers = {{"X-TYPESENSE-API-KEY", key}};
  const httplib::Result answer = client.send(request);
  return answer ? StoreAnswer{answer->status, answer->body} : StoreAnswer{};
}

Contents ContentsOf(const std::string& exported) {
  Contents contents;
  std::istringstream in(exported);
  for (std::string line; std::getline(in, line);) {
    contents[Json::parse(line).at("id").get<std::string>()] = CutVector(line);
  }
  return contents;
}

std::string OldDocuments(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    lines +=
        fmt::format(R"({{"extra":{{"k":[{0}.0,1e-07]}},"id":"d{0}","n":{0},"note":"ü {0}",)"
                    R"("title":"orders of region {0} by week","vec":[{1},{0},0.5,0,0,0,-0.0,1]}})",
                    i, kSpellings.at(i % kSpellings.size()));
    lines += '\n';
  }
  return lines;
}

void AliasStory::Begin(const std::string& documents) {
  const auto optional = [](const char* name, const char* type) {
    return Json{{"name", name}, {"type", type}, {"optional", true}};
  };
  const Json schema = {{"name", kOld},
                       {"metadata", {{"owner", "tests"}}},
                       {"fields",
                        {optional("title", "string"), optional("note", "string"),
                         optional("n", "int64"), optional("draft", "bool"), vector_field}}};
  const std::string created = typesense().CreateCollection(schema.dump());
  if (created.find("num_documents") == std::string::npos) throw std::runtime_error(created);
  if (!documents.empty()) {
    const std::string answer = typesense().Import(kOld, documents, "create");
    if (answer.find("\"success\":false") != std::string::npos) throw std::runtime_error(answer);
  }
  Ask("PUT", "/aliases/docs", R"({"collection_name":"docs_v1"})");
  Json docs = {{"embedding_field", "vec"}, {"text_fields", {"title"}}};
  docs["collection"] = "docs";
  docs.update(settings);
  Configure(Json{{"docs", docs}}.dump());
}

StoreAnswer AliasStory::Ask(const std::string& method, const std::string& target,
                            const std::string& body) {
  return AskStore(typesense().port(), options.typesense.api_key, method, target, body);
}

void AliasStory::Edit(const std::string& collection, const std::string& json_lines,
                      const std::string& action) {
  const StoreAnswer answer =
      Ask("POST", "/collections/" + collection + "/documents/import?action=" + action, json_lines);
  const bool refused = answer.body.find("\"success\":false") != std::string::npos;
  if (answer.status != 200 || refused) throw std::runtime_error(answer.body);
}

void AliasStory::Delete(const std::string& collection, const std::string& id) {
  const StoreAnswer answer = Ask("DELETE", "/collections/" + collection + "/documents/" + id);
  if (answer.status != 200) throw std::runtime_error(answer.body);
}

std::string AliasStory::Served(const std::string& alias) {
  return Json::parse(Ask("GET", "/aliases/" + alias).body).value("collection_name", "");
}

Json AliasStory::Schema(const std::string& collection) {
  return Json::parse(Ask("GET", "/collections/" + collection).body);
}

std::vector<std::string> AliasStory::Collections() {
  std::vector<std::string> names;
  for (const Json& collection : Json::parse(Ask("GET", "/collections").body)) {
    names.push_back(collection.at("name"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

void AliasStory::Hasten() {
  environment["LD_PRELOAD"] = REEMBED_CLOCK_HASTE;
  environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";  // it is loaded second, and still works
}

std::unique_ptr<Process> AliasStory::StartMigration(std::vector<std::string> more) {
  more.insert(more.begin(), {"--dimensions", std::to_string(kNewLength), "--output", "json"});
  return Start(std::move(more));
}

Json AliasStory::Migrate(int exit_code, std::vector<std::string> more) {
  const Ended ended = StartMigration(std::move(more))->Wait();
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == exit_code);
  return Json::parse(ended.out);
}

Json AliasStory::Expect(int exit_code, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  const Ended ended = Run(std::move(arguments));
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == exit_code);
  return Json::parse(ended.out);
}

std::size_t AliasStory::PaidTwice() {
  std::size_t again = 0;
  for (const auto& [text, times] : sandbox().provider().texts_billed()) again += times - 1;
  return again;
}

std::size_t AliasStory::Writes() {
  const auto requests = typesense().requests();
  const sandbox::RequestTest writes = sandbox::Writes();
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(),
                    [&](const auto& request) { return writes(request.method, request.target); }));
}

void AliasStory::CheckTakenOver() {
  const std::string clone = Served();
  CHECK(clone.starts_with("docs_v1_r20"));
  CHECK(Collections() == std::vector<std::string>{kOld, clone});
  const std::string exported = Exported(clone);
  const Contents contents = ContentsOf(exported);
  CHECK(contents == ContentsOf(Exported(kOld)));
  CHECK(RightNew(exported) == contents.size());
}

void AliasStory::CheckNothingLeft() {
  const std::size_t asked = sandbox().provider().history().request_count();
  typesense().ClearRequests();
  Migrate();
  CHECK(sandbox().provider().history().request_count() == asked);
  CHECK(Writes() == 0);
}

const Json& DocsOf(const Json& report) {
  return report.at("collections").at("docs");
}

std::vector<std::string> FailedIds(const Json& report) {
  std::vector<std::string> ids;
  for (const Json& failure : DocsOf(report).at("failures")) ids.push_back(failure.at("id"));
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::size_t RightNew(const std::string& exported) {
  std::size_t right = 0;
  for (const auto& [id, document] : ParseExport(exported)) {
    if (!document.contains("vec")) continue;
    const std::string title = document.value("title", "");
    right += StoredVector(document, "vec") == OpenAiVector(title, kNewLength) ? 1U : 0U;
  }
  return right;
}

}  // namespace reembed::testing
