// The rule `average` from the command line to the stored vector.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fixture.h"
#include "reembed/core/token_estimate.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr int kDimensions = 64;
constexpr const char* kAverage =
    R"({"docs": {"embedding_field": "vec", "text_fields": ["title"], "on_long_text": "average"}})";

// About `tokens` tokens of the sandbox, and different words all along.
std::string LongText(std::size_t tokens) {
  std::string text;
  for (std::size_t i = 0; text.size() < 4 * tokens; ++i) {
    text += (i == 0 ? "" : " ") + std::string("order") + std::to_string(i) + " from region" +
            std::to_string(i % 17);
  }
  return text;
}

void AddDocuments(Stage& stage, const std::vector<std::string>& titles) {
  stage.options.empty = true;
  std::string lines;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Json document = {{"id", "d" + std::to_string(i)}, {"title", titles[i]}};
    lines += document.dump() + "\n";
  }
  stage.AddCollection("docs", kDimensions, lines);
  stage.Configure(kAverage);
}

// The inputs that got vectors, in the order of the text that they are parts of.
std::vector<std::string> PartsOf(Stage& stage, const std::string& text) {
  std::vector<std::string> parts;
  for (const auto& [part, times] : stage.sandbox().provider().history().texts_billed()) {
    if (text.find(part) != std::string::npos && times == 1) parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end(), [&](const std::string& a, const std::string& b) {
    return text.find(a) < text.find(b);
  });
  return parts;
}

std::vector<float> MeanOfParts(const std::vector<std::string>& parts) {
  std::vector<double> sum(kDimensions, 0.0);
  for (const std::string& part : parts) {
    const auto weight = static_cast<double>(TokenEstimate{}.TokensIn(part));
    const std::vector<float> vector = OpenAiVector(part, kDimensions);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      sum[i] += weight * static_cast<double>(vector[i]);
    }
  }
  double squares = 0;
  for (const double value : sum) squares += value * value;
  std::vector<float> mean;
  for (const double value : sum) mean.push_back(static_cast<float>(value / std::sqrt(squares)));
  return mean;
}

double Distance(const std::vector<float>& a, const std::vector<float>& b) {
  double squares = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const double difference = static_cast<double>(a.at(i)) - static_cast<double>(b.at(i));
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("average: a text of three times the limit gets the mean of its parts") {
  Stage stage;
  const std::string text = LongText(3 * 8192);
  AddDocuments(stage, {text});
  const Json report = stage.RunForReport({"--dimensions", "64"});
  CHECK(report.at("exit_code") == 0);
  const std::vector<std::string> parts = PartsOf(stage, text);
  CHECK(parts.size() >= 3);
  std::string whole;
  for (const std::string& part : parts) whole += part;
  CHECK(whole == text);
  const Documents documents = stage.Export("docs");
  CHECK(Distance(StoredVector(documents.at("d0"), "vec"), MeanOfParts(parts)) < 1e-5);
  CHECK(report.dump().find("\"truncated\":1") == std::string::npos);
}

TEST_CASE("average: long texts among others, and each vector is its own") {
  Stage stage;
  std::vector<std::string> titles;
  for (int i = 0; i < 40; ++i) titles.push_back("short text " + std::to_string(i));
  titles.push_back("another " + LongText(2 * 8192));
  titles.push_back("the last " + LongText(4 * 8192));
  AddDocuments(stage, titles);
  const Ended ended = stage.Run({"--dimensions", "64"});
  CHECK(ended.exit_code == 0);
  const Documents documents = stage.Export("docs");
  CHECK(RightVectors(documents, kDimensions) == 40);
  for (const char* id : {"d40", "d41"}) {
    const std::string title = documents.at(id).at("title");
    const auto parts = PartsOf(stage, title);
    CAPTURE(id, parts.size());
    // The shares are as learned by then, so not quite those of the start.
    CHECK(Distance(StoredVector(documents.at(id), "vec"), MeanOfParts(parts)) < 0.02);
  }
  const Ended again = stage.Run({"--dimensions", "64"});
  CHECK(again.exit_code == 0);
}

TEST_CASE("average: a part that is refused fails the text, which keeps its old vector") {
  Stage stage;
  stage.options.provider.modes.refuse_text = "poison";
  AddDocuments(stage, {LongText(2 * 8192) + " poison", "sound"});
  const Ended ended = stage.Run({"--dimensions", "64"});
  CHECK(ended.exit_code == 3);
  const Documents documents = stage.Export("docs");
  CHECK_FALSE(documents.at("d0").contains("vec"));
  CHECK(StoredVector(documents.at("d1"), "vec") == OpenAiVector("sound", kDimensions));
}
