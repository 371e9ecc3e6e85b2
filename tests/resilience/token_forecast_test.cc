// Tokens foretold for the rest of a run, after its first two percent, against what is billed.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/resilience/estimator.h"
#include "tests/resilience/made_up_texts.h"
#include "tests/resilience/model_tokenizers.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::MadeUpTexts;
using testing::Tokenizer;

constexpr std::size_t kTexts = 1000;
constexpr std::size_t kFirstTexts = kTexts / 50;

enum class Kind { kEnglish, kCode, kChinese, kMixed };

std::vector<std::string> Corpus(Kind kind, unsigned seed = 1, std::size_t texts = kTexts) {
  MadeUpTexts make(seed);
  std::vector<std::string> corpus;
  for (std::size_t i = 0; i < texts; ++i) {
    const Kind of_this = kind == Kind::kMixed ? static_cast<Kind>(make.Below(3)) : kind;
    corpus.push_back(of_this == Kind::kEnglish ? make.English()
                     : of_this == Kind::kCode  ? make.Code()
                                               : make.Chinese());
  }
  return corpus;
}

struct Bill {
  TextShape shape;
  std::uint64_t tokens = 0;
};

Bill BillOf(const std::vector<std::string>& texts, std::size_t begin, std::size_t end,
            Tokenizer tokenizer) {
  Bill bill;
  for (std::size_t i = begin; i < std::min(end, texts.size()); ++i) {
    bill.shape += ShapeOf(texts[i]);
    bill.tokens += tokenizer(texts[i]);
  }
  return bill;
}

// Teaches the texts up to `end` as a run sends them: a small request first.
void Learn(Estimator& estimator, const std::vector<std::string>& texts, std::size_t end,
           Tokenizer tokenizer) {
  std::size_t next = 8;
  for (std::size_t at = 0; at < end; at = std::exchange(next, next + 16)) {
    const Bill bill = BillOf(texts, at, std::min(next, end), tokenizer);
    estimator.Learn(bill.shape, bill.tokens);
  }
}

// Foretold by billed.
double Ratio(const Estimator& estimator, const Bill& bill) {
  return static_cast<double>(estimator.Snapshot().TokensIn(bill.shape)) /
         static_cast<double>(bill.tokens);
}

bool IsWithinTenPercent(double ratio) {
  return ratio > 0.9 && ratio < 1.1;
}

const std::vector<std::pair<std::string, Tokenizer>> kTokenizers = {
    {"a quarter of the bytes", testing::QuarterOfTheBytes},
    {"word pieces", testing::WordPieces},
    {"greedy", testing::Greedy},
    {"sandbox", testing::Sandbox}};

TEST_CASE("token forecast: within ten percent after two percent of the run, one kind of text") {
  for (const Kind kind : {Kind::kEnglish, Kind::kCode, Kind::kChinese}) {
    const auto texts = Corpus(kind);
    for (const auto& [name, tokenizer] : kTokenizers) {
      CAPTURE(static_cast<int>(kind), name);
      Estimator estimator;
      Learn(estimator, texts, kFirstTexts, tokenizer);
      const double ratio = Ratio(estimator, BillOf(texts, kFirstTexts, kTexts, tokenizer));
      CAPTURE(ratio);
      CHECK(IsWithinTenPercent(ratio));
    }
  }
}

TEST_CASE("token forecast: within ten percent with three kinds of text in one run") {
  const auto texts = Corpus(Kind::kMixed);
  for (const auto& [name, tokenizer] : kTokenizers) {
    CAPTURE(name);
    Estimator estimator;
    Learn(estimator, texts, kFirstTexts, tokenizer);
    const double ratio = Ratio(estimator, BillOf(texts, kFirstTexts, kTexts, tokenizer));
    CAPTURE(ratio);
    CHECK(IsWithinTenPercent(ratio));
  }
}

TEST_CASE("token forecast: each kind that comes after another is learned as fast") {
  for (const auto& [name, tokenizer] : kTokenizers) {
    Estimator estimator;
    for (const Kind kind : {Kind::kEnglish, Kind::kCode, Kind::kChinese, Kind::kEnglish}) {
      const auto texts = Corpus(kind);
      Learn(estimator, texts, kFirstTexts, tokenizer);
      const double ratio = Ratio(estimator, BillOf(texts, kFirstTexts, kTexts, tokenizer));
      CAPTURE(name, static_cast<int>(kind), ratio);
      CHECK(IsWithinTenPercent(ratio));
      Learn(estimator, texts, kTexts / 4, tokenizer);
    }
  }
}

TEST_CASE("token forecast: one bill ten times too high or too low changes next to nothing") {
  const auto texts = Corpus(Kind::kMixed);
  const Bill rest = BillOf(texts, kFirstTexts, kTexts, testing::Greedy);
  const Bill odd = BillOf(texts, 0, 16, testing::Greedy);
  for (const std::uint64_t billed : {odd.tokens * 10, odd.tokens / 10}) {
    Estimator first_of_all;
    first_of_all.Learn(odd.shape, billed);
    CHECK(first_of_all.Snapshot().weights == TokenEstimate::kStartWeights);
    Learn(first_of_all, texts, kFirstTexts, testing::Greedy);
    CHECK(IsWithinTenPercent(Ratio(first_of_all, rest)));
    Estimator later;
    Learn(later, texts, kFirstTexts, testing::Greedy);
    const auto before = later.Snapshot().weights;
    later.Learn(odd.shape, billed);
    CHECK(later.Snapshot().weights == before);
  }
}

TEST_CASE("token forecast: a tokenizer unlike all others is believed from its second bill on") {
  const auto texts = Corpus(Kind::kEnglish);
  const Tokenizer bytes = [](std::string_view text) { return text.size(); };
  Estimator estimator;
  Learn(estimator, texts, kFirstTexts, bytes);
  CHECK(IsWithinTenPercent(Ratio(estimator, BillOf(texts, kFirstTexts, kTexts, bytes))));
}

TEST_CASE("token forecast: a provider that begins to count otherwise is followed") {
  const auto texts = Corpus(Kind::kEnglish);
  const Tokenizer thrice = [](std::string_view text) { return 3 * testing::Greedy(text) / 4; };
  Estimator estimator;
  Learn(estimator, texts, kTexts, testing::Greedy);
  Learn(estimator, texts, kTexts, thrice);
  CHECK(IsWithinTenPercent(Ratio(estimator, BillOf(texts, 0, kTexts, thrice))));
}

TEST_CASE("token forecast: no weight is ever negative") {
  for (const auto& [name, tokenizer] : kTokenizers) {
    const auto texts = Corpus(Kind::kMixed, 3, 300);
    Estimator estimator;
    for (std::size_t end = 30; end <= texts.size(); end += 30) {
      Learn(estimator, texts, end, tokenizer);
      const auto weights = estimator.Snapshot().weights;
      REQUIRE(*std::min_element(weights.begin(), weights.end()) >= 0);
    }
  }
}

}  // namespace
}  // namespace reembed
