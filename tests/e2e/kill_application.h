// An application that goes on working with a collection that is being migrated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// A document as it must be, whatever the program does with its vector.
struct KeptDocument {
  nlohmann::json content;  ///< without the vector
  bool inside = true;      ///< under the filter
  bool vector = true;      ///< is to have one; outside the filter only if the application wrote one
};
using KeptDocuments = std::map<std::string, KeptDocument>;  ///< by id

/// The answer to a request; status 0: none came.
struct Answered {
  int status = 0;
  std::string body;
};

/// Sends requests to a store, marked so that IsOfApplication() knows them.
class MarkedClient {
 public:
  MarkedClient(int port, std::string key) : port_(port), key_(std::move(key)) {}
  /// A 503 is asked again a few times: it may be a fault that was meant for the program.
  Answered Ask(const std::string& method, std::string target, const std::string& body = "") const;
  static bool IsMarked(const std::string& target);

 private:
  int port_;
  std::string key_;
};

struct ApplicationOptions {
  std::string collection;  ///< or alias
  int old_length = 0;      ///< of the vectors that it computes
  /// Each write replaces the document, so that the last one tells what it must be, even when an
  /// earlier one went to another collection.
  bool whole_documents = false;
  /// Documents that it leaves alone.
  std::set<std::string> spared;
};

/// Inserts documents inside and outside the filter, with vectors of the old length and without,
/// edits texts and other fields, deletes, and inserts again what it has deleted. Keeps its own
/// account of what must be stored. Either Work() or Begin() and Pause(); the rest while it pauses.
class KillApplication {
 public:
  KillApplication(MarkedClient client, ApplicationOptions options, std::uint32_t seed,
                  KeptDocuments documents);

  /// So many changes.
  void Work(std::size_t changes);
  /// Changes all the time, on a thread, until Pause().
  void Begin();
  void Pause();

  const KeptDocuments& documents() const { return documents_; }
  /// Documents that are not as they were at first.
  const std::set<std::string>& touched() const { return touched_; }
  /// Requests that nobody can be expected to refuse, and were.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  void Change();
  void Insert();
  void Delete();
  void EditText();
  void EditOther();
  void WriteOldVector();

  std::optional<std::string> AnyInside();
  std::string NewText();
  bool Chance(std::uint32_t one_in) { return random_() % one_in == 0; }
  void Edit(const std::string& id, const nlohmann::json& change, bool with_vector);
  void Upsert(const std::string& id, KeptDocument document, bool with_vector);
  void Patch(const std::string& id, nlohmann::json change, bool with_vector);
  Answered Send(const std::string& method, const std::string& target, nlohmann::json body,
                bool& with_vector);
  bool Done(const Answered& answer, const std::string& what);

  const MarkedClient client_;
  const ApplicationOptions options_;
  std::mt19937 random_;
  KeptDocuments documents_;
  std::set<std::string> touched_;
  std::vector<std::string> deleted_;    ///< may come again
  std::set<std::string> came_or_went_;  ///< are not deleted any more
  std::vector<std::string> problems_;
  int last_ = 0;
  std::jthread thread_;  // the last: it uses the others
};

}  // namespace reembed::testing
