#include "reembed/core/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::string_view kMixedVectors =
    "while new vectors are written, searches compare vectors of two models";

std::vector<std::string> VectorFields(const CollectionSchema& schema) {
  std::vector<std::string> names;
  for (const FieldSchema& field : schema.fields) {
    if (field.num_dim) names.push_back(field.name);
  }
  return names;
}

std::string MissingField(const CollectionConfig& config, const CollectionSchema& schema) {
  const auto candidates = VectorFields(schema);
  if (candidates.empty()) {
    return fmt::format(
        "the schema has no field `{}` and no vector field at all; add the field or "
        "correct `embedding_field`",
        config.embedding_field);
  }
  return fmt::format(
      "the schema has no field `{}`; its vector fields: {}; correct "
      "`embedding_field`",
      config.embedding_field, fmt::join(candidates, ", "));
}

// The schema's entry of the nearest enclosing `object[]`, if the dotted field has one.
const FieldSchema* ArrayParent(const CollectionSchema& schema, std::string_view field) {
  for (auto dot = field.find('.'); dot != std::string_view::npos; dot = field.find('.', dot + 1)) {
    const FieldSchema* parent = schema.Find(field.substr(0, dot));
    if (parent != nullptr && parent->type == "object[]") return parent;
  }
  return nullptr;
}

void JudgeField(const CollectionSchema& schema, const FieldSchema& field, CollectionPlan& plan) {
  if (field.embed) {
    plan.blockers.push_back(fmt::format(
        "the server computes field `{}` itself (`embed`); change the model there", field.name));
  }
  if (field.type != "float[]") {
    plan.blockers.push_back(
        fmt::format("field `{}` is of type {}, not float[]", field.name, field.type));
  }
  if (const FieldSchema* parent = ArrayParent(schema, field.name)) {
    plan.blockers.push_back(fmt::format(
        "field `{}` lies inside `{}` of type object[]: one document has no single vector there",
        field.name, parent->name));
  }
}

void JudgeSources(const CollectionSchema& schema, CollectionPlan& plan) {
  for (const std::string& name : plan.config.text.fields) {
    const FieldSchema* field = schema.Find(name);
    if (field != nullptr && !field->store) {
      plan.blockers.push_back(fmt::format(
          "source field `{}` is not stored (`store: false`), so its text cannot be read back",
          name));
    }
  }
}

// True when the schema names the field or an object around it.
bool IsDeclared(const CollectionSchema& schema, std::string_view name) {
  if (schema.Find(name) != nullptr) return true;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    if (schema.Find(name.substr(0, dot)) != nullptr) return true;
  }
  return false;
}

void NoteUndeclaredSources(const CollectionSchema& schema, CollectionPlan& plan) {
  for (const std::string& name : plan.config.text.fields) {
    if (IsDeclared(schema, name)) continue;
    plan.doubtful_sources.push_back(
        fmt::format("source field `{}` is not in the schema: unless documents store it all the "
                    "same, its name is misspelled and they have no text from it",
                    name));
    plan.notes.push_back(plan.doubtful_sources.back());
  }
}

std::string_view StrategyName(StrategyChoice strategy) {
  switch (strategy) {
    case StrategyChoice::kInPlace:
      return "in-place";
    case StrategyChoice::kRebuild:
      return "rebuild";
    case StrategyChoice::kAlias:
      return "alias";
    case StrategyChoice::kAuto:
      break;
  }
  return "auto";
}

void ChooseStrategy(CollectionPlan& plan) {
  const bool other_length = plan.old_dimensions && plan.new_dimensions != 0 &&
                            *plan.old_dimensions != plan.new_dimensions;
  if (plan.config.strategy == StrategyChoice::kRebuild ||
      plan.config.strategy == StrategyChoice::kAlias) {
    plan.strategy = plan.config.strategy;
    plan.strategy_reason = "asked for";
    plan.blockers.push_back(
        fmt::format("the strategy `{}` is missing in this version; `in-place` "
                    "is there and needs vectors of the same length",
                    StrategyName(plan.strategy)));
    return;
  }
  plan.strategy = StrategyChoice::kInPlace;
  plan.strategy_reason = plan.config.strategy == StrategyChoice::kInPlace
                             ? "asked for"
                             : "the vectors keep their length";
  if (other_length) {
    plan.blockers.push_back(fmt::format(
        "field `{0}` holds vectors of {1} components and the model gives {2}; another length needs "
        "the strategies `rebuild` or `alias`, which are missing in this version. Set "
        "EMBEDDING_DIMENSIONS={1} if the model can be asked for that",
        plan.config.embedding_field, *plan.old_dimensions, plan.new_dimensions));
  }
}

}  // namespace

std::string_view ToString(StrategyChoice strategy) {
  return StrategyName(strategy);
}

CollectionPlan MakePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions) {
  CollectionPlan plan;
  plan.config = config;
  plan.collection = facts.schema.name;
  plan.created_at = facts.schema.created_at;
  plan.aliases_known = facts.aliases_known;
  for (const Alias& alias : facts.aliases) plan.aliases.push_back(alias.name);
  plan.documents = facts.matching;
  plan.outside_filter =
      facts.schema.num_documents - std::min(facts.schema.num_documents, facts.matching);
  plan.new_dimensions = dimensions;
  const FieldSchema* field = facts.schema.Find(config.embedding_field);
  if (field == nullptr) {
    plan.blockers.push_back(MissingField(config, facts.schema));
    return plan;
  }
  plan.old_dimensions = field->num_dim;
  plan.indexed = field->HasVectorIndex();
  plan.nested_field = facts.schema.IsNested(config.embedding_field);
  JudgeField(facts.schema, *field, plan);
  JudgeSources(facts.schema, plan);
  ChooseStrategy(plan);
  if (config.on_long_text == LongTextRule::kAverage) {
    plan.blockers.emplace_back(
        "`on_long_text: average` is missing in this version; choose `truncate` or `fail`");
  }
  if (plan.indexed) plan.notes.emplace_back(kMixedVectors);
  NoteUndeclaredSources(facts.schema, plan);
  return plan;
}

}  // namespace reembed
