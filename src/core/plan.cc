#include "reembed/core/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plan_cutover.h"
#include "plan_options.h"
#include "reembed/core/strategy.h"

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

std::string MissingField(const CollectionConfig& config, const CollectionSchema& schema,
                         const PlanOptions& options) {
  if (!options.recovery_file.empty()) {
    return fmt::format(
        "the schema has no field `{}` with a vector length: an earlier run dropped it to change "
        "the "
        "vectors' length and did not come to its end, and the journal does not know of it. The "
        "calls "
        "in {} bring the field back; run again after that",
        config.embedding_field, options.recovery_file);
  }
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

// Explicit choices hold; `auto` changes the length where it has to, behind an alias if there is
// one.
void ChooseStrategy(CollectionPlan& plan) {
  plan.strategy = plan.config.strategy;
  plan.strategy_reason = "asked for";
  if (plan.config.strategy != StrategyChoice::kAuto) return;
  if (!HasOtherLength(plan)) {
    plan.strategy = StrategyChoice::kInPlace;
    plan.strategy_reason = plan.new_dimensions == 0 ? "as long as the vector length is not known"
                                                    : "the vectors keep their length";
  } else if (plan.alias) {
    plan.strategy = StrategyChoice::kAlias;
    plan.strategy_reason = fmt::format("another vector length, and '{}' is an alias", *plan.alias);
  } else {
    plan.strategy = StrategyChoice::kRebuild;
    plan.strategy_reason = fmt::format(
        "another vector length, and '{}' is the collection's own name", plan.collection);
  }
}

void NoteOtherAliases(CollectionPlan& plan) {
  std::vector<std::string> others;
  for (const std::string& name : plan.aliases) {
    if (name != plan.alias) others.push_back(name);
  }
  if (!plan.aliases_known && !plan.all_aliases) {
    plan.notes.emplace_back(
        "whether other aliases lead to the collection is not known: they would not be switched");
  } else if (!others.empty() && !plan.all_aliases) {
    plan.notes.push_back(
        fmt::format("also leads to the collection and is not switched: {}; --all-aliases switches "
                    "every alias",
                    fmt::join(others, ", ")));
  }
}

void NoteAlias(const CollectionFacts& facts, CollectionPlan& plan) {
  NoteOtherAliases(plan);
  if (plan.cutover) return;
  if (!facts.references_known) {
    plan.notes.emplace_back(
        "whether other collections refer to this one is not known, as the key may not list "
        "collections: make sure that none does before you run this");
  }
  if (!facts.memory_free_bytes) {
    plan.notes.emplace_back(
        "how much memory the server has free is not known: make sure that there is room for a "
        "second index");
  }
}

void NoteStrategy(const CollectionFacts& facts, CollectionPlan& plan) {
  if (plan.strategy == StrategyChoice::kInPlace) {
    if (plan.indexed) plan.notes.emplace_back(kMixedVectors);
    return;
  }
  if (plan.strategy == StrategyChoice::kAlias) NoteAlias(facts, plan);
  if (plan.outside_filter > 0) {
    plan.notes.push_back(
        fmt::format("{} documents lie outside the filter; `{}` concerns the whole collection, so "
                    "those of them that hold a vector are embedded, and paid for, too",
                    plan.outside_filter, StrategyName(plan.strategy)));
  }
}

void Judge(const CollectionFacts& facts, const FieldSchema& field, const PlanOptions& options,
           CollectionPlan& plan) {
  JudgeField(facts.schema, field, plan);
  JudgeSources(facts.schema, plan);
  ChooseStrategy(plan);
  if (!plan.blockers.empty()) return;  // no strategy helps
  plan.options = OptionsFor(facts, field, plan, options);
  for (const StrategyOption& option : plan.options) {
    if (option.strategy != plan.strategy) continue;
    plan.blockers.insert(plan.blockers.end(), option.blockers.begin(), option.blockers.end());
  }
}

void FindFastest(CollectionPlan& plan) {
  const StrategyOption* fastest = nullptr;
  for (const StrategyOption& option : plan.options) {
    const bool better = fastest == nullptr || option.seconds() < fastest->seconds();
    if (option.blockers.empty() && better) fastest = &option;
  }
  if (fastest != nullptr) plan.fastest = fastest->strategy;
}

CollectionPlan BasePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions, const PlanOptions& options) {
  CollectionPlan plan;
  plan.config = config;
  plan.collection = facts.schema.name;
  plan.created_at = facts.schema.created_at;
  plan.metadata = facts.schema.metadata;
  plan.aliases_known = facts.aliases_known;
  for (const Alias& alias : facts.aliases) plan.aliases.push_back(alias.name);
  if (config.collection != facts.schema.name) plan.alias = config.collection;
  plan.documents = facts.matching;
  plan.outside_filter =
      facts.schema.num_documents - std::min(facts.schema.num_documents, facts.matching);
  plan.new_dimensions = dimensions;
  plan.nested_field = facts.schema.IsNested(config.embedding_field);
  plan.allow_missing = options.cutover.allow_missing;
  plan.all_aliases = options.cutover.all_aliases;
  return plan;
}

void DescribeField(const FieldSchema& field, CollectionPlan& plan) {
  plan.old_dimensions = field.num_dim;
  plan.indexed = field.HasVectorIndex();
  plan.optional_field = field.optional;
  plan.definition = field.definition;
}

}  // namespace

std::string_view ToString(StrategyChoice strategy) {
  return StrategyName(strategy);
}

std::uint64_t InScope(const CollectionPlan& plan) {
  const bool all = TraitsOf(plan.strategy).scope == Scope::kAll;
  return plan.documents + (all ? plan.outside_filter : 0);
}

std::string ScopeFilter(const CollectionPlan& plan) {
  const bool all = TraitsOf(plan.strategy).scope == Scope::kAll;
  return all ? std::string() : plan.config.filter_by;
}

CollectionPlan MakePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions, const PlanOptions& options) {
  CollectionPlan plan = BasePlan(config, facts, dimensions, options);
  const FieldSchema* field = facts.schema.Find(config.embedding_field);
  const auto dropped = facts.cutover ? DroppedField(*facts.cutover, field) : std::nullopt;
  // A nested one the server has detected by itself again, as a plain array.
  const bool away = field == nullptr || (!field->num_dim && !options.recovery_file.empty());
  if (away && !dropped) {
    plan.blockers.push_back(MissingField(config, facts.schema, options));
    return plan;
  }
  DescribeField(dropped ? *dropped : *field, plan);
  if (facts.cutover && (dropped || IsPastReturn(*facts.cutover))) {
    GoOnWith(*facts.cutover, facts, plan);
  } else {
    CollectionFacts judged = facts;
    // The clone has a part of its memory already.
    if (facts.cutover) judged.memory_free_bytes.reset();
    Judge(judged, *field, options, plan);
    if (facts.cutover) GoOnFilling(*facts.cutover, plan);
  }
  if (facts.cutover) JudgeWayBack(*facts.cutover, plan);
  FindFastest(plan);
  NoteStrategy(facts, plan);
  NoteUndeclaredSources(facts.schema, plan);
  return plan;
}

}  // namespace reembed
