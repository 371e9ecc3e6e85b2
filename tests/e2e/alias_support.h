// What the stories of an alias have in common: a collection behind it, and a look at what came of
// it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fixture.h"
#include "rebuild_support.h"

namespace reembed::testing {

/// One request to a store, as any client sends it.
StoreAnswer AskStore(int port, const std::string& key, const std::string& method,
                     const std::string& target, const std::string& body = "");

/// Lines of an export by id, each without its `vec`, every other byte as it was.
using Contents = std::map<std::string, std::string>;
Contents ContentsOf(const std::string& exported);

/// Documents `d0`, `d1`, … with a text, two other fields and a vector in one of several spellings.
std::string OldDocuments(std::size_t count);

/// The collection `docs_v1` behind the alias `docs`, which is what the configuration names, and the
/// program that leads the alias to vectors of another length. Options and `settings` may be changed
/// before the first document.
class AliasStory : public Stage {
 public:
  AliasStory() { options.empty = true; }

  /// Of `docs` in the configuration, beside field and text.
  Json settings = Json::object();
  /// The field `vec` of the schema.
  Json vector_field = {
      {"name", "vec"}, {"type", "float[]"}, {"num_dim", kOldLength}, {"optional", true}};

  void Begin(const std::string& documents);

  StoreAnswer Ask(const std::string& method, const std::string& target,
                  const std::string& body = "");
  /// Writes to a collection, or through an alias, as the application does.
  void Edit(const std::string& collection, const std::string& json_lines,
            const std::string& action = "emplace");
  void Delete(const std::string& collection, const std::string& id);

  /// The collection that the alias leads to.
  std::string Served(const std::string& alias = "docs");
  Json Schema(const std::string& collection);
  /// All collections, by name.
  std::vector<std::string> Collections();
  std::string Exported(const std::string& collection = "docs") {
    return typesense().ExportAll(collection);
  }

  /// From the next start on the program's steady clock runs 25 times as fast, and so do its waits.
  void Hasten();
  /// `reembed --dimensions 4 --output json` and `more`, begun but not waited for.
  std::unique_ptr<Process> StartMigration(std::vector<std::string> more = {});
  /// The same to its end. Its report; fails the test unless it ends with `exit_code`.
  Json Migrate(int exit_code = 0, std::vector<std::string> more = {});
  /// Another verb, in the same way.
  Json Expect(int exit_code, std::vector<std::string> arguments);

  /// Texts that the provider has answered; how many more than once.
  std::size_t Paid() { return sandbox().provider().history().texts_answered(); }
  std::size_t PaidTwice();
  /// Requests that change something at the store, since ClearRequests().
  std::size_t Writes();

  /// Fails the test unless the alias leads to a clone of `docs_v1` that holds the same documents,
  /// each with the vector of its text, and no other collection is there.
  void CheckTakenOver();
  /// Fails the test if another run asks the provider anything or changes anything at the store.
  void CheckNothingLeft();
};

/// The part of a report that is about `docs`.
const Json& DocsOf(const Json& report);
/// Ids of the documents that a report lists as failed.
std::vector<std::string> FailedIds(const Json& report);
/// How many documents hold the vector of their text, in the new length.
std::size_t RightNew(const std::string& exported);

}  // namespace reembed::testing
