#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/typesense_answer.h"
#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"

namespace reembed::sandbox {

// One `field:value` of a filter expression, understood against a schema.
struct FilterTerm {
  enum class Kind { kId, kString, kNumber, kBool };
  // A number compared with bounds; "2..4", ">5" and "3" all become one range.
  struct Range {
    double low = 0;
    double high = 0;
    bool open_low = false;  // low itself is outside
    bool open_high = false;
  };

  Kind kind = Kind::kId;
  std::string field;
  bool negated = false;
  bool exact = false;  // strings: all tokens and no others
  bool any = false;    // `id:*`
  std::vector<std::string> words;
  std::vector<Range> ranges;
};

// A filter expression: a term, or two expressions joined. `&&` and `||` bind alike and from left
// to right. Source: tests/data/transcripts/07-search-filters.json.
struct Filter {
  enum class Kind { kTerm, kAnd, kOr };
  Kind kind = Kind::kTerm;
  FilterTerm term;
  std::unique_ptr<Filter> left;
  std::unique_ptr<Filter> right;
};

// Parses `filter_by`; null for an empty one, and a refusal in the server's words.
Outcome<std::shared_ptr<const Filter>> ParseFilter(const std::string& text, const Schema& schema);

// Reads one operand of an expression.
Outcome<FilterTerm> ParseFilterTerm(const std::string& operand, const Schema& schema);

bool Matches(const Filter& filter, const Document& document, bool nested);

// The ids outside which nothing can match, if the expression says so; this spares a look at every
// document.
std::optional<std::vector<std::string>> CandidateIds(const Filter& filter);

// Lower-case words: letters, digits and every byte beyond ASCII.
std::vector<std::string> Tokens(const std::string& text);

}  // namespace reembed::sandbox
