// A byte that chooses the field, then a document as the server exports it.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "reembed/core/spliced_document.h"
#include "reembed/core/stored_field.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;
using nlohmann::json;

namespace {

constexpr std::string_view kValue = "[0.5,1e-07,-1]";

struct Field {
  std::string name;
  bool nested;
  std::vector<std::string> path;
};

// What the server's library makes of a text; discarded where two keys of an object are equal, which
// the server never sends.
json Parsed(std::string_view document) {
  std::vector<std::set<std::string>> keys;
  bool twice = false;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      twice |= !keys.back().insert(value.get<std::string>()).second;
    }
    return true;
  };
  json parsed = json::parse(document, watch, /*allow_exceptions=*/false);
  return twice ? json(json::value_t::discarded) : parsed;
}

// Sets the field in a parsed document; false when an object on its path is something else.
bool Set(json& document, const std::vector<std::string>& path) {
  json* at = &document;
  for (const std::string& key : path) {
    if (at->is_null()) *at = json::object();
    if (!at->is_object()) return false;
    at = &(*at)[key];
  }
  *at = json::parse(kValue);
  return true;
}

// True when every object around the field is there already.
bool HasParents(const json& document, const std::vector<std::string>& path) {
  const json* at = &document;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (!at->is_object() || !at->contains(path[i])) return false;
    at = &(*at)[path[i]];
  }
  return at->is_object();
}

// The library takes a NUL for the end and passes over a byte order mark; the other one ends at
// 1,024 levels.
bool Comparable(std::string_view document) {
  const auto opened = std::count(document.begin(), document.end(), '[') +
                      std::count(document.begin(), document.end(), '{');
  return document.find('\0') == std::string_view::npos && !document.starts_with("\xEF\xBB\xBF") &&
         opened < 1000;
}

void CheckHash(std::string_view document, const std::string& with, const Field& field) {
  const auto before = HashWithoutField(document, field.name, field.nested);
  const auto after = HashWithoutField(with, field.name, field.nested);
  fuzz::Require(before.ok() && after.ok() && *before == *after, "a copy hashes like its original",
                with);
}

void CheckNull(std::string_view document, const json& parsed, const Field& field) {
  constexpr std::string_view kOther = "of nobody";
  if (parsed.contains(kOther)) return;
  const auto noted = WithField(document, kOther, false, "null");
  fuzz::Require(noted.ok(), "a key can be added to an object", document);
  const auto before = HashWithoutField(document, field.name, field.nested);
  const auto after = HashWithoutField(*noted, field.name, field.nested);
  fuzz::Require(before.ok() && after.ok() && *before == *after, "a null changes no hash", *noted);
}

void CheckObject(std::string_view document, const json& parsed, const Field& field,
                 const Result<std::string>& with, const Result<std::string>& without) {
  fuzz::Require(without.ok(), "an object can be read", document);
  json changed = parsed;
  fuzz::Require(Set(changed, field.path) == with.ok(), "a field can be set among objects only",
                document);
  CheckNull(document, parsed, field);
  if (!with.ok()) return;
  fuzz::Require(Parsed(*with) == changed, "only the field is changed", *with);
  CheckHash(document, *with, field);
  if (!HasParents(parsed, field.path)) return;
  const auto again = WithoutField(*with, field.name, field.nested);
  fuzz::Require(again.ok() && *again == *without, "a field that was set goes without a trace",
                *with);
  StoredField gone;
  fuzz::Require(ReadStoredField(*again, field.name, field.nested, gone).ok() &&
                    gone.kind == FieldKind::kAbsent,
                "a field that is cut off is absent", *again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<Field, 4> kFields = {{{"vec", false, {"vec"}},
                                                {"meta.vec", true, {"meta", "vec"}},
                                                {"a.b.c", true, {"a", "b", "c"}},
                                                {"meta.vec", false, {"meta.vec"}}}};
  fuzz::Input input(data, size);
  const Field& field = kFields.at(input.Choice(kFields.size()));
  const std::string_view document = input.Rest();
  const auto with = WithField(document, field.name, field.nested, kValue);
  const auto without = WithoutField(document, field.name, field.nested);
  if (!with.ok()) fuzz::RequireMessage(with.error().message);
  if (!without.ok()) fuzz::RequireMessage(without.error().message);
  if (!Comparable(document)) return 0;
  const json parsed = Parsed(document);
  if (parsed.is_object()) CheckObject(document, parsed, field, with, without);
  return 0;
}
