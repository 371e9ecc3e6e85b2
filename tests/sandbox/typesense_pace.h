#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace reembed::sandbox {

struct WriteResult;

// How long the store takes for its work; all zero unless told.
struct PaceTimes {
  // Per document that puts a new value into an indexed vector field, searches waiting.
  std::chrono::microseconds vector{0};
  // The same for a document that is new; as `vector` unless given.
  std::optional<std::chrono::microseconds> insert = {};
  // Per document: to check it when the schema is altered. What else the server does is reckoned
  // from it in the proportions of the measured one.
  std::chrono::duration<double, std::milli> alter{0};
};

// Spends that time. Thread-safe.
class WritePace {
 public:
  using Wait = std::function<void(std::chrono::microseconds)>;

  // Of the time that checking takes, so that dropping a field costs 1.0, writing its vectors
  // unindexed 2.0 and adding it 1.0 + 0.1 + 0.5: the window is 3.6 times the drop, as measured.
  static constexpr double kCheck = 1.0;
  static constexpr double kUnindexed = 2.0;
  static constexpr double kBeforeBuild = 0.1;  // the new index is there, and empty
  static constexpr double kBuild = 0.5;

  // No time at all.
  WritePace() = default;
  // `wait` may return early, when the server stops.
  WritePace(PaceTimes times, Wait wait) : times_(times), wait_(std::move(wait)) {}

  // After each document, under the collection's exclusive lock.
  void AfterWrite(const WriteResult& result) const;

  // For work on `documents` documents that keeps no search waiting.
  void Spend(double share, std::size_t documents) const;

  // Calls `step` for the ranges [first, last) that make up [0, documents), each after its share of
  // the time, until one returns false. Without time there is one range.
  void InParts(double share, std::size_t documents,
               const std::function<bool(std::size_t first, std::size_t last)>& step) const;

 private:
  void For(std::chrono::microseconds time) const;

  PaceTimes times_;
  Wait wait_;
};

}  // namespace reembed::sandbox
