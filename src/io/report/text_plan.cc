#include <fmt/format.h>
#include <fmt/ranges.h>

#include "derived.h"
#include "text_lines.h"

namespace reembed {
namespace {

std::string AliasText(const CollectionPlan& plan) {
  if (!plan.aliases_known) return "not known: the key may not list aliases";
  return plan.aliases.empty() ? "none" : fmt::format("{}", fmt::join(plan.aliases, ", "));
}

std::string LengthText(const CollectionPlan& plan) {
  const std::string from =
      plan.old_dimensions ? std::to_string(*plan.old_dimensions) : "no fixed length";
  return plan.new_dimensions == 0 ? fmt::format("{} → to be learned from the provider", from)
                                  : fmt::format("{} → {} dimensions", from, plan.new_dimensions);
}

std::string_view EmptyTextResult(EmptyTextRule rule) {
  return rule == EmptyTextRule::kSkip ? "will be skipped" : "will fail";
}

std::string_view LongTextResult(LongTextRule rule) {
  return rule == LongTextRule::kFail ? "will fail" : "will be cut if the model refuses them";
}

bool NothingLeft(const CollectionPlan& plan, const Survey& survey) {
  return survey.documents > 0 && plan.up_to_date == survey.documents;
}

void AddWork(Lines& lines, const CollectionPlan& plan, const Survey& survey) {
  lines.push_back(fmt::format("  - Up to date: {} (left alone)", plan.up_to_date));
  lines.push_back(fmt::format("  - Paid for and only to be written: {}", plan.paid));
  lines.push_back(
      fmt::format("  - To embed: {} (different texts: {})", plan.to_embed, survey.texts));
}

void AddSurvey(Lines& lines, const CollectionPlan& plan, const Survey& survey) {
  const CollectionConfig& config = plan.config;
  if (NothingLeft(plan, survey)) {
    lines.push_back(
        fmt::format("  - Nothing is left to do: all {} documents are up to date", plan.up_to_date));
    return;
  }
  AddWork(lines, plan, survey);
  if (survey.outside > 0) {
    lines.push_back(fmt::format(
        "  - Of them outside the filter: {}, of which {} hold a vector and are embedded too",
        survey.outside, survey.outside_with_vector));
  }
  lines.push_back(
      fmt::format("  - Empty texts: {} ({})", survey.empty, EmptyTextResult(config.on_empty_text)));
  lines.push_back(fmt::format("  - Unusable texts: {} (a field cannot be embedded: will fail)",
                              survey.unusable));
  lines.push_back(fmt::format("  - Over-long texts: {} ({})", survey.over_long,
                              LongTextResult(config.on_long_text)));
  lines.push_back(fmt::format("  - Identical texts: {}", survey.identical));
  lines.push_back("  - Estimated tokens: " + GroupedText(survey.tokens));
  lines.push_back(fmt::format("  - Estimated requests: {}", survey.requests));
  if (plan.journal_bytes > 0) lines.push_back("  - Journal: " + JournalText(plan));
}

std::string StagesText(const StrategyOption& option) {
  std::string text = AboutTime(option.seconds());
  if (option.stages.size() > 1) {
    std::vector<std::string> stages;
    for (const StageTime& stage : option.stages) {
      stages.push_back(fmt::format("{} {}", stage.name, ShortTime(stage.seconds)));
    }
    text += fmt::format(" ({})", fmt::join(stages, ", "));
  }
  if (option.search_away_seconds > 0) {
    text += fmt::format("; search by vector is away for {} of it",
                        AboutTime(option.search_away_seconds));
  } else {
    text += "; search by vector is never away";
  }
  if (option.memory_bytes > 0) {
    text += fmt::format("; a second index needs about {} of memory", SizeText(option.memory_bytes));
  }
  return text;
}

std::string OptionText(const StrategyOption& option) {
  const std::string_view name = ToString(option.strategy);
  return option.blockers.empty()
             ? fmt::format("    {}: {}", name, StagesText(option))
             : fmt::format("    {}: not possible: {}", name, fmt::join(option.blockers, "; "));
}

void AddOptions(Lines& lines, const CollectionPlan& plan) {
  if (plan.options.empty()) return;
  lines.emplace_back(
      "  - Time of the server alone, embedding apart, reckoned from a small machine (2 cores); "
      "another one has other figures in the same order:");
  for (const StrategyOption& option : plan.options) lines.push_back(OptionText(option));
  if (plan.fastest && plan.fastest != plan.strategy) {
    lines.push_back(fmt::format("    For speed alone it would be {0}: `strategy: {0}`",
                                ToString(*plan.fastest)));
  }
}

void AddStrategy(Lines& lines, const CollectionPlan& plan) {
  const std::string_view name = ToString(plan.strategy);
  lines.push_back(plan.strategy_reason.empty()
                      ? fmt::format("  - Strategy: {}", name)
                      : fmt::format("  - Strategy: {} ({})", name, plan.strategy_reason));
  lines.push_back(fmt::format("  - Impact on search: {}", SearchImpact(plan)));
  AddOptions(lines, plan);
}

// Nothing of a collection that is not read, or that is not touched.
void AddForecast(Lines& lines, const PlannedCollection& planned) {
  if (!planned.forecast) return;
  const Forecast& forecast = *planned.forecast;
  lines.push_back("  - Cost: " + (forecast.work.tokens == 0
                                      ? "nothing"
                                      : CostText(planned.pricing, forecast.work.tokens)));
  lines.push_back("  - Time: " + TimeText(forecast.time));
  lines.push_back("  - Limiting stage: " +
                  (forecast.time.limiting.empty() ? "not known" : forecast.time.limiting));
}

}  // namespace

Lines PlanLines(const PlannedCollection& planned, std::string_view advice) {
  const CollectionPlan& plan = planned.plan;
  const CollectionConfig& config = plan.config;
  Lines lines = {fmt::format("Plan for '{}':", config.name)};
  if (!planned.error.empty()) {
    lines.push_back("  ! " + planned.error);
    return lines;
  }
  lines.push_back("  - Collection: " + plan.collection);
  lines.push_back("  - Aliases: " + AliasText(plan));
  lines.push_back(
      fmt::format("  - Embedding field: {}, {}", config.embedding_field, LengthText(plan)));
  lines.push_back("  - Filter: " + (config.filter_by.empty() ? "none" : config.filter_by));
  lines.push_back(fmt::format("  - Documents: {} match, {} outside the filter", plan.documents,
                              plan.outside_filter));
  if (!config.task_type.empty()) {
    lines.push_back("  - Task type: " + TaskTypeText(config.task_type, advice));
  }
  AddStrategy(lines, plan);
  for (const std::string& note : plan.notes) lines.push_back("  - Note: " + note);
  if (planned.survey) AddSurvey(lines, plan, *planned.survey);
  AddForecast(lines, planned);
  for (const std::string& blocker : plan.blockers) lines.push_back("  ! " + blocker);
  return lines;
}

}  // namespace reembed
