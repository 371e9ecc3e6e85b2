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

}  // namespace

Result<std::vector<PlanEntry>> GatherFacts(StoreReader& reader,
                                           const std::vector<CollectionConfig>& collections,
                                           Log& log, const StopTokens& stop) {
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
  return entries;
}

bool ConcernsAll(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kOutage ||
         kind == ErrorKind::kInterrupted;
}

bool AnythingToEmbed(const std::vector<PlanEntry>& entries, int dimensions) {
  return std::any_of(entries.begin(), entries.end(), [&](const PlanEntry& entry) {
    return entry.facts && entry.facts->matching > 0 &&
           MakePlan(entry.config, *entry.facts, dimensions).blockers.empty();
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

std::string JoinBlockers(const CollectionPlan& plan) {
  return fmt::format("{}", fmt::join(plan.blockers, "; "));
}

}  // namespace reembed
