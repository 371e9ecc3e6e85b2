#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"
#include "tests/sandbox/sandbox.h"
#include "tests/support/temp_folder.h"

namespace reembed::testing {

using Json = nlohmann::json;

/// Documents of an export by id.
using Documents = std::map<std::string, Json>;
Documents ParseExport(const std::string& json_lines);

/// A sandbox, an empty folder and the program. Options may be changed before the first use.
class Stage {
 public:
  sandbox::SandboxOptions options;
  std::map<std::string, std::string> environment;  ///< beside the sandbox's own

  Stage();

  sandbox::Sandbox& sandbox();
  sandbox::TypesenseServer& typesense() { return sandbox().typesense(); }
  const TempFolder& folder() const { return folder_; }

  /// `collection` with `title` and a vector field `vec` of `dimensions`, documents as JSON lines.
  void AddCollection(const std::string& name, int dimensions, const std::string& json_lines);
  /// Writes config/reembed.json; `collections` is the object of that name.
  void Configure(const std::string& collections);

  std::unique_ptr<Process> Start(std::vector<std::string> arguments);
  Ended Run(std::vector<std::string> arguments) { return Start(std::move(arguments))->Wait(); }
  /// The report of a run with `--output json`.
  Json RunForReport(std::vector<std::string> arguments);

  Documents Export(const std::string& collection) {
    return ParseExport(typesense().ExportAll(collection));
  }

 private:
  TempFolder folder_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

/// `count` documents `{"id":"<prefix><i>","title":"…"}` with old vectors of `dimensions`.
std::string PlainDocuments(std::size_t count, int dimensions, const std::string& prefix = "d");

/// The provider's answer for `text`, as OpenAI's text-embedding-3-small gives it.
std::vector<float> OpenAiVector(const std::string& text, int dimensions);

/// The vector in a document as float32.
std::vector<float> StoredVector(const Json& document, const std::string& field);

/// How many documents hold the right vector for their `title`.
std::size_t RightVectors(const Documents& documents, int dimensions);

}  // namespace reembed::testing
