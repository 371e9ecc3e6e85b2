#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reembed/ports/journal.h"

namespace reembed::testing {

/// The value, or an exception with the error's message.
template <typename T>
T Take(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void Take(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().message);
}

/// What stands outside the journal and survives whatever happens to it: the application's texts by
/// id, and the vectors that the store holds (absent: none).
struct World {
  std::map<std::string, std::string> texts;
  std::map<std::string, Embedding> vectors;
};

/// Forty documents, some with the same text, some with an old vector, some without.
World NewWorld();

/// The run that embeds by `model`, begun on that day.
RunSpec ScriptedRun(const std::string& model, int day);
/// The vector of a text by a model: numbers that a detour through decimals would change.
Embedding ScriptedVector(const std::string& model, const std::string& text);
/// What a backup of the first vector of `id` holds; absent when it has none.
FieldBackup FirstField(const std::string& id);
/// Documents that end otherwise than written: one that the store refuses, one without a text.
bool IsRefused(const std::string& id);
bool IsSkipped(const std::string& id);

/// What an observer is told when a call has returned.
struct CallReturned {
  std::set<std::string> texts = {};                    ///< SaveVectors: those that it kept
  std::map<std::string, DocumentState> outcomes = {};  ///< SaveOutcomes
  std::set<std::string> backups = {};                  ///< RecordScan: ids
};

/// Migrates the world in place through a journal: scan with backups, admit, save vectors, write,
/// save outcomes, end. As the program does it, in its order of effects, by one thread. Under
/// kEmbedFirst everything is embedded before anything is written, within a cutover.
/// `returned` is called after each call of the journal, `changed` after each change of the world.
/// Returns the texts that it paid for. Throws when the journal fails.
std::set<std::string> Migrate(JournalStore& store, World& world, const RunSpec& spec, int end_day,
                              WorkOrder order,
                              const std::function<void(const CallReturned&)>& returned,
                              const std::function<void()>& changed);

/// Everything about the scripted target that the port shows, as text: rows by both models, what is
/// paid for, backups, runs, cutovers, counts. Throws when the journal fails.
std::string Describe(JournalStore& store);

}  // namespace reembed::testing
