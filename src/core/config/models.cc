#include "reembed/core/models.h"

#include <algorithm>

#include "json_text.h"
#include "section_reader.h"

namespace reembed {
namespace {

constexpr NumberRange kLengthRange{1, 65'536};

Price ReadPrice(const SectionReader& reader) {
  reader.AllowOnly({"usd_per_million_tokens", "as_of"});
  Price price;
  Store(reader.Number("usd_per_million_tokens", {0, 1'000'000, false}),
        price.usd_per_million_tokens);
  Store(reader.Text("as_of", TextKind::kName), price.as_of);
  if (price.as_of.empty()) reader.Report("\"as_of\" is missing: the day the price was read");
  return price;
}

ModelFacts ReadModel(const SectionReader& reader, const std::string& file,
                     std::vector<std::string>& problems) {
  reader.AllowOnly({"native_dimensions", "min_dimensions", "accepts_dimensions",
                    "max_tokens_per_text", "normalized_when_shortened", "uses_task_type", "price"});
  ModelFacts facts;
  Store(reader.Number("native_dimensions", kLengthRange), facts.native_dimensions);
  if (!reader.Has("native_dimensions")) reader.Report("\"native_dimensions\" is missing");
  facts.min_dimensions = facts.native_dimensions;
  Store(reader.Number("min_dimensions", kLengthRange), facts.min_dimensions);
  if (facts.min_dimensions > facts.native_dimensions) {
    reader.Report("min_dimensions", "is above \"native_dimensions\"");
  }
  Store(reader.Flag("accepts_dimensions"), facts.accepts_dimensions);
  Store(reader.Number("max_tokens_per_text", {1, 1'000'000'000}), facts.max_tokens_per_text);
  Store(reader.Flag("normalized_when_shortened"), facts.normalized_when_shortened);
  Store(reader.Flag("uses_task_type"), facts.uses_task_type);
  if (const JsonValue* price = reader.Value("price")) {
    facts.price = ReadPrice(SectionReader(file, *price, problems));
  }
  return facts;
}

}  // namespace

Result<ModelCatalogue> ModelCatalogue::Parse(std::string_view json) {
  const NamedText file{"models.json", std::string(json)};
  JsonText text = ParseJsonText(file);
  std::vector<std::string> problems = text.problems;
  ModelCatalogue catalogue;
  const JsonValue root = text.root.value_or(JsonValue{.type = JsonValue::Type::kObject});
  const SectionReader top(file.name, root, problems);
  for (const JsonValue& family : root.children) {
    const SectionReader section(file.name, family, problems);
    for (const JsonValue& model : family.children) {
      const SectionReader reader(file.name, model, problems);
      catalogue.models_.insert_or_assign({family.key, model.key},
                                         ReadModel(reader, file.name, problems));
    }
  }
  if (problems.empty()) return catalogue;
  return Error{.kind = ErrorKind::kUsage, .message = problems.front()};
}

const ModelFacts* ModelCatalogue::Find(std::string_view family, std::string_view model) const {
  const auto found = models_.find({std::string(family), std::string(model)});
  return found == models_.end() ? nullptr : &found->second;
}

}  // namespace reembed
