#include "json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"
#include "secrets_in_file.h"

namespace reembed {
namespace {

constexpr std::size_t kMaxDepth = 64;

std::string PointerPart(std::string_view key) {
  if (LooksLikeSecret(key)) return "***";
  std::string part;
  for (const char c : key) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return EscapeControl(part);
}

// The library's messages end with the text read last, which may be part of a key: only what
// stands before it is kept.
std::string ReasonOf(std::string_view what) {
  if (what.find("number overflow") != std::string_view::npos) return "a number is out of range";
  const auto dash = what.find(" - ");
  if (dash == std::string_view::npos) return "not JSON";
  what.remove_prefix(dash + 3);
  return std::string(what.substr(0, what.find("; last read")));
}

// Receives the events of the parser and builds the tree.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(const NamedText& file) : file_(file) {}

  JsonText Take() && { return {std::move(root_), std::move(problems_)}; }

  bool null() override { return Leaf({}); }
  bool boolean(bool value) override {
    return Leaf({.type = JsonValue::Type::kBool, .boolean = value});
  }
  bool number_integer(number_integer_t value) override {
    return number_float(static_cast<double>(value), {});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number_float(static_cast<double>(value), {});
  }
  bool number_float(number_float_t value, const string_t&) override {
    return Leaf({.type = JsonValue::Type::kNumber, .number = value});
  }
  bool string(string_t& value) override {
    return Leaf({.type = JsonValue::Type::kString, .text = value});
  }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& value) override {
    key_ = value;
    return true;
  }
  bool start_object(std::size_t) override { return Open(JsonValue::Type::kObject); }
  bool start_array(std::size_t) override { return Open(JsonValue::Type::kArray); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    ReportAt(position, ReasonOf(error.what()));
    return false;
  }

 private:
  void ReportAt(std::size_t position, std::string reason) {
    const std::string_view text = file_.text;
    const std::size_t at = std::min(position == 0 ? 0 : position - 1, text.size());
    if (at < text.size() && (text[at] == '/' || text[at] == '#')) reason = "JSON has no comments";
    const std::string_view before = text.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string_view::npos ? at + 1 : at - newline;
    problems_.push_back(fmt::format("{}:{}:{}: not valid JSON: {}", file_.name, line, column,
                                    EscapeControl(reason)));
    root_.reset();
  }

  JsonValue Placed(JsonValue value) {
    if (open_.empty()) return value;
    const JsonValue& parent = open_.back();
    const bool member = parent.type == JsonValue::Type::kObject;
    value.key = member ? std::exchange(key_, {}) : std::string();
    value.pointer =
        fmt::format("{}/{}", parent.pointer,
                    member ? PointerPart(value.key) : std::to_string(parent.children.size()));
    if (member && parent.Find(value.key) != nullptr) {
      problems_.push_back(
          fmt::format("{}: {}: repeated key; keep one of them", file_.name, value.pointer));
    }
    return value;
  }

  void Attach(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else {
      open_.back().children.push_back(std::move(value));
    }
  }

  bool Leaf(JsonValue value) {
    Attach(Placed(std::move(value)));
    return true;
  }

  bool Open(JsonValue::Type type) {
    if (open_.size() == kMaxDepth) {
      problems_.push_back(fmt::format("{}: nested deeper than {} levels", file_.name, kMaxDepth));
      return false;
    }
    open_.push_back(Placed({.type = type}));
    return true;
  }

  bool Close() {
    JsonValue value = std::move(open_.back());
    open_.pop_back();
    Attach(std::move(value));
    return true;
  }

  const NamedText& file_;
  std::vector<JsonValue> open_;
  std::string key_;
  std::optional<JsonValue> root_;
  std::vector<std::string> problems_;
};

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  if (type != Type::kObject) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const JsonValue& child) { return child.key == name; });
  return found == children.end() ? nullptr : &*found;
}

JsonText ParseJsonText(const NamedText& file) {
  if (IsBlank(file.text)) return {{}, {file.name + ": the file is empty; it must hold an object"}};
  if (!IsUtf8(file.text)) return {{}, {file.name + ": the file is not valid UTF-8"}};
  TreeBuilder builder(file);
  nlohmann::json::sax_parse(file.text, &builder);
  return std::move(builder).Take();
}

}  // namespace reembed
