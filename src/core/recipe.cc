#include "reembed/core/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace reembed {
namespace {

using Json = nlohmann::json;

template <typename Rule, std::size_t kCount>
using Words = std::array<std::pair<std::string_view, Rule>, kCount>;

// The words of the config file.
constexpr Words<NormalizeRule, 3> kNormalizeRules = {{{"auto", NormalizeRule::kAuto},
                                                      {"always", NormalizeRule::kAlways},
                                                      {"never", NormalizeRule::kNever}}};
constexpr Words<LongTextRule, 3> kLongTextRules = {{{"truncate", LongTextRule::kTruncate},
                                                    {"fail", LongTextRule::kFail},
                                                    {"average", LongTextRule::kAverage}}};

template <typename Rule, std::size_t kCount>
std::string_view WordOf(const Words<Rule, kCount>& words, Rule rule) {
  for (const auto& [word, value] : words) {
    if (value == rule) return word;
  }
  return "";
}

void LowerCase(std::string& text, std::size_t end) {
  for (std::size_t i = 0; i < end; ++i) {
    text[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
}

// A base URL without user information and final slashes, scheme and host in lower case.
std::string PlainUrl(std::string_view url) {
  std::string plain(url);
  while (plain.ends_with('/')) plain.pop_back();
  const auto separator = plain.find("://");
  const std::size_t begin = separator == std::string::npos ? 0 : separator + 3;
  const auto authority_end = [&] { return std::min(plain.find('/', begin), plain.size()); };
  const auto at = plain.substr(0, authority_end()).rfind('@');
  if (at != std::string::npos && at >= begin) plain.erase(begin, at + 1 - begin);
  LowerCase(plain, authority_end());
  return plain;
}

// Reads the members of a recipe one by one and notes when one is missing or of another type.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  std::string Text(const char* key) {
    const Json* value = Find(key);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    sound_ = false;
    return {};
  }

  std::uint64_t Number(const char* key, std::uint64_t most) {
    const Json* value = Find(key);
    if (value != nullptr && value->is_number_unsigned()) {
      const auto number = value->get<std::uint64_t>();
      if (number <= most) return number;
    }
    sound_ = false;
    return 0;
  }

  template <typename Rule, std::size_t kCount>
  Rule Choice(const char* key, const Words<Rule, kCount>& words) {
    const std::string text = Text(key);
    for (const auto& [word, value] : words) {
      if (word == text) return value;
    }
    sound_ = false;
    return words.front().second;
  }

  /// True when all were there, and nothing else.
  bool Sound() const { return sound_ && object_.size() == read_; }

 private:
  const Json* Find(const char* key) {
    ++read_;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  const Json& object_;
  std::size_t read_ = 0;
  bool sound_ = true;
};

}  // namespace

Recipe RecipeOf(const EmbeddingConfig& embedding, const CollectionConfig& collection,
                int dimensions, std::uint64_t max_text_tokens) {
  return {.family = embedding.provider.family,
          .base_url = PlainUrl(embedding.provider.base_url),
          .model = embedding.provider.model,
          .dimensions = dimensions,
          .task_type = collection.task_type,
          .prefix = collection.prefix,
          .normalize = embedding.normalize,
          .on_long_text = collection.on_long_text,
          .max_text_tokens = max_text_tokens};
}

std::string ToText(const Recipe& recipe) {
  const Json object = {{"family", recipe.family},
                       {"base_url", recipe.base_url},
                       {"model", recipe.model},
                       {"dimensions", recipe.dimensions},
                       {"task_type", recipe.task_type},
                       {"prefix", recipe.prefix},
                       {"normalize", WordOf(kNormalizeRules, recipe.normalize)},
                       {"on_long_text", WordOf(kLongTextRules, recipe.on_long_text)},
                       {"max_text_tokens", recipe.max_text_tokens}};
  // The object sorts its keys. A byte that is no UTF-8 must not throw.
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Recipe> ParseRecipe(std::string_view text) {
  const Json object = Json::parse(text, nullptr, false);
  const Error broken{.kind = ErrorKind::kRefused,
                     .message =
                         "a recipe in the journal cannot be read: the file is damaged or "
                         "was written by another version"};
  if (!object.is_object()) return broken;
  constexpr std::uint64_t kMostDimensions = std::numeric_limits<int>::max();
  Members members(object);
  Recipe recipe;
  recipe.family = members.Text("family");
  recipe.base_url = members.Text("base_url");
  recipe.model = members.Text("model");
  recipe.dimensions = static_cast<int>(members.Number("dimensions", kMostDimensions));
  recipe.task_type = members.Text("task_type");
  recipe.prefix = members.Text("prefix");
  recipe.normalize = members.Choice("normalize", kNormalizeRules);
  recipe.on_long_text = members.Choice("on_long_text", kLongTextRules);
  recipe.max_text_tokens =
      members.Number("max_text_tokens", std::numeric_limits<std::uint64_t>::max());
  if (!members.Sound()) return broken;
  return recipe;
}

std::string Label(const Recipe& recipe) {
  return fmt::format("{} / {} / {} dimensions", recipe.family, recipe.model, recipe.dimensions);
}

bool SameCluster(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& node) {
    return std::any_of(b.begin(), b.end(), [plain = PlainUrl(node)](const std::string& other) {
      return PlainUrl(other) == plain;
    });
  });
}

}  // namespace reembed
