// A byte that chooses the field, then a document as the server exports it.
#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>

#include "reembed/core/backup.h"
#include "reembed/core/source_text.h"
#include "reembed/core/stored_field.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;
using nlohmann::json;

namespace {

struct Field {
  std::string name;
  bool nested;
  std::size_t depth;
};

bool SameNumber(const json& a, const json& b) {
  return a.type() == b.type() && std::bit_cast<std::uint64_t>(a.get<double>()) ==
                                     std::bit_cast<std::uint64_t>(b.get<double>());
}

// The same when sent to the server: its JSON library is this one.
void RequireSame(const StoredField& field, const std::string& restored) {
  const json before = json::parse(field.json, nullptr, false);
  const json after = json::parse(restored, nullptr, false);
  fuzz::Require(!after.is_discarded(), "a backup is JSON", restored);
  fuzz::Require(before.dump(-1, ' ', true, json::error_handler_t::replace) ==
                    after.dump(-1, ' ', true, json::error_handler_t::replace),
                "a backup exports as before", restored);
  if (field.kind != FieldKind::kVector) return;
  fuzz::Require(before.size() == after.size() && before.size() == field.vector.size(),
                "a backup has as many numbers");
  for (std::size_t i = 0; i < before.size(); ++i) {
    fuzz::Require(SameNumber(before[i], after[i]), "each number is the same", restored);
  }
}

void CheckBackup(const StoredField& stored, const Field& field) {
  const FieldBackup backup = EncodeBackup(stored);
  const auto value = DecodeBackup(backup, field.depth);
  // Numbers that no double holds can be read and not sent; the server refuses them too.
  const bool sendable = stored.kind == FieldKind::kAbsent || json::accept(stored.json);
  if (!value.ok()) {
    fuzz::RequireMessage(value.error().message);
    fuzz::Require(!sendable, "what can be sent comes back", stored.json);
    return;
  }
  fuzz::Require(value->levels < field.depth, "the level is one of the path's");
  if (stored.kind == FieldKind::kAbsent) {
    fuzz::Require(value->json == "null", "absent comes back as null", value->json);
    fuzz::Require(value->levels == stored.levels_there, "absent comes back at its level");
  } else {
    RequireSame(stored, value->json);
  }
}

// Whatever the server's library takes as an object can be read.
void RequireReadable(std::string_view document, const Status& read) {
  constexpr std::ptrdiff_t kDeep = 1000;  // simdjson ends at 1,024 levels
  // The library takes a NUL for the end, and passes over a byte order mark.
  const bool odd =
      document.find('\0') != std::string_view::npos || document.starts_with("\xEF\xBB\xBF");
  const auto opened = std::count(document.begin(), document.end(), '[') +
                      std::count(document.begin(), document.end(), '{');
  if (read.ok() || opened > kDeep || odd) return;
  fuzz::Require(!json::parse(document, nullptr, false).is_object(), "an object can be read",
                read.error().message);
}

void CheckSourceText(std::string_view document) {
  TextRule joined;
  joined.fields = {"title", "meta.a", "n"};
  TextRule filled = joined;
  filled.text_template = "{title}: {meta.a} {{{n}}}";
  for (const TextRule& rule : {joined, filled}) {
    const auto text = ComposeSourceText(rule, document);
    if (!text.ok()) fuzz::RequireMessage(text.error().message);
    fuzz::Require(!text.ok() || IsUtf8(*text), "a source text is UTF-8");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<Field, 3> kFields = {
      {{"vec", false, 1}, {"meta.vec", true, 2}, {"a.b.c", true, 3}}};
  fuzz::Input input(data, size);
  const Field& field = kFields.at(input.Choice(kFields.size()));
  StoredField stored;
  const Status read = ReadStoredField(input.Rest(), field.name, field.nested, stored);
  RequireReadable(input.Rest(), read);
  if (read.ok()) {
    CheckBackup(stored, field);
  } else {
    fuzz::RequireMessage(read.error().message);
  }
  CheckSourceText(input.Rest());
  return 0;
}
