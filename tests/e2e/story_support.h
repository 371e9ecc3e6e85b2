// What the stories of several runs, verbs and stores have in common.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fixture.h"

namespace reembed::testing {

/// One collection `docs`: the vector field `vec`, embedded from `title`.
constexpr const char* kDocs = R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})";

/// A sandbox without sample data, with kDocs configured and, if there are `documents`, the
/// collection `docs` of vectors with eight elements.
struct DocsStage : Stage {
  explicit DocsStage(std::size_t documents = 0);

  /// `--dimensions 8 --progress none` and `more`.
  Ended Migrate(std::vector<std::string> more = {});
  /// Starts Migrate() and waits until the provider has been asked `requests` times since.
  std::unique_ptr<Process> MigrateUntil(std::size_t requests, std::vector<std::string> more = {});
  std::string Exported() { return typesense().ExportAll("docs"); }
  std::size_t Right() { return RightVectors(Export("docs"), 8); }
  /// Texts that the provider has answered, and would bill.
  std::size_t Paid() { return sandbox().provider().history().texts_answered(); }
  /// Imports that the store has answered.
  std::size_t Writes();
  std::string StateFile(const std::string& name) const {
    return folder().path() + "/.reembed/" + name;
  }
  /// Overwrites fields as the application would.
  void Edit(const std::string& json_lines);
};

/// The JSON document that a verb prints with `--output json`. Throws when it prints anything else,
/// or another exit code than it ends with.
Json Report(Stage& stage, std::vector<std::string> arguments);

/// The ids of the runs that `status` shows, latest first.
std::vector<std::string> RunIds(Stage& stage, const std::vector<std::string>& more = {});

/// `count` documents like PlainDocuments(), each with eight elements of its own, some in 17 digits,
/// some integers.
std::string DistinctDocuments(int count);

/// Exit 4 with a message that names `path` and `remedy`.
void CheckRefused(const Ended& ended, const std::string& path, const std::string& remedy);

/// Waits for what comes in milliseconds; false after 20 s.
bool WaitUntil(const std::function<bool()>& holds);

}  // namespace reembed::testing
