// What the stories of `rebuild` have in common: an embedding field whose length changes.
#pragma once

#include <signal.h>

#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "fixture.h"

namespace reembed::testing {

/// Vector lengths, unless a test says otherwise.
inline constexpr int kOldLength = 8;
inline constexpr int kNewLength = 4;

struct StoreAnswer {
  int status = 0;  ///< 0: none came
  std::string body;
};

/// The process that the hooks of a sandbox send signals to; they may fire before it is known, and
/// wait for it then.
class Victim {
 public:
  void Is(const Process& process) { known_.set_value(process.pid()); }
  void Signal(int number) const { kill(pid_.get(), number); }

 private:
  // Not the process itself, which may be gone as soon as it has its signal.
  std::promise<pid_t> known_;
  std::shared_future<pid_t> pid_ = known_.get_future().share();
};

/// A sandbox and a collection `docs` whose embedding field is to get another length.
class RebuildStory : public Stage {
 public:
  /// `field`: `vec`, or dotted: a path of objects in a collection with nested fields.
  explicit RebuildStory(std::string field = "vec");

  const std::string& field() const { return field_; }

  /// Creates `docs`, whose every attribute has another value than the default, with `documents`
  /// of RichDocuments() and old vectors of `length`.
  void Add(std::size_t documents, int length = kOldLength, bool optional = true);
  /// Further documents, as the application writes them. Throws when one is refused.
  void Insert(const std::string& json_lines);
  /// The configuration: `more` of the collection (`,"filter_by":…`), `sections` beside (`,"…":…`).
  void Configure(const std::string& more = "", const std::string& sections = "");

  /// `reembed --dimensions LENGTH --progress none` and `more`.
  std::unique_ptr<Process> StartRun(std::vector<std::string> more = {}, int length = kNewLength);
  Ended Migrate(std::vector<std::string> more = {}, int length = kNewLength);
  /// The same, which must end so; its report on `docs`.
  Json Expect(int exit_code, std::vector<std::string> more = {});
  /// The same; hooks may send it signals.
  Ended MigrateAs(Victim& victim, std::vector<std::string> more = {});

  /// One request to the store over HTTP, with the key.
  StoreAnswer Ask(const std::string& method, const std::string& target,
                  const std::string& body = "");
  std::string Exported() { return typesense().ExportAll("docs"); }
  /// GET of the collection, fields by name: the server adds a field at the end.
  Json Schema();
  /// Whether the schema has the field, with a length.
  bool FieldIsThere();
  /// Answered requests of this method with this part in their target.
  std::size_t Count(const std::string& method, const std::string& target_part);
  std::size_t Paid() { return sandbox().provider().history().texts_answered(); }
  std::size_t PaidTwice();

  std::string StateFile(const std::string& name) const;
  std::string RecoveryFile() const { return StateFile("recovery/docs.json"); }

  /// The ids of the documents whose vector is not the one of their text (or any vector).
  std::vector<std::string> Wrong(int length = kNewLength);
  /// The ids of the documents that a search for their own vector does not find first.
  std::vector<std::string> NotFound(int length = kNewLength);

 private:
  const Json* VectorOf(const Json& document) const;

  const std::string field_;
};

/// `count` documents `{"id":"<prefix><i>","title":…}` with nested objects, keys outside the schema
/// and numbers in many spellings; old vectors of `length` in `field`, none when it is 0.
std::string RichDocuments(std::size_t count, const std::string& field, int length,
                          const std::string& prefix = "d");

/// One document of the application's.
std::string Inserted(const std::string& id, const std::string& title, const std::string& field,
                     int length);

/// The schema with another length (and perhaps optional) in one field.
Json WithLength(Json schema, const std::string& field, int length);

/// An export without every value of the last key of `field`, otherwise byte for byte.
std::string WithoutVectors(const std::string& exported, const std::string& field);

/// PATCH of the schema of `docs`, and imports into it.
sandbox::RequestTest Alterations();
sandbox::RequestTest Imports();

}  // namespace reembed::testing
