#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// An application that goes on working with a collection `docs` of `title`, `note`, `n` and `vec`
/// over HTTP: edits texts, with an old vector and without, edits other fields, writes an old
/// vector, inserts, deletes, and inserts what it has deleted again. It keeps its own model of every
/// document. A 503 leaves things as they are.
class EditingClient {
 public:
  using Model = std::map<std::string, nlohmann::json>;  ///< by id, without vectors

  /// `model`: what the collection holds.
  EditingClient(int port, std::string api_key, Model model, std::uint32_t seed);

  /// What it did, and what the collection must hold now. Ends it.
  struct Result {
    Model model;
    std::size_t edits = 0, other_edits = 0, old_vectors = 0, inserts = 0, deletions = 0;
    std::vector<std::string> problems;  ///< refused requests
  };
  Result Stop();

 private:
  void Work(const std::stop_token& stop);
  void EditText();
  void EditOther();
  void WriteOldVector();
  void Insert();
  void Delete();

  std::string AnyId();
  std::string NewText();
  bool Chance(std::uint32_t one_in) { return random_() % one_in == 0; }
  void Send(const std::string& method, const std::string& id, const nlohmann::json& body,
            const std::function<void()>& done);

  const int port_;
  const std::string api_key_;
  std::mt19937 random_;
  std::vector<std::string> deleted_;
  int last_ = 0;
  Result result_;
  std::jthread thread_;
};

/// Edits the text of one document of `docs` every few milliseconds until it goes.
class RestlessEditor {
 public:
  RestlessEditor(int port, std::string api_key, std::string id);

 private:
  std::jthread thread_;
};

}  // namespace reembed::testing
