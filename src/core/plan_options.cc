#include "plan_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <regex>
#include <utility>

namespace reembed {
namespace {

// What one document costs the server, in seconds: measured on Typesense 29.0 on two cores, with
// documents of 80 words and cosine vectors of 768 and 1,536 dimensions, the server's default index.
// Another server has other numbers; what they have in common is which strategy is faster.
struct Pace {
  double fixed = 0;
  double for_each_dimension = 0;
  double Seconds(std::uint64_t documents, int dimensions) const {
    return static_cast<double>(documents) * (fixed + for_each_dimension * dimensions);
  }
};
constexpr Pace kUpdateIndexed{0.0065, 0.0000093};  // moves a point of a live index
constexpr Pace kUpdateBare{0.0027, 0};             // the field has no index (now)
constexpr Pace kDrop{0.0013, 0};                   // every document is validated
constexpr Pace kAdd{0.0015, 0.0000005};            // validated again, and indexed
constexpr Pace kInsert{0.0031, 0};                 // a whole document into a new collection

// Of an index, for each dimension of each document.
constexpr std::uint64_t kIndexBytes = 7;

int LengthOf(const CollectionPlan& plan) {
  return plan.new_dimensions != 0 ? plan.new_dimensions : plan.old_dimensions.value_or(0);
}

StrategyOption InPlace(const CollectionPlan& plan) {
  StrategyOption option;
  const Pace& pace = plan.indexed ? kUpdateIndexed : kUpdateBare;
  option.stages = {{"write", pace.Seconds(plan.documents, LengthOf(plan))}};
  option.searches = plan.indexed
                        ? "a search may wait for the one write request in work, about "
                          "`update.target_ms`; vectors of two models are compared until the end"
                        : "none, the field has no vector index";
  return option;
}

StrategyOption Rebuild(const CollectionPlan& plan, std::uint64_t documents) {
  StrategyOption option;
  option.strategy = StrategyChoice::kRebuild;
  const int length = LengthOf(plan);
  const double write = kUpdateBare.Seconds(documents, length);
  const double add = kAdd.Seconds(documents, length);
  option.stages = {{"drop", kDrop.Seconds(documents, length)}, {"write", write}, {"add", add}};
  option.search_away_seconds = write + add;
  option.searches =
      "the old vectors serve until the field is dropped, then there is no search by vector until "
      "it is back; other searches go on";
  return option;
}

StrategyOption AliasSwitch(const CollectionPlan& plan, std::uint64_t documents) {
  StrategyOption option;
  option.strategy = StrategyChoice::kAlias;
  option.stages = {{"fill", kInsert.Seconds(documents, LengthOf(plan))}};
  option.memory_bytes = kIndexBytes * static_cast<std::uint64_t>(LengthOf(plan)) * documents;
  option.searches = "none, the old vectors serve until the alias is switched";
  return option;
}

// Whether the server would make the field anew from this entry of the schema as soon as it is
// dropped: by a pattern of names, or by a type that it finds out itself.
bool Detects(const FieldSchema& entry, const std::string& field) {
  const bool pattern = entry.name.find(".*") != std::string::npos;
  if (entry.name == field || (!pattern && entry.type != "auto" && entry.type != "string*")) {
    return false;
  }
  try {
    return std::regex_match(field, std::regex(entry.name));
  } catch (const std::regex_error&) {
    return true;  // whatever the server makes of it
  }
}

std::vector<std::string> NotStored(const CollectionSchema& schema, bool required_only) {
  std::vector<std::string> names;
  for (const FieldSchema& field : schema.fields) {
    const bool counts = !field.store && !(required_only && field.optional);
    if (counts) names.push_back(fmt::format("`{}`", field.name));
  }
  return names;
}

void JudgeInPlace(const CollectionPlan& plan, StrategyOption& option) {
  if (!HasOtherLength(plan)) return;
  option.blockers.push_back(fmt::format(
      "field `{0}` holds vectors of {1} components and the model gives {2}: `in-place` keeps the "
      "length. Take `rebuild`, or `alias` behind an alias, or set EMBEDDING_DIMENSIONS={1} if the "
      "model can be asked for that",
      plan.config.embedding_field, *plan.old_dimensions, plan.new_dimensions));
}

// What stands against `rebuild` and `alias` alike.
void JudgeWhole(const CollectionPlan& plan, const PlanOptions& options, StrategyOption& option) {
  if (!plan.old_dimensions) {
    option.blockers.push_back(
        fmt::format("field `{}` has no fixed length (`num_dim`), so there is no vector index to "
                    "make anew: take `in-place`",
                    plan.config.embedding_field));
  }
  if (options.cutover.refuse_outside_filter && plan.outside_filter > 0) {
    option.blockers.push_back(
        fmt::format("{} documents lie outside the filter, and `{}` concerns the whole collection; "
                    "`--outside-filter refuse` does not allow that",
                    plan.outside_filter, ToString(option.strategy)));
  }
}

void JudgeRebuild(const CollectionSchema& schema, const FieldSchema& field,
                  StrategyOption& option) {
  for (const FieldSchema& entry : schema.fields) {
    if (!Detects(entry, field.name)) continue;
    option.blockers.push_back(
        fmt::format("the schema's `{}` makes the server bring field `{}` back as a plain array as "
                    "soon as it is dropped: remove it, or take `alias`",
                    entry.name, field.name));
  }
  if (!field.reference.empty()) {
    option.blockers.push_back(
        fmt::format("field `{}` refers to `{}`: it cannot be dropped and added again as it was",
                    field.name, field.reference));
  }
  if (!field.store && field.optional) {
    option.blockers.push_back(
        fmt::format("field `{}` is not stored (`store: false`): there would be nothing to make its "
                    "index from",
                    field.name));
  }
  const auto names = NotStored(schema, /*required_only=*/true);
  if (names.empty()) return;
  option.blockers.push_back(
      fmt::format("the server changes no schema with a required field that is not stored "
                  "(`store: false`): {}. Make it optional",
                  fmt::join(names, ", ")));
}

void JudgeAlias(const CollectionFacts& facts, const CollectionPlan& plan, StrategyOption& option) {
  if (!plan.alias) {
    option.blockers.push_back(
        fmt::format("'{0}' is the collection's own name, and `alias` switches an alias: make one, "
                    "name it in the configuration and let the application search through it",
                    plan.collection));
  }
  const auto names = NotStored(facts.schema, /*required_only=*/false);
  if (!names.empty()) {
    option.blockers.push_back(
        fmt::format("fields that are not stored (`store: false`) cannot be copied: {}",
                    fmt::join(names, ", ")));
  }
  if (!facts.referenced_by.empty()) {
    option.blockers.push_back(
        fmt::format("other collections refer to '{}' and would go on referring to the old one: {}",
                    plan.collection, fmt::join(facts.referenced_by, ", ")));
  }
  if (facts.memory_free_bytes && *facts.memory_free_bytes < option.memory_bytes) {
    option.blockers.push_back(
        fmt::format("a second index needs about {} of memory and the fullest node has {} free",
                    SizeText(option.memory_bytes), SizeText(*facts.memory_free_bytes)));
  }
}

}  // namespace

double StrategyOption::seconds() const {
  return std::accumulate(stages.begin(), stages.end(), 0.0,
                         [](double sum, const StageTime& stage) { return sum + stage.seconds; });
}

bool HasOtherLength(const CollectionPlan& plan) {
  return plan.old_dimensions && plan.new_dimensions != 0 &&
         *plan.old_dimensions != plan.new_dimensions;
}

StrategyOption OptionOf(StrategyChoice strategy, const CollectionFacts& facts,
                        const CollectionPlan& plan) {
  const std::uint64_t all = std::max(facts.schema.num_documents, facts.matching);
  switch (strategy) {
    case StrategyChoice::kRebuild:
      return Rebuild(plan, all);
    case StrategyChoice::kAlias:
      return AliasSwitch(plan, all);
    case StrategyChoice::kInPlace:
    case StrategyChoice::kAuto:
      break;
  }
  return InPlace(plan);
}

std::vector<StrategyOption> OptionsFor(const CollectionFacts& facts, const FieldSchema& field,
                                       const CollectionPlan& plan, const PlanOptions& options) {
  StrategyOption in_place = OptionOf(StrategyChoice::kInPlace, facts, plan);
  JudgeInPlace(plan, in_place);
  StrategyOption rebuild = OptionOf(StrategyChoice::kRebuild, facts, plan);
  JudgeWhole(plan, options, rebuild);
  JudgeRebuild(facts.schema, field, rebuild);
  StrategyOption alias = OptionOf(StrategyChoice::kAlias, facts, plan);
  JudgeWhole(plan, options, alias);
  JudgeAlias(facts, plan, alias);
  return {std::move(in_place), std::move(rebuild), std::move(alias)};
}

}  // namespace reembed
