#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "copy_stage.h"
#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"

namespace reembed {

// After an alias is switched, what was written to the collection that served before it, and was not
// copied in time, is carried over to the one that serves now. The application writes there already:
// what it wrote there is never replaced and what it deleted there does not come back.

/// What becomes of one document. The source served before, the destination serves now.
enum class Carrying : std::uint8_t {
  kCreate,       ///< it is new in the source
  kReplace,      ///< it was changed in the source, and the destination holds what we copied
  kDelete,       ///< it was deleted in the source, and the destination holds what we copied
  kAlike,        ///< nothing to do: both hold the same, or neither has it
  kStaysGone,    ///< it was changed in the source, then deleted in the destination
  kBothEdited,   ///< changed or made in both, not alike: the destination's stays
  kEditedAfter,  ///< deleted in the source, changed in the destination, where it stays
  kWaits,        ///< as kCreate, and it has to get its vector first
};

/// Whether a document that is new in the source may be made without a vector.
enum class MakeWithout : std::uint8_t {
  kAlways,
  kUnlessSourceHas,  ///< not if the source's has one: outside the filter it would stay without
  kNever,
};

/// Judges by the contents without the embedding field (HashWithoutField). Absent: there is no such
/// document, or no copy of it was made. Pure.
Carrying JudgeCarrying(const std::optional<TextHash>& source,
                       const std::optional<TextHash>& destination,
                       const std::optional<TextHash>& copy);

/// A document that may have to be carried over.
struct CarryItem {
  std::string id;
  std::optional<TextHash> copy;  ///< of the copy that was made of it before
  /// For the destination; null: the one that its document has, or none.
  SharedEmbedding vector = {};
  bool truncated = false;
  MakeWithout without = MakeWithout::kAlways;
};

/// What became of it.
struct Carried {
  Carrying what = Carrying::kAlike;
  /// Of the source's document, when it is there.
  std::optional<TextHash> content;
  /// Not empty: it was not carried over and the contents differ; why.
  std::string left;
};

/// Carries documents over, one at a time, so that each is written right after it was looked at.
/// What the application writes to the destination in between stays: a change names the members that
/// differ and what they were (DocumentCopier::Change), and a document that was deleted other than
/// it was seen is put back. Not seen, and overwritten, is what it writes in that instant
///   - to the same member, when no filter tells that one (SeenFilter), or the key may not filter
///   - anywhere, when no update can say what has changed (MergePatch), and the whole is replaced
/// and what it writes just before a deletion whose answer is lost, or after which this is killed.
/// One thread.
class CarryStage {
 public:
  CarryStage(StoreReader& reader, StoreWriter& writer, Clock& clock, CopySpec spec);

  /// May be repeated. Errors: those of lookup and copier.
  Result<Carried> Carry(const CarryItem& item, const StopTokens& stop);

 private:
  struct Pair {
    FoundDocument source, destination;
  };

  Result<Pair> Look(const CarryItem& item, const StopTokens& stop);
  Result<Carried> Judge(const CarryItem& item, const Pair& pair) const;
  Result<bool> Waits(const CarryItem& item, const Pair& pair) const;
  Result<std::string> Written(const CarryItem& item, const Pair& pair) const;
  Result<Carried> Write(CopyAction action, const CarryItem& item, std::string json, Carried carried,
                        const StopTokens& stop);
  Result<Carried> Create(const CarryItem& item, const Pair& pair, Carried carried,
                         const StopTokens& stop);
  Result<ChangeState> Replace(const CarryItem& item, const Pair& pair, bool as_seen,
                              Carried& carried, const StopTokens& stop);
  Result<Carried> Delete(const CarryItem& item, Carried carried, const StopTokens& stop);
  Result<Carried> PutBack(const CarryItem& item, std::string json, const StopTokens& stop);
  std::string NotPutBack(std::string_view why, const std::string& json) const;
  Result<Carried> JudgeAgain(const CarryItem& item, const StopTokens& stop);
  Carried Refused(Carried carried, std::string_view message) const;
  std::string WhyLeft(Carrying what) const;

  const CopySpec spec_;
  Clock& clock_;
  const std::unique_ptr<DocumentLookup> source_, destination_;
  const std::unique_ptr<DocumentCopier> copier_;
};

}  // namespace reembed
