#pragma once

#include <cstdint>
#include <unordered_map>

#include "reembed/core/document.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// Adds up the texts of a collection, each different one once, in bounded memory: of the hashes
/// only every 2ᵏ-th is remembered, where k grows with their number. Exact up to `most` different
/// texts, and wherever no text comes twice; else estimated from the remembered ones, to a few
/// percent. Order does not matter. A value.
class TextCensus {
 public:
  explicit TextCensus(std::size_t most = 4096) : most_(most) {}

  void Add(const TextHash& text, const TextShape& shape);

  std::uint64_t documents() const { return all_.texts; }
  /// The different texts together; `texts` is their number.
  TextShape Distinct() const;

 private:
  bool Remembers(const TextHash& text) const { return (text.high & (step_ - 1)) == 0; }
  void Thin();

  std::size_t most_;
  std::uint64_t step_ = 1;  // every so many-th hash is remembered: a power of two
  std::unordered_map<TextHash, TextShape, TextHashHasher> seen_;
  std::uint64_t repeated_ = 0;  // texts that were remembered already
  TextShape all_;
};

}  // namespace reembed
