#pragma once

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace reembed::testing {

/// Makes texts of a kind, always the same ones. Only the raw numbers of the generator are used, so
/// they are the same with every standard library.
class MadeUpTexts {
 public:
  explicit MadeUpTexts(unsigned seed) : random_(seed) {}

  std::string English() {
    std::string text;
    for (std::size_t words = 20 + Below(80), i = 0; i < words; ++i) {
      const std::string word(kWords[Skewed(kWords.size())]);
      text += (i == 0 ? "" : " ") + word;
      if (Below(5) == 0) text += kEndings[Below(kEndings.size())];
      if (Below(12) == 0) text += Below(2) == 0 ? "," : ".";
      if (Below(40) == 0) text += " " + std::to_string(Below(3000));
    }
    return text + ".";
  }

  std::string Code() {
    std::string text;
    for (std::size_t lines = 4 + Below(14), i = 0; i < lines; ++i) {
      text += std::string(2 * Below(5), ' ') + Line() + "\n";
    }
    return text;
  }

  std::string Chinese() {
    std::string text;
    for (std::size_t characters = 40 + Below(160), i = 0; i < characters; ++i) {
      text += kCharacters.substr(3 * Skewed(kCharacters.size() / 3), 3);
      if (Below(11) == 0) text += Below(2) == 0 ? "，" : "。";
      if (Below(50) == 0) text += " API " + std::to_string(Below(100)) + " ";
    }
    return text;
  }

  std::size_t Below(std::size_t end) { return random_() % end; }

 private:
  // Low numbers come more often, as in languages.
  std::size_t Skewed(std::size_t end) { return Below(1 + Below(end)); }

  std::string Name() {
    std::string name(kWords[Below(kWords.size())]);
    if (Below(2) == 0) name += "_" + std::string(kWords[Below(kWords.size())]);
    return name;
  }

  std::string Line() {
    switch (Below(5)) {
      case 0:
        return "if (" + Name() + "." + Name() + "() != nullptr) {";
      case 1:
        return "const auto " + Name() + " = " + Name() + "(" + Name() + ", " +
               std::to_string(Below(256)) + ");";
      case 2:
        return "return {." + Name() + " = std::move(" + Name() + "), ." + Name() + " = {}};";
      case 3:
        return "// " + Name() + " " + Name() + " " + Name();
      default:
        return "}";
    }
  }

  static constexpr std::array<std::string_view, 64> kWords = {
      "the",      "of",       "and",      "to",       "in",        "is",       "that",
      "for",      "with",     "as",       "customer", "on",        "was",      "report",
      "by",       "this",     "from",     "at",       "which",     "month",    "have",
      "order",    "an",       "their",    "has",      "question",  "were",     "when",
      "there",    "can",      "more",     "table",    "value",     "result",   "should",
      "product",  "filter",   "always",   "between",  "question",  "describe", "sales",
      "region",   "before",   "database", "number",   "last",      "average",  "quarter",
      "revenue",  "because",  "through",  "instruct", "condition", "possible", "without",
      "summary",  "category", "delivery", "compare",  "analysis",  "previous", "calendar",
      "warehouse"};
  static constexpr std::array<std::string_view, 6> kEndings = {"s", "ed", "ing", "ly", "er", "ion"};
  static constexpr std::string_view kCharacters =
      "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对"
      "可"
      "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三"
      "已";

  std::mt19937 random_;
};

}  // namespace reembed::testing
