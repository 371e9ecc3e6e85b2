#include "reembed/core/spliced_document.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "reembed/base/text.h"

namespace reembed {
namespace {

namespace json = simdjson::ondemand;

// Where one key of the field's path stands in the document's text.
struct Member {
  std::size_t key = 0;    // of the quote that opens it
  std::size_t value = 0;  // where its value begins
  std::size_t end = 0;    // behind its value
};

// The members on the field's path, as far as they are there.
struct Found {
  std::size_t depth = 0;  // keys in the path
  std::size_t root_end = 0;
  std::vector<Member> members;

  bool whole() const { return members.size() == depth; }
};

Error NoDocument(std::string_view why) {
  return Error{.message = fmt::format("the document cannot be read as JSON: {}", why)};
}

Error BadBounds() {
  return NoDocument("a member of an object does not end as it should");
}

std::vector<std::string> PathOf(std::string_view field, bool nested) {
  std::vector<std::string> keys;
  for (auto dot = field.find('.'); nested && dot != std::string_view::npos; dot = field.find('.')) {
    keys.emplace_back(field.substr(0, dot));
    field.remove_prefix(dot + 1);
  }
  keys.emplace_back(field);
  return keys;
}

// The text of a value, which is walked over but not read: its numbers cost nothing.
std::string_view TextOf(json::value& value) {
  switch (value.type()) {
    case json::json_type::array: {
      json::array array = value.get_array();
      return TrimmedEnd(array.raw_json());
    }
    default:
      return TrimmedEnd(value.raw_json_token());
  }
}

// Walks to the end of each object even when the key is found, so that a cut document is noticed.
// The first of several equal keys counts, as for ReadStoredField.
void Walk(json::object object, const char* base, const std::vector<std::string>& path,
          std::vector<Member>& out) {
  const std::size_t level = out.size();
  const auto offset = [base](const char* at) { return static_cast<std::size_t>(at - base); };
  for (json::field entry : object) {
    const char* quote = entry.key().raw() - 1;
    if (out.size() > level || std::string_view(entry.unescaped_key()) != path[level]) continue;
    json::value value = entry.value();
    const bool is_object = value.type() == json::json_type::object;
    if (!is_object) {
      const std::string_view text = TextOf(value);
      out.push_back({offset(quote), offset(text.data()), offset(text.data() + text.size())});
      continue;
    }
    json::object inner = value.get_object();
    const std::string_view text = TrimmedEnd(inner.raw_json());
    out.push_back({offset(quote), offset(text.data()), offset(text.data() + text.size())});
    if (out.size() == path.size()) continue;
    // Taking the text walks over the object, hence the reset before its members are read.
    inner.reset();
    Walk(inner, base, path, out);
  }
}

Result<Found> Locate(std::string_view document, const std::vector<std::string>& path) {
  Found found;
  found.depth = path.size();
  found.root_end = TrimmedEnd(document).size();
  if (found.root_end == 0 || document[found.root_end - 1] != '}') {
    return NoDocument("it does not end as an object");
  }
  try {
    const simdjson::padded_string padded(document);
    json::parser parser;
    json::document root = parser.iterate(padded);
    Walk(root.get_object(), padded.data(), path, found.members);
    // There is a location as long as something is left to be read.
    if (root.current_location().error() == simdjson::SUCCESS) {
      return NoDocument("something follows the object");
    }
  } catch (const simdjson::simdjson_error& error) {
    return NoDocument(error.what());
  }
  return found;
}

// What stands around a member: the offsets behind the text before it and of the text after it.
struct Around {
  std::size_t before = 0;  // of a comma or of the bracket that opens the object
  std::size_t after = 0;   // of a comma or of the bracket that closes it
  bool first = false;
  bool last = false;
};

Result<Around> AroundOf(std::string_view document, const Member& member) {
  Around around;
  around.before = document.substr(0, member.key).find_last_not_of(kJsonBlanks);
  around.after = document.find_first_not_of(kJsonBlanks, member.end);
  if (around.before == std::string_view::npos || around.after == std::string_view::npos) {
    return BadBounds();
  }
  around.first = document[around.before] == '{';
  around.last = document[around.after] == '}';
  if (!around.first && document[around.before] != ',') return BadBounds();
  if (!around.last && document[around.after] != ',') return BadBounds();
  return around;
}

// One comma goes with the member: the one before it, or that of the first member behind it. So what
// WithField appends is cut off without a trace.
Result<std::string> Cut(std::string_view document, const Member& member) {
  const auto around = AroundOf(document, member);
  if (!around.ok()) return around.error();
  std::size_t begin = around->before + 1;
  std::size_t end = member.end;
  if (around->first && !around->last) {
    begin = member.key;
    end = document.find_first_not_of(kJsonBlanks, around->after + 1);
    if (end == std::string_view::npos) return BadBounds();
  } else if (!around->first) {
    begin = document.substr(0, around->before).find_last_not_of(kJsonBlanks) + 1;
  }
  std::string left;
  left.reserve(document.size() - (end - begin));
  left.append(document.substr(0, begin)).append(document.substr(end));
  return left;
}

std::string_view ValueText(std::string_view document, const Member& member) {
  return document.substr(member.value, member.end - member.value);
}

bool IsEmptyObject(std::string_view text) {
  return text.starts_with('{') && text.find_first_not_of(kJsonBlanks, 1) == text.size() - 1;
}

// `{"b":{"c":VALUE}}` for the keys from `from` on; just the value when there are none.
std::string Wrapped(const std::vector<std::string>& path, std::size_t from,
                    std::string_view value) {
  std::string text;
  for (std::size_t i = from; i < path.size(); ++i) {
    const nlohmann::json key = path[i];
    text += '{' + key.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + ':';
  }
  text += value;
  text.append(path.size() - from, '}');
  return text;
}

std::string Replaced(std::string_view document, const Member& member, std::string_view value) {
  std::string text;
  text.reserve(document.size() + value.size());
  text.append(document.substr(0, member.value)).append(value).append(document.substr(member.end));
  return text;
}

// Puts `member` (`"key":value`) behind the last of the object that ends before `object_end`.
std::string Appended(std::string_view document, std::size_t object_end, std::string_view member) {
  const std::size_t last = document.substr(0, object_end - 1).find_last_not_of(kJsonBlanks);
  std::string text;
  text.reserve(document.size() + member.size() + 1);
  text.append(document.substr(0, last + 1));
  if (document[last] != '{') text += ',';
  text.append(member).append(document.substr(last + 1));
  return text;
}

// The member whose absence makes the document one without the field: the field, and around it the
// objects that hold nothing else. Null when there is none.
Result<const Member*> PrunableMember(std::string_view document, const Found& found) {
  const auto& members = found.members;
  if (members.empty()) return nullptr;
  const std::string_view deepest = ValueText(document, members.back());
  if (!found.whole() && deepest != "null" && !IsEmptyObject(deepest)) return nullptr;
  std::size_t at = members.size() - 1;
  for (; at > 0; --at) {
    const auto around = AroundOf(document, members[at]);
    if (!around.ok()) return around.error();
    if (!around->first || !around->last) break;
  }
  return &members[at];
}

// Where the string that begins at `quote` ends; the end of the text when it does not.
std::size_t EndOfString(std::string_view text, std::size_t quote) {
  std::size_t at = quote + 1;
  while (at < text.size() && text[at] != '"') {
    const std::size_t step = text[at] == '\\' ? 2 : 1;
    at += step;
  }
  return std::min(at + 1, text.size());
}

// Copies a JSON text without the members of any object that are null, as if they had been cut out
// one by one. Of what is no JSON it makes something; it reads no byte outside.
class NullRemover {
 public:
  explicit NullRemover(std::string_view text) : text_(text) { copied_.reserve(text.size()); }

  std::string Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        CopyString();
      } else if (key_ && text_.substr(at_).starts_with(kNull)) {
        RemoveMember();
      } else {
        Copy(c);
      }
    }
    return std::move(copied_);
  }

 private:
  static constexpr std::string_view kNull = "null";

  void CopyString() {
    const std::size_t end = EndOfString(text_, at_);
    string_ = copied_.size();
    key_.reset();
    copied_.append(text_.substr(at_, end - at_));
    at_ = end;
  }

  void Copy(char c) {
    copied_ += c;
    ++at_;
    if (kJsonBlanks.find(c) != std::string_view::npos) return;
    key_ = c == ':' ? string_ : std::nullopt;
    string_.reset();
  }

  // One comma goes with it: the one before it, or that of the first member behind it.
  void RemoveMember() {
    at_ += kNull.size();
    copied_.resize(*key_);
    key_.reset();
    const std::size_t before = copied_.find_last_not_of(kJsonBlanks);
    if (before != std::string::npos && copied_[before] == ',') {
      copied_.resize(TrimmedEnd(std::string_view{copied_}.substr(0, before)).size());
      return;
    }
    const std::size_t comma = text_.find_first_not_of(kJsonBlanks, at_);
    if (comma == std::string_view::npos || text_[comma] != ',') {
      copied_.resize(before + 1);  // to the brace, as Cut does with a lone member
      return;
    }
    at_ = std::min(text_.find_first_not_of(kJsonBlanks, comma + 1), text_.size());
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::string copied_;
  // Offsets in `copied_`: of the string that was copied last, and of the key whose value is next.
  std::optional<std::size_t> string_, key_;
};

Result<TextHash> HashPruned(std::string_view document, const Found& found) {
  const auto prunable = PrunableMember(document, found);
  if (!prunable.ok()) return prunable.error();
  if (*prunable == nullptr) return HashText(document);
  const auto left = Cut(document, **prunable);
  if (!left.ok()) return left.error();
  return HashText(*left);
}

}  // namespace

Result<std::string> WithoutField(std::string_view document, std::string_view field, bool nested) {
  const auto found = Locate(document, PathOf(field, nested));
  if (!found.ok()) return found.error();
  if (!found->whole()) return std::string(document);
  return Cut(document, found->members.back());
}

Result<std::string> WithField(std::string_view document, std::string_view field, bool nested,
                              std::string_view value) {
  const std::vector<std::string> path = PathOf(field, nested);
  const auto found = Locate(document, path);
  if (!found.ok()) return found.error();
  const auto& members = found->members;
  if (found->whole()) return Replaced(document, members.back(), value);
  const std::string_view deepest =
      members.empty() ? std::string_view("{") : ValueText(document, members.back());
  if (deepest == "null") {
    return Replaced(document, members.back(), Wrapped(path, members.size(), value));
  }
  if (!deepest.starts_with('{')) {
    return Error{.kind = ErrorKind::kRefused,
                 .message = fmt::format("field `{}` cannot be set: `{}` is no object in this "
                                        "document",
                                        field, path[members.size() - 1])};
  }
  // The outermost of the braces is there already.
  const std::string member = Wrapped(path, members.size(), value);
  return Appended(document, members.empty() ? found->root_end : members.back().end,
                  std::string_view{member}.substr(1, member.size() - 2));
}

// A document without the objects around the field is one copy, the same with the field set in
// objects that had to be made is another: both are hashed as if neither object were there.
Result<TextHash> HashWithoutField(std::string_view document, std::string_view field, bool nested) {
  const std::vector<std::string> path = PathOf(field, nested);
  const auto found = Locate(document, path);
  if (!found.ok()) return found.error();
  const std::string_view behind =
      found->whole() ? document.substr(found->members.back().end) : std::string_view();
  const std::string_view before =
      found->whole() ? document.substr(0, found->members.back().value) : document;
  const bool has_null = before.find("null") != std::string_view::npos ||
                        behind.find("null") != std::string_view::npos;
  if (!has_null) return HashPruned(document, *found);
  // The field first: it is most of the document, and has nothing to be looked through for.
  std::string left(document);
  if (found->whole()) {
    auto cut = Cut(document, found->members.back());
    if (!cut.ok()) return cut.error();
    left = *std::move(cut);
  }
  left = NullRemover(left).Run();
  const auto rest = Locate(left, path);
  if (!rest.ok()) return rest.error();
  return HashPruned(left, *rest);
}

}  // namespace reembed
