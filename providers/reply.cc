#include "providers/reply.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>
#include <utility>
#include <vector>

#include "reembed/core/vectors.h"

namespace reembed {
namespace {

namespace dom = simdjson::dom;

Error Unusable(std::string message) {
  return {.kind = ErrorKind::kTransient, .message = std::move(message)};
}

// From here on a number is nearer to infinity than to the largest float32, whose own shortest text
// reads as a little more than itself.
constexpr double kTooLargeForFloat = 0x1.ffffffp127;

bool ReadNumbers(const dom::array& numbers, Embedding& out) {
  out.reserve(numbers.size());
  for (const dom::element element : numbers) {
    double number = 0;
    if (element.get(number) != simdjson::SUCCESS) return false;
    if (std::abs(number) >= kTooLargeForFloat) return false;
    out.push_back(static_cast<float>(number));
  }
  return true;
}

bool ReadVector(const dom::element& value, Embedding& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return DecodeBase64Floats(text, out);
  dom::array numbers;
  return value.get(numbers) == simdjson::SUCCESS && ReadNumbers(numbers, out);
}

// Where the item belongs; nothing when it names a place that is none.
std::optional<std::size_t> PlaceOf(const dom::element& item, std::string_view name,
                                   std::size_t position) {
  dom::element value;
  if (name.empty() || item[name].get(value) != simdjson::SUCCESS || value.is_null()) {
    return position;
  }
  std::uint64_t index = 0;
  if (value.get(index) != simdjson::SUCCESS) return std::nullopt;
  return static_cast<std::size_t>(index);
}

// Zero means the server does not count (LM Studio), not that nothing is billed.
std::optional<std::uint64_t> ReadTokens(const dom::element& root, const ReplyNames& names) {
  for (const std::string_view name : names.tokens) {
    std::uint64_t tokens = 0;
    if (name.empty() || root[names.usage][name].get(tokens) != simdjson::SUCCESS) continue;
    if (tokens > 0) return tokens;
  }
  return std::nullopt;
}

class Placer {
 public:
  Placer(std::size_t texts, const ReplyNames& names)
      : names_(names), vectors_(texts), filled_(texts, false) {}

  Status Place(const dom::element& item) {
    const std::size_t position = seen_++;
    const auto place = PlaceOf(item, names_.index, position);
    if (!place || *place >= vectors_.size()) {
      return Unusable(fmt::format("item {} of the answer has no place in the request", position));
    }
    if (filled_[*place]) return Unusable(fmt::format("two vectors for text {}", *place));
    filled_[*place] = true;
    dom::element value;
    const bool found = item[names_.vector].get(value) == simdjson::SUCCESS;
    if (found && ReadVector(value, vectors_[*place])) return {};
    return Unusable(fmt::format("the vector of text {} is missing or holds no numbers", *place));
  }

  std::vector<Embedding> Take() { return std::move(vectors_); }

 private:
  const ReplyNames& names_;
  std::vector<Embedding> vectors_;
  std::vector<bool> filled_;
  std::size_t seen_ = 0;
};

Result<std::optional<EmbedReply>> ReadItems(const dom::array& items, std::size_t texts,
                                            const ReplyNames& names) {
  // An error in disguise may carry an empty list beside its message.
  if (items.size() == 0) return std::optional<EmbedReply>();
  if (items.size() != texts) {
    return Unusable(fmt::format("{} vectors for {} texts", items.size(), texts));
  }
  Placer placer(texts, names);
  for (const dom::element item : items) {
    if (const Status status = placer.Place(item); !status.ok()) return status.error();
  }
  return std::optional<EmbedReply>({.vectors = placer.Take(), .tokens = std::nullopt});
}

}  // namespace

Result<std::optional<EmbedReply>> ParseReply(std::string& body, std::size_t texts,
                                             const ReplyNames& names) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  dom::parser parser;
  dom::element root;
  dom::array items;
  if (parser.parse(body.data(), body.size(), false).get(root) != simdjson::SUCCESS ||
      root[names.list].get(items) != simdjson::SUCCESS) {
    return std::optional<EmbedReply>();
  }
  auto reply = ReadItems(items, texts, names);
  if (reply.ok() && reply->has_value()) (*reply)->tokens = ReadTokens(root, names);
  return reply;
}

}  // namespace reembed
