#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reembed/core/stored_field.h"
#include "reembed/ports/journal.h"
#include "src/io/journal/open_journal.h"
#include "tests/support/temp_folder.h"

namespace reembed::testing {

/// A folder that a journal's state directory can be made in.
class JournalFolder : public TempFolder {
 public:
  /// The state directory, which the journal makes.
  JournalPlace place() const { return {*this / "state"}; }
  std::string file() const { return *this / "state/journal.db"; }

  /// Names and bytes of the state directory's files.
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(*this / "state")) {
      files[entry.path().filename().string()] = ReadFile(entry.path());
    }
    return files;
  }
};

/// The value, or a failed test that shows the error.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}
inline void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().message);
}

inline std::unique_ptr<JournalStore> Opened(const JournalPlace& place) {
  return Must(OpenJournal(place, "test"));
}

/// `2026-11-21T06:14:00Z` plus so many hours.
inline WallTime At(int hours) {
  return WallTime(std::chrono::seconds(1795241640) + std::chrono::hours(hours));
}

inline Recipe SomeRecipe(const std::string& model = "small") {
  Recipe recipe;
  recipe.family = "f";
  recipe.model = model;
  recipe.dimensions = 2;
  return recipe;
}

inline RunSpec SomeRun(const std::string& collection = "books", int hour = 0) {
  RunSpec spec;
  spec.name = collection;
  spec.target = {collection, 1700000000, "vec"};
  spec.recipe = SomeRecipe();
  spec.nodes = {"http://a:8108"};
  spec.now = At(hour);
  return spec;
}

inline SharedEmbedding SomeVector(float seed) {
  return std::make_shared<const Embedding>(Embedding{seed, 0.5F});
}

inline ScanRecord NewDocument(std::string_view id, const std::string& text) {
  return {id, HashText(text), DocumentClass::kNew,
          FieldBackup{BackupKind::kText, "old of " + std::string(id)}};
}

/// A document from scan to outcome.
inline void Migrate(Journal& run, std::string_view id, const std::string& text, float seed) {
  Must(run.RecordScan(std::vector{NewDocument(id, text)}));
  const Admitted admitted = Must(run.Admit(std::vector{SeenDocument{id, HashText(text)}}));
  if (!admitted.embed.empty())
    Must(run.SaveVectors(std::vector{EmbeddedText{HashText(text), SomeVector(seed)}}));
  Must(run.SaveOutcomes(std::vector{DocumentOutcome{std::string(id)}}));
}

/// Runs `body` in a child process, which ends without closing anything.
inline int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    int code = 99;
    try {
      code = body();
    } catch (...) {
    }
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace reembed::testing
