#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "file_settings.h"
#include "reembed/base/text.h"
#include "reembed/core/source_text.h"
#include "suggest.h"

namespace reembed {
namespace {

template <typename Value, std::size_t kSize>
using Words = std::array<std::pair<std::string_view, Value>, kSize>;

constexpr Words<EmptyTextRule, 2> kEmptyTextRules = {
    {{"fail", EmptyTextRule::kFail}, {"skip", EmptyTextRule::kSkip}}};
constexpr Words<LongTextRule, 3> kLongTextRules = {{{"truncate", LongTextRule::kTruncate},
                                                    {"fail", LongTextRule::kFail},
                                                    {"average", LongTextRule::kAverage}}};
constexpr Words<StrategyChoice, 4> kStrategies = {{{"auto", StrategyChoice::kAuto},
                                                   {"in-place", StrategyChoice::kInPlace},
                                                   {"rebuild", StrategyChoice::kRebuild},
                                                   {"alias", StrategyChoice::kAlias}}};

void ReadTemplate(const SectionReader& reader, TextRule& rule) {
  const auto text = reader.Text("template", TextKind::kAny);
  if (!text) return;
  const Result<std::vector<std::string>> fields = TemplateFields(*text);
  if (!fields.ok()) {
    reader.Report("template", fields.error().message);
  } else if (fields->empty()) {
    reader.Report("template", "the template names no field; write {field} where its value goes");
  } else {
    rule.fields = *fields;
    rule.text_template = *text;
  }
}

void ReadText(const SectionReader& reader, bool skipped, TextRule& rule) {
  Store(reader.Text("separator", TextKind::kAny), rule.separator);
  Store(reader.Names("text_fields"), rule.fields);
  if (reader.Has("template") && reader.Has("text_fields")) {
    reader.Report("template", "stands beside \"text_fields\"; keep one of the two");
  } else if (!reader.Has("template") && !reader.Has("text_fields") && !skipped) {
    reader.Report(R"("text_fields" is missing (or "template", or "skip" with a reason))");
  } else {
    ReadTemplate(reader, rule);
  }
}

void ReadEmbeddingField(const SectionReader& reader, bool skipped, CollectionConfig& config) {
  Store(reader.Text("embedding_field", TextKind::kName), config.embedding_field);
  if (!reader.Has("embedding_field") && !skipped) {
    reader.Report(R"("embedding_field" is missing (or "skip" with a reason))");
  }
  if (config.embedding_field == "id") {
    reader.Report("embedding_field", "\"id\" identifies the document and cannot hold a vector");
  }
  const auto& fields = config.text.fields;
  if (std::find(fields.begin(), fields.end(), config.embedding_field) != fields.end()) {
    reader.Report("embedding_field", "the same field is one of those the text is made of");
  }
}

void ReadCollection(const SectionReader& reader, CollectionDraft& draft) {
  reader.AllowOnly({"embedding_field", "text_fields", "template", "separator", "filter_by",
                    "collection", "skip", "on_empty_text", "on_long_text", "strategy",
                    "automatic_ids", "task_type", "prefix"});
  CollectionConfig& config = draft.config;
  const bool skipped = reader.Has("skip");
  Store(reader.Text("skip", TextKind::kName), config.skip_reason);
  Store(reader.Text("collection", TextKind::kName), config.collection);
  Store(reader.Text("filter_by", TextKind::kAny), config.filter_by);
  ReadText(reader, skipped, config.text);
  ReadEmbeddingField(reader, skipped, config);
  Store(reader.Choice("on_empty_text", kEmptyTextRules), config.on_empty_text);
  Store(reader.Choice("on_long_text", kLongTextRules), config.on_long_text);
  Store(reader.Choice("strategy", kStrategies), config.strategy);
  Store(reader.Flag("automatic_ids"), config.automatic_ids);
  draft.task_type = reader.Text("task_type", TextKind::kAny);
  draft.prefix = reader.Text("prefix", TextKind::kAny);
}

}  // namespace

std::vector<CollectionDraft> ReadCollections(const FileContext& context,
                                             const JsonValue& collections) {
  const SectionReader all(context.file, collections, context.problems);
  std::vector<CollectionDraft> drafts;
  if (collections.type != JsonValue::Type::kObject) return drafts;
  if (collections.children.empty()) all.Report("expected at least one collection, found none");
  for (const JsonValue& value : collections.children) {
    if (value.refused) continue;
    const SectionReader reader(context.file, value, context.problems);
    if (value.type != JsonValue::Type::kObject) continue;
    if (IsBlank(value.key)) reader.Report("the name of a collection is empty");
    CollectionDraft draft;
    draft.where = fmt::format("{}: {}", context.file, value.pointer);
    draft.config.name = value.key;
    draft.config.collection = value.key;
    ReadCollection(reader, draft);
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

}  // namespace reembed
