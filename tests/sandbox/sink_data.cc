#include "tests/sandbox/sink_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>

namespace reembed::sandbox {
namespace {

constexpr std::size_t kBodies = 64;
constexpr std::size_t kTextBytes = 1000;
constexpr std::size_t kTitleBytes = 50;
constexpr std::uint64_t kOldSeed = 1;
constexpr std::uint64_t kNewSeed = 2;
constexpr std::uint64_t kTextSeed = 3;

// As they stand in JSON: some escapes, some letters of more than one byte.
constexpr std::array<std::string_view, 24> kWords = {
    "orders",         "region",        "month",    "revenue",   "customer", "invoice",
    "table",          R"(\"column\")", "join",     "count",     "average",  "total",
    "caf\xC3\xA9",    "week",          "product",  R"(line\n)", "supplier", "price",
    "M\xC3\xBCnchen", "return",        "shipment", R"(a\\b)",   "city",     "segment"};

// Words up to a length, separated by spaces; the same for a seed on every machine.
std::string Words(std::mt19937& dice, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    if (!text.empty()) text += ' ';
    text += kWords[dice() % kWords.size()];
  }
  return text;
}

// Of chance and of length 1, as models return them.
std::vector<float> MakeVector(std::mt19937& dice, std::size_t dimensions) {
  std::normal_distribution<double> normal;
  std::vector<double> numbers(dimensions);
  double squares = 0;
  for (double& x : numbers) {
    x = normal(dice);
    squares += x * x;
  }
  std::vector<float> vector;
  for (const double x : numbers) vector.push_back(static_cast<float>(x / std::sqrt(squares)));
  return vector;
}

std::vector<std::vector<float>> MakeVectors(std::uint64_t seed, std::size_t dimensions) {
  std::mt19937 dice(static_cast<std::mt19937::result_type>(seed));
  std::vector<std::vector<float>> vectors;
  while (vectors.size() < SinkData::kVectors) vectors.push_back(MakeVector(dice, dimensions));
  return vectors;
}

std::string ToJson(const std::vector<float>& vector) {
  std::string json = "[";
  std::array<char, 32> digits{};
  for (const float x : vector) {
    if (json.size() > 1) json += ',';
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
    json.append(digits.data(), end);
  }
  return json += ']';
}

std::string ToBase64(const std::vector<float>& vector) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < here ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= here ? kLetters[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace

SinkData::SinkData(std::size_t dimensions)
    : old_(MakeVectors(kOldSeed, dimensions)), new_(MakeVectors(kNewSeed, dimensions)) {
  for (std::size_t i = 0; i < kVectors; ++i) {
    old_json_.push_back(ToJson(old_[i]));
    new_json_.push_back(ToJson(new_[i]));
    base64_.push_back(ToBase64(new_[i]));
  }
  std::mt19937 dice(kTextSeed);
  for (std::size_t i = 0; i < kBodies; ++i) {
    titles_.push_back(Words(dice, kTitleBytes));
    texts_.push_back(Words(dice, kTextBytes));
  }
}

void SinkData::AppendTitle(std::string& out, std::size_t number) const {
  out += "No. ";
  out += std::to_string(number);
  out += ", ";
  out += titles_[number % kBodies];
}

void SinkData::AppendDocument(std::string& out, std::size_t number, SinkFields fields,
                              std::string_view vector) const {
  out += R"({"id":"d)";
  out += std::to_string(number);
  out += '"';
  if (fields.text) {
    out += R"(,"text":")";
    out += texts_[number % kBodies];
    out += '"';
  }
  if (fields.title) {
    out += R"(,"title":")";
    AppendTitle(out, number);
    out += '"';
  }
  if (fields.vec && !vector.empty()) {
    out += R"(,"vec":)";
    out += vector;
  }
  out += '}';
}

void SinkData::AppendSentText(std::string& out, std::size_t number) const {
  AppendTitle(out, number);
  out += ", ";
  out += texts_[number % kBodies];
}

std::size_t NumberIn(std::string_view text) {
  const auto from = text.find_first_of("0123456789");
  std::size_t number = 0;
  if (from != std::string_view::npos) {
    std::from_chars(text.data() + from, text.data() + text.size(), number);
  }
  return number;
}

}  // namespace reembed::sandbox
