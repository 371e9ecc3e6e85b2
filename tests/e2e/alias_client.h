#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "rebuild_support.h"

namespace reembed::testing {

/// An application that works through the alias `docs` all the time: inserts with and without an id,
/// edits texts and other fields, deletes, and inserts again what it has deleted. It sends one
/// request after the other and numbers them, from 1, keeps a model of every document, and what was
/// acknowledged. It computes no vectors.
class AliasClient {
 public:
  using Model = std::map<std::string, nlohmann::json>;  ///< by id, without vectors

  /// `model`: what the collection holds.
  AliasClient(int port, std::string api_key, Model model, std::uint32_t seed);

  /// Requests answered so far. Thread-safe, as is the next one.
  std::size_t answered() const { return answered_; }
  /// Waits until so many more have been answered. Not after Stop().
  void WaitForMore(std::size_t requests) const;

  struct Result {
    Model model;
    /// Numbers of the acknowledged requests for a document, and of the last one for each field.
    std::map<std::string, std::vector<std::size_t>> requests;
    std::map<std::string, std::map<std::string, std::size_t>> last;
    /// Numbers of the requests that found a document missing or there already, unlike the model.
    std::vector<std::size_t> refused;
    std::vector<std::string> problems;  ///< any other trouble, and ids that were given twice
    std::size_t inserts = 0, unnamed_inserts = 0, text_edits = 0, other_edits = 0, deletions = 0;
  };
  /// Ends it. What it did, and what the collection must hold now.
  Result Stop();

 private:
  void Work(const std::stop_token& stop);
  void Insert();
  void InsertUnnamed();
  void Edit(const nlohmann::json& change, std::size_t& count);
  void Delete();

  std::string AnyId();
  std::string NewText();
  /// True when it was acknowledged; 404 and 409 are noted.
  bool Send(const std::string& method, const std::string& id, const nlohmann::json& body,
            StoreAnswer& answer);
  void Note(const std::string& id, const nlohmann::json& written);

  const int port_;
  const std::string api_key_;
  std::mt19937 random_;
  std::atomic<std::size_t> answered_ = 0;
  std::vector<std::string> deleted_;
  std::size_t fresh_ = 0;
  Result result_;
  std::jthread thread_;
};

}  // namespace reembed::testing
