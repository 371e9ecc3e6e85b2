#include "text_census.h"

#include <algorithm>

namespace reembed {
namespace {

// What the remembered texts, multiplied, differ from the truth by chance.
constexpr double kNoise = 0.1;

void Multiply(TextShape& shape, std::uint64_t by) {
  for (std::uint64_t& count : shape.counts) count *= by;
  shape.texts *= by;
  shape.bytes *= by;
}

}  // namespace

void TextCensus::Add(const TextHash& text, const TextShape& shape) {
  all_ += shape;
  if (!Remembers(text)) return;
  const bool first = seen_.emplace(text, shape).second;
  if (!first) ++repeated_;
  if (seen_.size() > most_) Thin();
}

void TextCensus::Thin() {
  step_ *= 2;
  std::erase_if(seen_, [this](const auto& entry) { return !Remembers(entry.first); });
}

TextShape TextCensus::Distinct() const {
  TextShape distinct;
  for (const auto& [hash, shape] : seen_) distinct += shape;
  Multiply(distinct, step_);
  if (step_ == 1) return distinct;
  const bool fewer =
      static_cast<double>(distinct.texts) < (1 - kNoise) * static_cast<double>(all_.texts);
  // Without a repetition among thousands the sum of all is the better figure.
  return distinct.bytes < all_.bytes && (repeated_ > 0 || fewer) ? distinct : all_;
}

}  // namespace reembed
