#include "providers/reply.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
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

// An answer whose vectors were cut out: what is left is some bytes for each item, so that a
// document model of it costs nothing, and the vectors are read where they lie.
struct CutReply {
  std::string rest;                       // in the place of each vector stands its number
  std::vector<std::string_view> vectors;  // parts of the body, with brackets or quotes
};

std::size_t SkipBlanks(std::string_view body, std::size_t at) {
  return std::min(body.find_first_not_of(" \t\r\n", at), body.size());
}

// Where the array or string that begins at `begin` ends; npos for anything else. Neither brackets
// nor quotes can stand within a vector: what does would not be read as one.
std::size_t EndOfVector(std::string_view body, std::size_t begin) {
  const char first = begin < body.size() ? body[begin] : '\0';
  if (first != '[' && first != '"') return std::string_view::npos;
  const std::size_t last = body.find(first == '[' ? ']' : '"', begin + 1);
  return last == std::string_view::npos ? last : last + 1;
}

// Nothing when the answer is not as plain as servers write it; a whole parser then takes it. A
// quote without a backslash before it begins or ends a string, so that `"name":` is a member of
// that name wherever it is found: and backslashes are not let through.
std::optional<CutReply> CutOut(std::string_view body, std::string_view name) {
  const std::string key = fmt::format("\"{}\"", name);
  CutReply cut;
  std::size_t copied = 0;
  for (std::size_t at = body.find(key); at != std::string_view::npos; at = body.find(key, at)) {
    at = SkipBlanks(body, at + key.size());
    if (at == body.size() || body[at] != ':') continue;  // a value like `"object":"embedding"`
    const std::size_t begin = SkipBlanks(body, at + 1);
    const std::size_t end = EndOfVector(body, begin);
    if (end == std::string_view::npos) return std::nullopt;
    cut.rest += body.substr(copied, begin - copied);
    cut.rest += std::to_string(cut.vectors.size());
    cut.vectors.push_back(body.substr(begin, end - begin));
    copied = at = end;
  }
  cut.rest += body.substr(copied);
  if (cut.vectors.empty() || cut.rest.find('\\') != std::string::npos) return std::nullopt;
  return cut;
}

// Reads the vectors of items: those that are in the document, or those that were cut out of it.
class VectorReader {
 public:
  VectorReader() = default;
  explicit VectorReader(std::span<const std::string_view> cut) : cut_(cut) {}

  bool Read(const dom::element& value, Embedding& out) {
    if (cut_.empty()) return ReadVector(value, out);
    std::uint64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS || number >= cut_.size()) return false;
    const std::string_view text = cut_[number];
    if (text.front() == '"') return DecodeBase64Floats(text.substr(1, text.size() - 2), out);
    out.reserve(last_size_);
    const bool plain = ParseVectorJson(text, out);
    last_size_ = out.size();
    if (plain) return true;
    out.clear();
    // Behind the text lie the rest of the body and the room behind it.
    dom::array numbers;
    return parser_.parse(text.data(), text.size(), false).get(numbers) == simdjson::SUCCESS &&
           ReadNumbers(numbers, out);
  }

 private:
  std::span<const std::string_view> cut_;
  std::size_t last_size_ = 0;  // of the vector before: all have the same
  dom::parser parser_;         // of one vector at a time: its memory stays in the cache
};

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
  Placer(std::size_t texts, const ReplyNames& names, VectorReader& reader)
      : names_(names), reader_(reader), vectors_(texts), filled_(texts, false) {}

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
    if (found && reader_.Read(value, vectors_[*place])) return {};
    return Unusable(fmt::format("the vector of text {} is missing or holds no numbers", *place));
  }

  std::vector<Embedding> Take() { return std::move(vectors_); }

 private:
  const ReplyNames& names_;
  VectorReader& reader_;
  std::vector<Embedding> vectors_;
  std::vector<bool> filled_;
  std::size_t seen_ = 0;
};

Result<std::optional<EmbedReply>> ReadItems(const dom::array& items, std::size_t texts,
                                            const ReplyNames& names, VectorReader& reader) {
  // An error in disguise may carry an empty list beside its message.
  if (items.size() == 0) return std::optional<EmbedReply>();
  if (items.size() != texts) {
    return Unusable(fmt::format("{} vectors for {} texts", items.size(), texts));
  }
  Placer placer(texts, names, reader);
  for (const dom::element item : items) {
    if (const Status status = placer.Place(item); !status.ok()) return status.error();
  }
  return std::optional<EmbedReply>({.vectors = placer.Take(), .tokens = std::nullopt});
}

Result<std::optional<EmbedReply>> ReadDocument(std::string& json, std::size_t texts,
                                               const ReplyNames& names, VectorReader& reader) {
  json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  dom::parser parser;
  dom::element root;
  dom::array items;
  if (parser.parse(json.data(), json.size(), false).get(root) != simdjson::SUCCESS ||
      root[names.list].get(items) != simdjson::SUCCESS) {
    return std::optional<EmbedReply>();
  }
  auto reply = ReadItems(items, texts, names, reader);
  if (reply.ok() && reply->has_value()) (*reply)->tokens = ReadTokens(root, names);
  return reply;
}

}  // namespace

Result<std::optional<EmbedReply>> ParseReply(std::string& body, std::size_t texts,
                                             const ReplyNames& names) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  if (std::optional<CutReply> cut = CutOut(body, names.vector)) {
    VectorReader reader(cut->vectors);
    auto reply = ReadDocument(cut->rest, texts, names, reader);
    if (reply.ok() && reply->has_value()) return reply;
  }
  // What is wrong with it, or that nothing is, the whole document tells.
  VectorReader reader;
  return ReadDocument(body, texts, names, reader);
}

}  // namespace reembed
