#include "tests/sandbox/provider_damage.h"

#include <algorithm>
#include <limits>

namespace reembed::sandbox {

void SpoilItems(Fault fault, std::uint64_t number, std::vector<EmbeddedItem>& items) {
  if (items.empty()) return;
  const std::size_t chosen = number % items.size();
  std::vector<float>& vector = items[chosen].vector;
  switch (fault) {
    case Fault::kMissingItem:
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(chosen));
      break;
    case Fault::kNan:
      vector[number % vector.size()] = std::numeric_limits<float>::quiet_NaN();
      break;
    case Fault::kZero:
      std::fill(vector.begin(), vector.end(), 0.0F);
      break;
    case Fault::kWrongLength:
      vector.pop_back();
      break;
    default:
      break;
  }
}

void ShuffleItems(std::uint64_t number, std::vector<EmbeddedItem>& items) {
  if (items.size() < 2) return;
  // Reversed first, so that a neighbour is rarely where a positional reader expects it; turning a
  // reversed list of two would restore it.
  std::reverse(items.begin(), items.end());
  if (items.size() == 2) return;
  const auto turn = static_cast<std::ptrdiff_t>(number % items.size());
  std::rotate(items.begin(), items.begin() + turn, items.end());
}

void SpoilJson(std::string& body) {
  body.resize(body.size() - body.size() / 4 - 1);
}

}  // namespace reembed::sandbox
