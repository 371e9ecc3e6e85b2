#include "fixture.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/sandbox/provider_embedder.h"

namespace reembed::testing {
namespace {

constexpr const char* kTypesenseKey = "store-key-0123456789";
constexpr const char* kProviderKey = "provider-key-9876543210";

std::map<std::string, std::string> ParseEnvLines(const std::string& lines) {
  std::map<std::string, std::string> variables;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

}  // namespace

Documents ParseExport(const std::string& json_lines) {
  Documents documents;
  std::istringstream in(json_lines);
  for (std::string line; std::getline(in, line);) {
    Json document = Json::parse(line);
    const std::string id = document.at("id").get<std::string>();
    documents[id] = std::move(document);
  }
  return documents;
}

Stage::Stage() {
  options.typesense.api_key = kTypesenseKey;
  options.provider.api_key = kProviderKey;
}

sandbox::Sandbox& Stage::sandbox() {
  if (!sandbox_) {
    auto started = sandbox::Sandbox::Start(options);
    if (!started.ok()) throw std::runtime_error(started.error().message);
    sandbox_ = std::move(*started);
  }
  return *sandbox_;
}

void Stage::AddCollection(const std::string& name, int dimensions, const std::string& json_lines) {
  const Json schema = {
      {"name", name},
      {"fields",
       {{{"name", "title"}, {"type", "string"}, {"optional", true}},
        {{"name", "vec"}, {"type", "float[]"}, {"num_dim", dimensions}, {"optional", true}}}}};
  typesense().CreateCollection(schema.dump());
  const std::string answer = typesense().Import(name, json_lines, "create");
  if (answer.find("\"success\":false") != std::string::npos) throw std::runtime_error(answer);
}

void Stage::Configure(const std::string& collections) {
  folder_.Write("config/reembed.json", "{\"collections\": " + collections + "}");
}

std::unique_ptr<Process> Stage::Start(std::vector<std::string> arguments) {
  auto variables = ParseEnvLines(sandbox().EnvLines());
  for (const auto& [name, value] : environment) variables[name] = value;
  arguments.insert(arguments.begin(), REEMBED_PROGRAM);
  return std::make_unique<Process>(std::move(arguments), std::move(variables), folder_.path());
}

Json Stage::RunForReport(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  const Ended ended = Run(std::move(arguments));
  Json report = Json::parse(ended.out);
  if (report.at("exit_code") != ended.exit_code) throw std::runtime_error("exit code differs");
  return report;
}

std::string PlainDocuments(std::size_t count, int dimensions, const std::string& prefix) {
  const Json old_vector(std::vector<double>(static_cast<std::size_t>(dimensions), 0.25));
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const Json document = {{"id", prefix + std::to_string(i)},
                           {"title", "orders of region " + std::to_string(i) + " by month"},
                           {"vec", old_vector}};
    lines += document.dump() + "\n";
  }
  return lines;
}

std::vector<float> OpenAiVector(const std::string& text, int dimensions) {
  return sandbox::SandboxVector({"text-embedding-3-small", "", dimensions, true}, text);
}

std::vector<float> StoredVector(const Json& document, const std::string& field) {
  std::vector<float> vector;
  for (const Json& number : document.at(field)) {
    vector.push_back(static_cast<float>(number.get<double>()));
  }
  return vector;
}

std::size_t RightVectors(const Documents& documents, int dimensions) {
  std::size_t right = 0;
  for (const auto& [id, document] : documents) {
    const std::string title = document.value("title", "");
    const bool same = StoredVector(document, "vec") == OpenAiVector(title, dimensions);
    right += same ? 1U : 0U;
  }
  return right;
}

}  // namespace reembed::testing
