#include "tests/sandbox/typesense_filter.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

bool IsWordByte(unsigned char c) {
  return c >= 0x80 || std::isalnum(c) != 0;
}

// Whether one scalar of a document meets the term, its negation aside.
bool MeetsNumber(const FilterTerm& term, const json& value) {
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  return std::any_of(term.ranges.begin(), term.ranges.end(), [number](const auto& range) {
    const bool above = range.open_low ? number > range.low : number >= range.low;
    const bool below = range.open_high ? number < range.high : number <= range.high;
    return above && below;
  });
}

bool MeetsBool(const FilterTerm& term, const json& value) {
  if (!value.is_boolean()) return false;
  const char* const word = value.get<bool>() ? "true" : "false";
  return std::find(term.words.begin(), term.words.end(), word) != term.words.end();
}

bool MeetsString(const FilterTerm& term, const json& value) {
  if (!value.is_string()) return false;
  const std::vector<std::string> tokens = Tokens(value.get_ref<const std::string&>());
  return std::any_of(term.words.begin(), term.words.end(), [&](const std::string& word) {
    const std::vector<std::string> wanted = Tokens(word);
    if (term.exact) return tokens == wanted;
    return std::search(tokens.begin(), tokens.end(), wanted.begin(), wanted.end()) != tokens.end();
  });
}

bool MeetsScalar(const FilterTerm& term, const json& value) {
  switch (term.kind) {
    case FilterTerm::Kind::kNumber:
      return MeetsNumber(term, value);
    case FilterTerm::Kind::kBool:
      return MeetsBool(term, value);
    default:
      return MeetsString(term, value);
  }
}

bool MeetsValue(const FilterTerm& term, const json& value) {
  if (!value.is_array()) return MeetsScalar(term, value);
  return std::any_of(value.begin(), value.end(),
                     [&](const json& element) { return MeetsScalar(term, element); });
}

bool MeetsId(const FilterTerm& term, const Document& document) {
  return term.any ||
         std::find(term.words.begin(), term.words.end(), document.id()) != term.words.end();
}

bool MeetsMoved(const FilterTerm& term, const Floats& values) {
  return std::any_of(values.begin(), values.end(),
                     [&](float value) { return MeetsNumber(term, json(value)); });
}

bool MeetsField(const FilterTerm& term, const Document& document, bool nested) {
  if (const SharedFloats moved = document.Moved(term.field)) return MeetsMoved(term, *moved);
  if (!nested) {
    const auto found = document.keys().find(term.field);
    return found != document.keys().end() && MeetsValue(term, *found);
  }
  const auto values = ValuesAt(document.keys(), term.field);
  return std::any_of(values.begin(), values.end(),
                     [&](const json* value) { return MeetsValue(term, *value); });
}

}  // namespace

std::vector<std::string> Tokens(const std::string& text) {
  std::vector<std::string> tokens;
  bool inside = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = IsWordByte(byte);
    if (word && !inside) tokens.emplace_back();
    if (word) tokens.back() += byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c;
    inside = word;
  }
  return tokens;
}

bool Matches(const Filter& filter, const Document& document, bool nested) {
  if (filter.kind == Filter::Kind::kAnd) {
    return Matches(*filter.left, document, nested) && Matches(*filter.right, document, nested);
  }
  if (filter.kind == Filter::Kind::kOr) {
    return Matches(*filter.left, document, nested) || Matches(*filter.right, document, nested);
  }
  const bool met = filter.term.kind == FilterTerm::Kind::kId
                       ? MeetsId(filter.term, document)
                       : MeetsField(filter.term, document, nested);
  return met != filter.term.negated;
}

std::optional<std::vector<std::string>> CandidateIds(const Filter& filter) {
  if (filter.kind == Filter::Kind::kTerm) {
    const FilterTerm& term = filter.term;
    const bool lists = term.kind == FilterTerm::Kind::kId && !term.negated && !term.any;
    return lists ? std::make_optional(term.words) : std::nullopt;
  }
  auto left = CandidateIds(*filter.left);
  if (filter.kind == Filter::Kind::kAnd && left) return left;
  auto right = CandidateIds(*filter.right);
  if (filter.kind == Filter::Kind::kAnd) return right;
  if (!left || !right) return std::nullopt;
  left->insert(left->end(), right->begin(), right->end());
  return left;
}

}  // namespace reembed::sandbox
