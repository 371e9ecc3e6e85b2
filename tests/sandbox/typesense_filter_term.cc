#include <algorithm>
#include <charconv>
#include <limits>

#include "tests/sandbox/typesense_filter.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Unquoted(const std::string& text) {
  std::string plain = Trim(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '`'), plain.end());
  return plain;
}

// The values of `a` or of `[a, b]`, whose commas may be quoted.
std::vector<std::string> Values(const std::string& text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {Unquoted(text)};
  std::vector<std::string> values(1);
  bool quoted = false;
  for (const char c : text.substr(1, text.size() - 2)) {
    if (c == '`') quoted = !quoted;
    if (c == ',' && !quoted) {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  std::transform(values.begin(), values.end(), values.begin(), Unquoted);
  return values;
}

// Removes a prefix and the spaces after it.
bool TakePrefix(std::string& text, const std::string& prefix) {
  if (text.compare(0, prefix.size(), prefix) != 0) return false;
  text = Trim(text.substr(prefix.size()));
  return true;
}

bool ReadNumber(const std::string& text, double& number) {
  const std::string trimmed = Trim(text);
  const char* const end = trimmed.data() + trimmed.size();
  const auto [stop, error] = std::from_chars(trimmed.data(), end, number);
  return error == std::errc() && stop == end && !trimmed.empty();
}

bool ReadRange(std::string text, FilterTerm::Range& range) {
  range = {-kInfinity, kInfinity, false, false};
  if (TakePrefix(text, ">=")) return ReadNumber(text, range.low);
  if (TakePrefix(text, "<=")) return ReadNumber(text, range.high);
  range.open_low = TakePrefix(text, ">");
  if (range.open_low) return ReadNumber(text, range.low);
  range.open_high = TakePrefix(text, "<");
  if (range.open_high) return ReadNumber(text, range.high);
  TakePrefix(text, "=");
  const std::size_t dots = text.find("..");
  if (dots != std::string::npos) {
    return ReadNumber(text.substr(0, dots), range.low) &&
           ReadNumber(text.substr(dots + 2), range.high);
  }
  const bool read = ReadNumber(text, range.low);
  range.high = range.low;
  return read;
}

ApiError FieldProblem(const std::string& field, const std::string& text) {
  return ApiError{400, "Error with filter field `" + field + "`: " + text};
}

Outcome<FilterTerm> NumberTerm(FilterTerm term, std::string value) {
  term.kind = FilterTerm::Kind::kNumber;
  term.negated = TakePrefix(value, "!=");
  for (const std::string& each : Values(value)) {
    FilterTerm::Range range;
    if (!ReadRange(each, range)) {
      return FieldProblem(term.field, "Numerical field has an invalid comparator.");
    }
    term.ranges.push_back(range);
  }
  return term;
}

// Reads `=`, `!=` and the words behind; strings and ids.
void ReadWords(FilterTerm& term, std::string value) {
  term.negated = TakePrefix(value, "!=");
  term.exact = term.negated || TakePrefix(value, "=");
  if (!term.negated && TakePrefix(value, "!")) term.negated = true;
  term.words = Values(value);
}

Outcome<FilterTerm> BoolTerm(FilterTerm term, const std::string& value) {
  term.kind = FilterTerm::Kind::kBool;
  ReadWords(term, value);
  const bool good = std::all_of(term.words.begin(), term.words.end(), [](const std::string& word) {
    return word == "true" || word == "false";
  });
  if (good) return term;
  return ApiError{400, "Value of filter field `" + term.field + "` must be `true` or `false`."};
}

Outcome<FilterTerm> WordTerm(FilterTerm term, const std::string& value) {
  if (Trim(value).empty()) return FieldProblem(term.field, "Filter value cannot be empty.");
  ReadWords(term, value);
  term.any = term.kind == FilterTerm::Kind::kId && value == "*";
  return term;
}

bool IsNumeric(const std::string& type) {
  return type == "int32" || type == "int64" || type == "float";
}

}  // namespace

Outcome<FilterTerm> ParseFilterTerm(const std::string& operand, const Schema& schema) {
  const std::size_t colon = operand.find(':');
  if (colon == std::string::npos) return ApiError{400, "Could not parse the filter query."};
  FilterTerm term;
  term.field = Trim(operand.substr(0, colon));
  const std::string value = Trim(operand.substr(colon + 1));
  if (term.field == "id") return WordTerm(std::move(term), value);
  const Field* const field = schema.Find(term.field);
  if (field == nullptr) {
    return ApiError{400, "Could not find a filter field named `" + term.field + "` in the schema."};
  }
  if (field->IsVector()) {
    return ApiError{400, "Cannot filter on vector field `" + term.field + "`."};
  }
  if (!field->index) {
    return ApiError{400, "Cannot filter on non-indexed field `" + term.field + "`."};
  }
  if (IsNumeric(field->ElementType())) return NumberTerm(std::move(term), value);
  if (field->ElementType() == "bool") return BoolTerm(std::move(term), value);
  term.kind = FilterTerm::Kind::kString;
  return WordTerm(std::move(term), value);
}

}  // namespace reembed::sandbox
