#include "carry_over.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "reembed/core/spliced_document.h"
#include "reembed/core/stored_field.h"
#include "reembed/core/vectors.h"

namespace reembed {
namespace {

Result<std::optional<TextHash>> ContentOf(const FoundDocument& found, const CopySpec& spec) {
  if (found.state != LookupState::kFound) return std::optional<TextHash>();
  const auto hash = HashWithoutField(found.document.json, spec.field, spec.nested);
  if (!hash.ok()) return hash.error();
  return std::optional(*hash);
}

}  // namespace

Carrying JudgeCarrying(const std::optional<TextHash>& source,
                       const std::optional<TextHash>& destination,
                       const std::optional<TextHash>& copy) {
  if (!source) {
    if (!copy || !destination) return Carrying::kAlike;
    return destination == copy ? Carrying::kDelete : Carrying::kEditedAfter;
  }
  if (!destination) return copy ? Carrying::kStaysGone : Carrying::kCreate;
  if (source == destination || source == copy) return Carrying::kAlike;
  return copy && destination == copy ? Carrying::kReplace : Carrying::kBothEdited;
}

CarryStage::CarryStage(StoreReader& reader, StoreWriter& writer, CopySpec spec)
    : spec_(std::move(spec)),
      source_(reader.MakeLookup({.collection = spec_.source, .whole = true})),
      destination_(reader.MakeLookup({.collection = spec_.destination, .whole = true})),
      copier_(writer.MakeCopier(spec_.destination)) {}

Result<std::vector<Carried>> CarryStage::Carry(std::span<const CarryItem> items,
                                               const StopTokens& stop) {
  const auto pairs = Look(items, stop);
  if (!pairs.ok()) return pairs.error();
  std::vector<Carried> carried;
  std::map<Carrying, std::vector<std::size_t>> work;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto judged = Judge(items[i], (*pairs)[i]);
    if (!judged.ok()) return judged.error();
    work[judged->what].push_back(i);
    carried.push_back(*std::move(judged));
  }
  // First what could overtake an edit; a create cannot.
  auto done = Write(CopyAction::kUpsert, work[Carrying::kReplace], items, *pairs, carried, stop);
  if (done.ok()) done = Delete(work[Carrying::kDelete], items, carried, stop);
  if (done.ok()) {
    done = Write(CopyAction::kCreate, work[Carrying::kCreate], items, *pairs, carried, stop);
  }
  if (!done.ok()) return done.error();
  return carried;
}

// The destination last: it is the one that is being written.
Result<std::vector<CarryStage::Pair>> CarryStage::Look(std::span<const CarryItem> items,
                                                       const StopTokens& stop) {
  std::vector<std::string> ids;
  for (const CarryItem& item : items) ids.push_back(item.id);
  auto sources = source_->Find(ids, stop);
  if (!sources.ok()) return sources.error();
  auto destinations = destination_->Find(ids, stop);
  if (!destinations.ok()) return destinations.error();
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    pairs.push_back({std::move((*sources)[i]), std::move((*destinations)[i])});
  }
  return pairs;
}

Result<Carried> CarryStage::Judge(const CarryItem& item, const Pair& pair) const {
  const auto source = ContentOf(pair.source, spec_);
  if (!source.ok()) return source.error();
  const auto destination = ContentOf(pair.destination, spec_);
  if (!destination.ok()) return destination.error();
  Carrying what = JudgeCarrying(*source, *destination, item.copy);
  if (what == Carrying::kCreate) {
    const auto waits = Waits(item, pair);
    if (!waits.ok()) return waits.error();
    if (*waits) what = Carrying::kWaits;
  }
  return Carried{what, *source, WhyLeft(what)};
}

Result<bool> CarryStage::Waits(const CarryItem& item, const Pair& pair) const {
  if (item.vector || item.without == MakeWithout::kAlways) return false;
  if (item.without == MakeWithout::kNever) return true;
  StoredField own;
  const Status read = ReadStoredField(pair.source.document.json, spec_.field, spec_.nested, own);
  if (!read.ok()) return read.error();
  return own.kind == FieldKind::kVector;
}

std::string CarryStage::WhyLeft(Carrying what) const {
  if (what == Carrying::kBothEdited) {
    return fmt::format(
        "it was written to {} just before the switch, which was not copied any more, and to {} "
        "after it; {} keeps its own. Compare the two before the old one is retired",
        spec_.source, spec_.destination, spec_.destination);
  }
  if (what == Carrying::kEditedAfter) {
    return fmt::format(
        "it was deleted in {} just before the switch and written to {} after it, where it stays. "
        "Delete it there if it is to be gone",
        spec_.source, spec_.destination);
  }
  return {};
}

// The source's document with the vector that the destination is to have.
Result<std::string> CarryStage::Written(const CarryItem& item, const Pair& pair) const {
  const std::string& original = pair.source.document.json;
  if (item.vector) {
    std::string json;
    AppendVectorJson(json, *item.vector);
    return WithField(original, spec_.field, spec_.nested, json);
  }
  if (pair.destination.state == LookupState::kFound) {
    StoredField own;
    const Status read =
        ReadStoredField(pair.destination.document.json, spec_.field, spec_.nested, own);
    if (!read.ok()) return read.error();
    if (own.kind == FieldKind::kVector || own.kind == FieldKind::kOther) {
      return WithField(original, spec_.field, spec_.nested, own.json);
    }
  }
  return WithoutField(original, spec_.field, spec_.nested);
}

Status CarryStage::Write(CopyAction action, std::span<const std::size_t> which,
                         std::span<const CarryItem> items, std::span<const Pair> pairs,
                         std::vector<Carried>& carried, const StopTokens& stop) {
  std::vector<DocumentCopy> copies;
  std::vector<std::size_t> sent;
  for (const std::size_t at : which) {
    auto json = Written(items[at], pairs[at]);
    if (!json.ok() && json.error().kind != ErrorKind::kRefused) return json.error();
    if (!json.ok()) {
      carried[at].left = json.error().message;
      continue;
    }
    copies.push_back({items[at].id, *std::move(json)});
    sent.push_back(at);
  }
  if (copies.empty()) return {};
  const auto results = copier_->Apply(copies, action, stop);
  if (!results.ok()) return results.error();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const CopyOutcome& result = (*results)[i];
    if (result.state == CopyState::kRejected) {
      carried[sent[i]].left = fmt::format("{} refused what is new in {}: {}", spec_.destination,
                                          spec_.source, result.message);
    } else if (result.state == CopyState::kExists) {
      Status judged = JudgeAgain(sent[i], items[sent[i]], carried, stop);
      if (!judged.ok()) return judged;
    }
  }
  return {};
}

// Somebody created it in between, or the answer to our own create was lost.
Status CarryStage::JudgeAgain(std::size_t at, const CarryItem& item, std::vector<Carried>& carried,
                              const StopTokens& stop) {
  const auto pairs = Look(std::span(&item, 1), stop);
  if (!pairs.ok()) return pairs.error();
  auto judged = Judge(item, pairs->front());
  if (!judged.ok()) return judged.error();
  // Made there and deleted there again by now: that is the last word.
  if (judged->what == Carrying::kCreate || judged->what == Carrying::kWaits) {
    judged->what = Carrying::kStaysGone;
  }
  carried[at] = *std::move(judged);
  return {};
}

Status CarryStage::Delete(std::span<const std::size_t> which, std::span<const CarryItem> items,
                          std::vector<Carried>& carried, const StopTokens& stop) {
  if (which.empty()) return {};
  std::vector<std::string> ids;
  for (const std::size_t at : which) ids.push_back(items[at].id);
  const auto results = copier_->Delete(ids, stop);
  if (!results.ok()) return results.error();
  for (std::size_t i = 0; i < which.size(); ++i) {
    if ((*results)[i].state == UpdateState::kRejected)
      carried[which[i]].left = (*results)[i].message;
  }
  return {};
}

}  // namespace reembed
