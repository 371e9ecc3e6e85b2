#include <cstddef>

#include "tests/sandbox/typesense_filter.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {
namespace {

constexpr std::size_t kMaxOperations = 100;

struct Token {
  enum class Kind { kOperand, kAnd, kOr, kOpen, kClose };
  Kind kind = Kind::kOperand;
  std::string text;
};

ApiError Unparsable() {
  return ApiError{400, "Could not parse the filter query."};
}

ApiError Unbalanced() {
  return ApiError{400, "Could not parse the filter query: unbalanced parentheses."};
}

// Cuts an expression into operands, operators and parentheses; quoted and bracketed text belongs
// to its operand.
class Lexer {
 public:
  explicit Lexer(const std::string& text) : text_(text) {}

  std::vector<Token> Run() {
    while (at_ < text_.size()) Step();
    Flush();
    return std::move(tokens_);
  }

 private:
  void Step() {
    const char c = text_[at_];
    if (c == '`') quoted_ = !quoted_;
    if (!quoted_ && c == '[') in_list_ = true;
    if (!quoted_ && c == ']') in_list_ = false;
    if (!quoted_ && !in_list_ && TakeSymbol()) return;
    operand_ += c;
    ++at_;
  }

  bool TakeSymbol() {
    if (text_.compare(at_, 2, "&&") == 0) return Push(Token::Kind::kAnd, 2);
    if (text_.compare(at_, 2, "||") == 0) return Push(Token::Kind::kOr, 2);
    // A parenthesis inside a value belongs to the value.
    if (text_[at_] == '(' && Trim(operand_).empty()) return Push(Token::Kind::kOpen, 1);
    return text_[at_] == ')' && Push(Token::Kind::kClose, 1);
  }

  bool Push(Token::Kind kind, std::size_t length) {
    Flush();
    tokens_.push_back({kind, ""});
    at_ += length;
    return true;
  }

  void Flush() {
    std::string operand = Trim(operand_);
    if (!operand.empty()) tokens_.push_back({Token::Kind::kOperand, std::move(operand)});
    operand_.clear();
  }

  const std::string& text_;
  std::size_t at_ = 0;
  bool quoted_ = false;
  bool in_list_ = false;
  std::string operand_;
  std::vector<Token> tokens_;
};

using Parsed = Outcome<std::unique_ptr<Filter>>;

class Parser {
 public:
  Parser(const std::vector<Token>& tokens, const Schema& schema)
      : tokens_(tokens), schema_(schema) {}

  Parsed Run() {
    Parsed parsed = Expression();
    if (parsed && at_ < tokens_.size()) {
      return Peek(Token::Kind::kClose) ? Unbalanced() : Unparsable();
    }
    return parsed;
  }

 private:
  bool Peek(Token::Kind kind) const { return at_ < tokens_.size() && tokens_[at_].kind == kind; }

  Parsed Expression() {
    Parsed left = Primary();
    while (left && (Peek(Token::Kind::kAnd) || Peek(Token::Kind::kOr))) {
      auto joined = std::make_unique<Filter>();
      joined->kind = Peek(Token::Kind::kAnd) ? Filter::Kind::kAnd : Filter::Kind::kOr;
      ++at_;
      Parsed right = Primary();
      if (!right) return right;
      joined->left = std::move(*left);
      joined->right = std::move(*right);
      left = std::move(joined);
    }
    return left;
  }

  Parsed Primary() {
    if (Peek(Token::Kind::kOpen)) return Group();
    if (!Peek(Token::Kind::kOperand)) return Unparsable();
    Outcome<FilterTerm> term = ParseFilterTerm(tokens_[at_++].text, schema_);
    if (!term) return term.error();
    auto filter = std::make_unique<Filter>();
    filter->term = std::move(*term);
    return filter;
  }

  Parsed Group() {
    ++at_;
    Parsed inner = Expression();
    if (inner && !Peek(Token::Kind::kClose)) return Unbalanced();
    ++at_;
    return inner;
  }

  const std::vector<Token>& tokens_;
  const Schema& schema_;
  std::size_t at_ = 0;
};

std::size_t CountOperations(const std::vector<Token>& tokens) {
  std::size_t count = 0;
  for (const Token& token : tokens) {
    if (token.kind != Token::Kind::kOpen && token.kind != Token::Kind::kClose) ++count;
  }
  return count;
}

}  // namespace

Outcome<std::shared_ptr<const Filter>> ParseFilter(const std::string& text, const Schema& schema) {
  const std::vector<Token> tokens = Lexer(text).Run();
  if (tokens.empty()) return std::shared_ptr<const Filter>();
  if (CountOperations(tokens) > kMaxOperations) {
    return ApiError{400,
                    "`filter_by` has too many operations. Maximum allowed: 100. Use "
                    "`--filter-by-max-ops` command line argument to customize this value."};
  }
  Parsed parsed = Parser(tokens, schema).Run();
  if (!parsed) return parsed.error();
  return std::shared_ptr<const Filter>(std::move(*parsed));
}

}  // namespace reembed::sandbox
