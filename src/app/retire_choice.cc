#include "retire_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reembed/core/recipe.h"

namespace reembed {
namespace {

template <typename Item>
bool Contains(const std::vector<Item>& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool IsOf(const Cutover& cutover, const CollectionConfig& config,
          const std::vector<CollectionId>& family) {
  if (cutover.name == config.name) return true;
  if (cutover.field != config.embedding_field) return false;
  return Contains(cutover.aliases, config.collection) || Contains(family, cutover.from) ||
         Contains(family, cutover.to);
}

// The cutovers of the configured collection, oldest first. One that is found makes more of its
// collection known, and so may find others.
std::vector<Cutover> Own(std::span<const Cutover> all, const CollectionConfig& config,
                         const CollectionId& now, const std::vector<std::string>& nodes) {
  std::vector<Cutover> rest;
  std::copy_if(all.begin(), all.end(), std::back_inserter(rest),
               [&](const Cutover& cutover) { return SameCluster(cutover.nodes, nodes); });
  std::vector<CollectionId> family = {now};
  std::vector<Cutover> own;
  for (bool found = true; found;) {
    found = false;
    for (auto it = rest.begin(); it != rest.end();) {
      if (!IsOf(*it, config, family)) {
        ++it;
        continue;
      }
      family.push_back(it->from);
      family.push_back(it->to);
      own.push_back(std::move(*it));
      it = rest.erase(it);
      found = true;
    }
  }
  std::sort(own.begin(), own.end(),
            [](const Cutover& a, const Cutover& b) { return a.number < b.number; });
  return own;
}

// What the cutover has left behind. A copy whose `created_at` was never learned could be anything.
std::optional<OldCollection> LeftBy(const Cutover& cutover) {
  if (cutover.kind != CutoverKind::kAlias || cutover.IsOpen()) return std::nullopt;
  const bool switched = cutover.step == CutoverStep::kDone;
  OldCollection old;
  old.id = switched ? cutover.from : cutover.to;
  old.kind = switched ? OldKind::kServed : OldKind::kAbandoned;
  old.since = cutover.changed;
  return old.id.created_at == 0 ? std::nullopt : std::optional(old);
}

}  // namespace

std::vector<OldCollection> ChooseOld(std::span<const Cutover> all, const CollectionConfig& config,
                                     const CollectionId& now,
                                     const std::vector<std::string>& nodes) {
  std::vector<OldCollection> chosen;
  for (const Cutover& cutover : Own(all, config, now, nodes)) {
    const auto left = LeftBy(cutover);
    if (!left || left->id == now) continue;
    // Left twice: the last time counts.
    std::erase_if(chosen, [&](const OldCollection& earlier) { return earlier.id == left->id; });
    chosen.push_back(*left);
  }
  return chosen;
}

std::optional<Cutover> FindUnfinished(std::span<const Cutover> all, const CollectionId& collection,
                                      const std::vector<std::string>& nodes) {
  for (const Cutover& cutover : all) {
    if (!cutover.IsOpen()) continue;
    // One that a later cutover of the same field has made void is not open any more.
    auto open = FindOpenCutover(all, collection, cutover.field, nodes);
    if (open) return open;
  }
  return std::nullopt;
}

std::string UnfinishedText(const Cutover& cutover) {
  const bool back =
      cutover.kind == CutoverKind::kRebuildBack || cutover.kind == CutoverKind::kAliasBack;
  std::string_view what = "a rebuild";
  if (cutover.kind == CutoverKind::kAlias) what = "an alias switch";
  if (back) what = "a rollback";
  return fmt::format("{} of {} is not finished (step {}, since {}); finish it first: run `{}`",
                     what, cutover.from.name, ToString(cutover.step), IsoTime(cutover.changed),
                     back ? "reembed rollback" : "reembed");
}

}  // namespace reembed
