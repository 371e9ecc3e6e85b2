#include "carry_over.h"

#include <fmt/format.h>

#include <utility>

#include "reembed/core/merge_patch.h"
#include "reembed/core/spliced_document.h"
#include "reembed/core/stored_field.h"
#include "reembed/core/vectors.h"

namespace reembed {
namespace {

// Nodes of a cluster are some milliseconds apart.
constexpr int kLooks = 5;
constexpr Millis kBetweenLooks{200};

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

CarryStage::CarryStage(StoreReader& reader, StoreWriter& writer, Clock& clock, CopySpec spec)
    : spec_(std::move(spec)),
      clock_(clock),
      source_(reader.MakeLookup({.collection = spec_.source, .whole = true})),
      destination_(reader.MakeLookup({.collection = spec_.destination, .whole = true})),
      copier_(writer.MakeCopier(spec_.destination)) {}

Result<Carried> CarryStage::Carry(const CarryItem& item, const StopTokens& stop) {
  // Not as seen: the node that is asked may lag behind the one that writes. Judged the same time
  // and again, it is the filter that cannot tell.
  for (int look = 1;; ++look) {
    const auto pair = Look(item, stop);
    if (!pair.ok()) return pair.error();
    auto judged = Judge(item, *pair);
    if (!judged.ok()) return judged;
    if (judged->what == Carrying::kCreate) return Create(item, *pair, *std::move(judged), stop);
    if (judged->what == Carrying::kDelete) return Delete(item, *std::move(judged), stop);
    if (judged->what != Carrying::kReplace) return judged;
    const auto state = Replace(item, *pair, look < kLooks, *judged, stop);
    if (!state.ok()) return state.error();
    if (*state != ChangeState::kNotAsSeen) return judged;
    clock_.SleepFor(kBetweenLooks, stop.abort);
  }
}

// The destination last: it is the one that is being written.
Result<CarryStage::Pair> CarryStage::Look(const CarryItem& item, const StopTokens& stop) {
  auto source = source_->Find({&item.id, 1}, stop);
  if (!source.ok()) return source.error();
  auto destination = destination_->Find({&item.id, 1}, stop);
  if (!destination.ok()) return destination.error();
  return Pair{std::move(source->front()), std::move(destination->front())};
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

Carried CarryStage::Refused(Carried carried, std::string_view message) const {
  carried.left =
      fmt::format("{} refused what is new in {}: {}", spec_.destination, spec_.source, message);
  return carried;
}

Result<Carried> CarryStage::Create(const CarryItem& item, const Pair& pair, Carried carried,
                                   const StopTokens& stop) {
  auto json = Written(item, pair);
  if (json.ok()) return Write(CopyAction::kCreate, item, *std::move(json), carried, stop);
  if (json.error().kind != ErrorKind::kRefused) return json.error();
  carried.left = json.error().message;
  return carried;
}

Result<ChangeState> CarryStage::Replace(const CarryItem& item, const Pair& pair, bool as_seen,
                                        Carried& carried, const StopTokens& stop) {
  auto json = Written(item, pair);
  if (!json.ok() && json.error().kind != ErrorKind::kRefused) return json.error();
  if (!json.ok()) {
    carried.left = json.error().message;
    return ChangeState::kRejected;
  }
  const std::string& seen = pair.destination.document.json;
  auto members = MergePatch(seen, *json);
  if (!members) {
    auto written = Write(CopyAction::kUpsert, item, *std::move(json), carried, stop);
    if (!written.ok()) return written.error();
    carried = *std::move(written);
    return ChangeState::kWritten;
  }
  const auto outcome = copier_->Change({item.id, *std::move(members), as_seen ? seen : ""}, stop);
  if (!outcome.ok()) return outcome.error();
  if (outcome->state == ChangeState::kRejected) carried = Refused(carried, outcome->message);
  if (outcome->state == ChangeState::kGone) carried.what = Carrying::kStaysGone;
  return outcome->state;
}

Result<Carried> CarryStage::Write(CopyAction action, const CarryItem& item, std::string json,
                                  Carried carried, const StopTokens& stop) {
  const DocumentCopy copy{item.id, std::move(json)};
  const auto results = copier_->Apply({&copy, 1}, action, stop);
  if (!results.ok()) return results.error();
  const CopyOutcome& result = results->front();
  if (result.state == CopyState::kExists) return JudgeAgain(item, stop);
  if (result.state == CopyState::kRejected) return Refused(std::move(carried), result.message);
  return carried;
}

// Somebody created it in between, or the answer to our own create was lost.
Result<Carried> CarryStage::JudgeAgain(const CarryItem& item, const StopTokens& stop) {
  const auto pair = Look(item, stop);
  if (!pair.ok()) return pair.error();
  auto judged = Judge(item, *pair);
  if (!judged.ok()) return judged;
  // Made there and deleted there again by now: that is the last word.
  if (judged->what == Carrying::kCreate || judged->what == Carrying::kWaits) {
    judged->what = Carrying::kStaysGone;
  }
  return judged;
}

Result<Carried> CarryStage::Delete(const CarryItem& item, Carried carried, const StopTokens& stop) {
  auto taken = copier_->Take(item.id, stop);
  if (!taken.ok()) return taken.error();
  if (taken->empty()) return carried;
  const auto content = HashWithoutField(*taken, spec_.field, spec_.nested);
  if (!content.ok()) {
    carried.left = fmt::format(
        "it was deleted in {}, as it had been in {}; whether the application had edited it in that "
        "instant is not known: the server's answer cannot be read",
        spec_.destination, spec_.source);
    return carried;
  }
  return *content == item.copy ? carried : PutBack(item, *std::move(taken), stop);
}

// It was edited between the look and the deletion.
Result<Carried> CarryStage::PutBack(const CarryItem& item, std::string json,
                                    const StopTokens& stop) {
  const DocumentCopy copy{item.id, std::move(json)};
  const auto results = copier_->Apply({&copy, 1}, CopyAction::kCreate, stop);
  if (!results.ok()) {
    Error error = results.error();
    error.message = fmt::format("document '{}': {}", item.id, NotPutBack(error.message, copy.json));
    return error;
  }
  Carried carried{Carrying::kEditedAfter, {}, WhyLeft(Carrying::kEditedAfter)};
  if (results->front().state == CopyState::kRejected) {
    carried.left = NotPutBack(results->front().message, copy.json);
  }
  return carried;
}

std::string CarryStage::NotPutBack(std::string_view why, const std::string& json) const {
  const auto without_vector = WithoutField(json, spec_.field, spec_.nested);
  return fmt::format(
      "it was deleted in {} because it is gone in {}; the application edited it at the same "
      "moment, "
      "and it could not be put back ({}). Without its vector it was: {}",
      spec_.destination, spec_.source, why, without_vector.ok() ? *without_vector : json);
}

}  // namespace reembed
