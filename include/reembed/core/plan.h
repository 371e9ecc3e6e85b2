#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/core/cutover.h"
#include "reembed/core/schema.h"

namespace reembed {

/// What the server says of one configured collection.
struct CollectionFacts {
  CollectionSchema schema;
  std::vector<Alias> aliases;                      ///< those that lead to it
  bool aliases_known = true;                       ///< false: the key may not list them
  std::uint64_t matching = 0;                      ///< documents under `filter_by`
  std::vector<std::string> referenced_by;          ///< other collections with a reference to it
  bool references_known = true;                    ///< false: the key may not list collections
  std::optional<std::uint64_t> memory_free_bytes;  ///< of the fullest node; absent: not known
  std::optional<Cutover> cutover;                  ///< that was begun and not ended
};

/// What `rebuild` and `alias` depend on beside the collection.
struct PlanOptions {
  CutoverConfig cutover;
  std::string recovery_file = {};  ///< that an earlier run left for this collection; empty: none
};

/// One part of a strategy's work on the server, and how long it takes.
struct StageTime {
  std::string name;  ///< `drop`, `write`, `add`, …
  double seconds = 0;
};

/// A strategy that could be taken, or why not.
struct StrategyOption {
  StrategyChoice strategy = StrategyChoice::kInPlace;
  std::vector<StageTime> stages;   ///< of the store alone, embedding apart
  double search_away_seconds = 0;  ///< how long vector search will be away
  std::uint64_t memory_bytes = 0;  ///< of a second index; 0: none is needed
  std::string searches;            ///< what they feel meanwhile
  std::vector<std::string> blockers;
  double seconds() const;  ///< of all stages
};

/// What will be done with one collection, or why it cannot be.
struct CollectionPlan {
  CollectionConfig config;
  std::string collection;  ///< real name
  std::int64_t created_at = 0;
  std::vector<std::string> aliases;
  bool aliases_known = true;         ///< false: the key may not list them
  std::uint64_t documents = 0;       ///< that match
  std::uint64_t outside_filter = 0;  ///< that do not; under `rebuild` and `alias` part of the work
  std::optional<int> old_dimensions;
  int new_dimensions = 0;
  StrategyChoice strategy = StrategyChoice::kInPlace;
  std::string strategy_reason;
  bool indexed = true;          ///< writes go into a live vector index
  bool nested_field = false;    ///< the embedding field is written as a nested object
  bool optional_field = false;  ///< documents may be without a vector
  std::string definition;       ///< the field's JSON as the server has it; before a drop: as it was
  std::string metadata;         ///< of the collection, JSON; may be empty
  std::optional<std::string> alias;  ///< the configured name, if it is one
  /// Each of the three; only the one that is gone on with; none where no strategy would help.
  std::vector<StrategyOption> options;
  std::optional<StrategyChoice> fastest;            ///< of the possible ones
  std::optional<Cutover> cutover;                   ///< an open one that this run goes on with
  bool allow_missing = false, all_aliases = false;  ///< as asked for

  // What is left to do, from the survey of a dry run: documents, each in one of the three, or
  // without usable text.
  std::uint64_t up_to_date = 0;  ///< the store holds the vector that the journal knows for the
                                 ///< text, or none and may stay without (outside the filter)
  std::uint64_t paid = 0;        ///< the vector is in the journal and is only to be written
  std::uint64_t to_embed = 0;

  // By how much the run lets the journal grow; see ForetellJournal.
  std::string journal_dir;
  std::uint64_t journal_bytes = 0;            ///< 0: not known, or nothing
  std::optional<std::uint64_t> backup_bytes;  ///< of them for old vectors; absent: none are kept

  std::vector<std::string> notes;
  std::vector<std::string> doubtful_sources;  ///< those of the notes that a source field is missing
  std::vector<std::string> blockers;          ///< any: this collection is not touched, exit 4
};

/// Judges one collection. `dimensions` is the new vector length; 0 while it is unknown (then
/// lengths are not compared). An open cutover is gone on with: its steps are not judged again, so
/// that a collection whose field is away always has a way forward. Pure.
CollectionPlan MakePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions, const PlanOptions& options = {});

/// The documents that the run has to deal with: all of them when the strategy's scope is kAll.
std::uint64_t InScope(const CollectionPlan& plan);
/// The filter of everything that is read for it; empty when the strategy's scope is kAll.
std::string ScopeFilter(const CollectionPlan& plan);

/// Where the journal lies.
struct JournalRoom {
  std::string dir;
  bool backup = true;                       ///< old vectors are kept
  std::optional<std::uint64_t> free_bytes;  ///< on its disk; absent: not known
};

/// Foretells by how much the journal grows when `documents` are written for which `texts` different
/// texts are embedded, and notes when the disk has less room. What it needs is taken from
/// `room.free_bytes`, so that the plans of several collections add up. Does nothing when the
/// collection is blocked or the new vector length is not known. Pure.
void ForetellJournal(std::uint64_t documents, std::uint64_t texts, JournalRoom& room,
                     CollectionPlan& plan);

/// The same for a run that does not go on with an earlier one and has not looked at the documents
/// yet: as if all were new. A size that is worth a thought becomes a note.
void ForetellJournalOfRun(JournalRoom& room, CollectionPlan& plan);

/// `about 1.2 GB in .reembed, of which 600 MB backups`.
std::string JournalText(const CollectionPlan& plan);

/// A size for people, in decimal units: `1.2 GB`, `600 MB`, `under 1 MB`.
std::string SizeText(std::uint64_t bytes);

/// The configuration's word: `in-place`, `rebuild`, `alias` or `auto`.
std::string_view ToString(StrategyChoice strategy);

/// What reading a collection showed, for `--dry-run`: the documents under the filter, and under
/// Scope::kAll the others too. From `over_long` on it is about those whose text would be embedded:
/// what is up to date or paid costs nothing.
struct Survey {
  std::uint64_t documents = 0;
  std::uint64_t outside = 0;  ///< of them: not under the filter, read because of the strategy
  std::uint64_t outside_with_vector = 0;  ///< of those
  std::uint64_t empty = 0;                ///< nothing to embed
  std::uint64_t unusable = 0;             ///< a field of a type that cannot be embedded
  std::uint64_t over_long = 0;  ///< different texts that are estimated above the model's limit
  std::uint64_t identical = 0;  ///< texts that occur earlier in the collection
  std::uint64_t texts = 0;      ///< different texts
  std::uint64_t tokens = 0;     ///< estimated, of what is sent of the different texts
  std::uint64_t requests = 0;   ///< estimated provider requests
};

}  // namespace reembed
