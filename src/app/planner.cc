#include "planner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace reembed {
namespace {

// Typesense names neither the filter's text nor where it came from.
Error WithFilter(Error error, const CollectionConfig& config) {
  const bool about_it = error.kind == ErrorKind::kRefused && !config.filter_by.empty() &&
                        error.message.find("filter") != std::string::npos;
  if (about_it) error.message += fmt::format(" Correct `filter_by`: {}", config.filter_by);
  return error;
}

Result<CollectionFacts> FactsOf(StoreReader& reader, const CollectionConfig& config,
                                const StopTokens& stop) {
  auto schema = reader.Describe(config.collection, stop);
  if (!schema.ok()) return schema.error();
  const auto count = reader.Count(schema->name, config.filter_by, stop);
  if (!count.ok()) return WithFilter(count.error(), config);
  CollectionFacts facts;
  facts.schema = std::move(*schema);
  facts.matching = *count;
  return facts;
}

void AddAliases(std::vector<PlanEntry>& entries, const Result<std::vector<Alias>>& aliases) {
  for (PlanEntry& entry : entries) {
    if (!entry.facts) continue;
    entry.facts->aliases_known = aliases.ok();
    if (!aliases.ok()) continue;
    for (const Alias& alias : *aliases) {
      if (alias.collection == entry.facts->schema.name) entry.facts->aliases.push_back(alias);
    }
  }
}

// The configuration knows an alias and its collection by different names; here they are one.
void RefuseSharedFields(std::vector<PlanEntry>& entries) {
  for (auto later = entries.begin(); later != entries.end(); ++later) {
    if (!later->facts) continue;
    const auto first = std::find_if(entries.begin(), later, [&](const PlanEntry& other) {
      return other.facts && other.facts->schema.name == later->facts->schema.name &&
             other.config.embedding_field == later->config.embedding_field;
    });
    if (first == later) continue;
    later->error = Error{
        .kind = ErrorKind::kRefused,
        .message = fmt::format("'{}' and '{}' both write the field `{}` of the collection '{}'; "
                               "keep one of them in the configuration",
                               first->config.name, later->config.name,
                               later->config.embedding_field, later->facts->schema.name)};
    later->facts.reset();
  }
}

bool AsksForWhole(const CollectionConfig& config) {
  return config.strategy == StrategyChoice::kRebuild || config.strategy == StrategyChoice::kAlias;
}

// Whether a strategy other than `in-place` may be taken.
bool MayChangeLength(const PlanEntry& entry, int dimensions) {
  if (!entry.facts) return false;
  const FieldSchema* field = entry.facts->schema.Find(entry.config.embedding_field);
  if (field == nullptr || !field->num_dim) return false;
  return AsksForWhole(entry.config) || (dimensions != 0 && *field->num_dim != dimensions);
}

void AddCutovers(std::vector<PlanEntry>& entries, const PlanSurroundings& around) {
  for (PlanEntry& entry : entries) {
    if (!entry.facts) continue;
    const CollectionSchema& schema = entry.facts->schema;
    entry.facts->cutover = FindOpenCutover(around.cutovers, {schema.name, schema.created_at},
                                           entry.config.embedding_field, around.nodes);
  }
}

// By its name or by an alias: a switched alias would lead the reference elsewhere.
bool RefersTo(const CollectionSchema& other, const CollectionFacts& facts) {
  const auto leads_there = [&](const FieldSchema& field) {
    const auto starts = [&](const std::string& name) {
      return field.reference.starts_with(name + ".");
    };
    return starts(facts.schema.name) ||
           std::any_of(facts.aliases.begin(), facts.aliases.end(),
                       [&](const Alias& alias) { return starts(alias.name); });
  };
  return other.name != facts.schema.name &&
         std::any_of(other.fields.begin(), other.fields.end(), leads_there);
}

void AddReferences(const Result<std::vector<CollectionSchema>>& all, CollectionFacts& facts) {
  facts.references_known = all.ok();
  if (!all.ok()) return;
  for (const CollectionSchema& other : *all) {
    if (RefersTo(other, facts)) facts.referenced_by.push_back(other.name);
  }
}

std::optional<std::uint64_t> LeastMemory(const std::vector<NodeStatus>& nodes) {
  std::optional<std::uint64_t> least;
  for (const NodeStatus& node : nodes) {
    if (!node.memory_free_bytes) continue;
    least = std::min(least.value_or(*node.memory_free_bytes), *node.memory_free_bytes);
  }
  return least;
}

// What only the strategies for another length depend on, asked once for all collections.
Status AddWhatAliasNeeds(StoreReader& reader, int dimensions, std::vector<PlanEntry>& entries,
                         Log& log, const StopTokens& stop) {
  const auto matters = [&](const PlanEntry& entry) { return MayChangeLength(entry, dimensions); };
  if (std::none_of(entries.begin(), entries.end(), matters)) return {};
  const auto all = reader.Collections(stop);
  if (!all.ok() && ConcernsAll(all.error().kind)) return all.error();
  if (!all.ok()) {
    log.Info(fmt::format("other collections are not known: {}", all.error().message));
  }
  const auto memory = LeastMemory(reader.Nodes(stop));
  for (PlanEntry& entry : entries) {
    if (!matters(entry)) continue;
    AddReferences(all, *entry.facts);
    entry.facts->memory_free_bytes = memory;
  }
  return {};
}

}  // namespace

Result<std::vector<PlanEntry>> GatherFacts(StoreReader& reader,
                                           const std::vector<CollectionConfig>& collections,
                                           const PlanSurroundings& around, Log& log,
                                           const StopTokens& stop) {
  std::vector<PlanEntry> entries;
  bool any_facts = false;
  for (const CollectionConfig& config : collections) {
    PlanEntry entry{config, std::nullopt, std::nullopt};
    if (!config.skip_reason) {
      auto facts = FactsOf(reader, config, stop);
      if (facts.ok()) {
        entry.facts = std::move(*facts);
        any_facts = true;
      } else if (ConcernsAll(facts.error().kind)) {
        return facts.error();
      } else {
        entry.error = facts.error();
      }
    }
    entries.push_back(std::move(entry));
  }
  if (!any_facts) return entries;
  RefuseSharedFields(entries);
  const auto aliases = reader.Aliases(stop);
  if (!aliases.ok()) {
    log.Info(fmt::format("aliases are not known: {}", aliases.error().message));
  }
  AddAliases(entries, aliases);
  AddCutovers(entries, around);
  const Status asked = AddWhatAliasNeeds(reader, around.dimensions, entries, log, stop);
  if (!asked.ok()) return asked.error();
  return entries;
}

bool ConcernsAll(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kOutage ||
         kind == ErrorKind::kInterrupted;
}

bool AnythingToEmbed(const std::vector<PlanEntry>& entries, int dimensions) {
  return std::any_of(entries.begin(), entries.end(), [&](const PlanEntry& entry) {
    if (!entry.facts) return false;
    const CollectionPlan plan = MakePlan(entry.config, *entry.facts, dimensions);
    return InScope(plan) > 0 && plan.blockers.empty();
  });
}

std::vector<PlanEntry> WithoutFacts(const std::vector<CollectionConfig>& collections) {
  std::vector<PlanEntry> entries;
  entries.reserve(collections.size());
  for (const CollectionConfig& config : collections) {
    entries.push_back({config, std::nullopt, std::nullopt});
  }
  return entries;
}

StopTokens StopAtOnce(const StopTokens& stop) {
  return {.drain = stop.drain, .abort = stop.drain};
}

std::vector<std::string> ClusterNodes(const Config& config) {
  std::vector<std::string> nodes = config.typesense.nodes;
  if (const auto& nearest = config.typesense.nearest_node) nodes.push_back(*nearest);
  return nodes;
}

std::string JoinBlockers(const CollectionPlan& plan) {
  return fmt::format("{}", fmt::join(plan.blockers, "; "));
}

}  // namespace reembed
