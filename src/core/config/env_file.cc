#include <fmt/format.h>

#include <algorithm>

#include "reembed/base/text.h"
#include "reembed/core/config_sources.h"
#include "suggest.h"

namespace reembed {
namespace {

constexpr std::size_t kMaxProblems = 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error Bad(std::string why) {
  return Error{.kind = ErrorKind::kUsage, .message = std::move(why)};
}

bool IsName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool digit_first = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return !name.empty() && !digit_first && std::all_of(name.begin(), name.end(), allowed);
}

// A comment begins at a `#` after white space; elsewhere the sign belongs to the value.
std::string_view WithoutComment(std::string_view value) {
  for (auto at = value.find('#'); at != std::string_view::npos; at = value.find('#', at + 1)) {
    if (at > 0 && (value[at - 1] == ' ' || value[at - 1] == '\t')) return value.substr(0, at);
  }
  return value;
}

char Unescaped(char c) {
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  return c == 'r' ? '\r' : c;
}

struct QuotedValue {
  std::string value;
  std::string_view rest;  // what follows the closing quote
};

// `text` begins with the quote. Only double quotes know escapes, as in a shell.
Result<QuotedValue> ReadQuoted(std::string_view text) {
  const char quote = text.front();
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) return QuotedValue{std::move(value), text.substr(i + 1)};
    const bool escape = quote == '"' && text[i] == '\\' && i + 1 < text.size() &&
                        std::string_view("\"\\$`ntr").find(text[i + 1]) != std::string_view::npos;
    value += escape ? Unescaped(text[++i]) : text[i];
  }
  return Bad("the closing quote is missing");
}

Result<std::string> ReadValue(std::string_view text) {
  const std::string_view trimmed = Trimmed(text, kAsciiBlanks);
  if (!trimmed.starts_with('"') && !trimmed.starts_with('\'')) {
    return std::string(Trimmed(WithoutComment(text), kAsciiBlanks));
  }
  Result<QuotedValue> quoted = ReadQuoted(trimmed);
  if (!quoted.ok()) return quoted.error();
  if (!Trimmed(WithoutComment(quoted->rest), kAsciiBlanks).empty()) {
    return Bad("there is text after the closing quote");
  }
  return std::move(quoted->value);
}

// `NAME: `, unless it may be a piece of a secret that was broken over two lines.
std::string Shown(std::string_view name) {
  const bool usual = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a'; });
  return usual ? fmt::format("{}: ", name) : std::string();
}

// One line that is neither blank nor a comment.
Status ReadLine(std::string_view line, Variables& variables) {
  constexpr std::string_view kExport = "export";
  if (!IsUtf8(line) || line.find('\0') != std::string_view::npos) {
    return Bad("the line is not valid UTF-8 text");
  }
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return Bad("expected KEY=value");
  std::string_view name = Trimmed(line.substr(0, equals), kAsciiBlanks);
  if (name.starts_with(kExport) && name.size() > kExport.size() &&
      (name[kExport.size()] == ' ' || name[kExport.size()] == '\t')) {
    name = Trimmed(name.substr(kExport.size()), kAsciiBlanks);
  }
  if (!IsName(name)) {
    return Bad("the name before '=' must consist of letters, digits and '_', no digit first");
  }
  Result<std::string> value = ReadValue(line.substr(equals + 1));
  if (!value.ok()) return Bad(Shown(name) + value.error().message);
  variables.insert_or_assign(std::string(name), std::move(*value));
  return {};
}

}  // namespace

EnvFile ParseEnvFile(const NamedText& file) {
  EnvFile result;
  std::string_view rest = file.text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = Trimmed(rest.substr(0, rest.find('\n')), kAsciiBlanks);
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    if (line.empty() || line.front() == '#') continue;
    const Status read = ReadLine(line, result.variables);
    if (read.ok()) continue;
    result.problems.push_back(fmt::format("{}:{}: {}", file.name, number, read.error().message));
    if (result.problems.size() == kMaxProblems) {
      result.problems.push_back(file.name + ": too many bad lines, the rest was not read");
      break;
    }
  }
  return result;
}

}  // namespace reembed
