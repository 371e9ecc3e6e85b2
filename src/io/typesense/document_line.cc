#include "src/io/typesense/document_line.h"

#include <simdjson.h>

#include <cstddef>

#include "reembed/core/plain_object.h"

namespace reembed {

namespace ondemand = simdjson::ondemand;

struct DocumentLineReader::Parser {
  ondemand::parser parser;
};

namespace {

// Goes through to the closing brace: half an object may well begin with its id.
bool ReadId(ondemand::document& line, std::string& id) {
  bool found = false;
  for (ondemand::field field : line.get_object()) {
    if (!(field.key() == "id")) continue;
    id = std::string_view(field.value().get_string());
    found = true;
  }
  // Text behind the object would be a second one, or an error that was glued to it.
  return found && line.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

// The same for a line that is plain; false when it takes a whole parser.
bool ReadPlainId(std::string_view line, std::string& id) {
  PlainObject object(line);
  bool found = false;
  for (;;) {
    const PlainObject::Step step = object.Next();
    if (step == PlainObject::Step::kOdd) return false;
    if (step == PlainObject::Step::kEnd) break;
    if (object.key() != "id") continue;
    if (object.value().front() != '"') return false;
    id.clear();
    if (!AppendUnescaped(id, object.value())) return false;
    found = true;
  }
  return found && object.AtEnd() && simdjson::validate_utf8(line.data(), line.size());
}

}  // namespace

DocumentLineReader::DocumentLineReader() : parser_(std::make_unique<Parser>()) {}

DocumentLineReader::~DocumentLineReader() = default;

const Document* DocumentLineReader::Read(std::string_view line) {
  std::string& json = document_.json;
  // simdjson reads a few bytes past the end.
  if (json.capacity() < line.size() + simdjson::SIMDJSON_PADDING) {
    json.reserve(line.size() + simdjson::SIMDJSON_PADDING);
  }
  json = line;
  if (ReadPlainId(json, document_.id)) return &document_;
  try {
    ondemand::document parsed =
        parser_->parser.iterate(json.data(), json.size(), json.capacity()).value();
    return ReadId(parsed, document_.id) ? &document_ : nullptr;
  } catch (const simdjson::simdjson_error&) {
    return nullptr;
  }
}

}  // namespace reembed
