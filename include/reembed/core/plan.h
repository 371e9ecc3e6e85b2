#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/core/schema.h"

namespace reembed {

/// What the server says of one configured collection.
struct CollectionFacts {
  CollectionSchema schema;
  std::vector<Alias> aliases;  ///< those that lead to it
  bool aliases_known = true;   ///< false: the key may not list them
  std::uint64_t matching = 0;  ///< documents under `filter_by`
};

/// What will be done with one collection, or why it cannot be.
struct CollectionPlan {
  CollectionConfig config;
  std::string collection;  ///< real name
  std::int64_t created_at = 0;
  std::vector<std::string> aliases;
  bool aliases_known = true;    ///< false: the key may not list them
  std::uint64_t documents = 0;  ///< that match
  std::uint64_t outside_filter = 0;
  std::optional<int> old_dimensions;
  int new_dimensions = 0;
  StrategyChoice strategy = StrategyChoice::kInPlace;
  std::string strategy_reason;
  bool indexed = true;        ///< writes go into a live vector index
  bool nested_field = false;  ///< the embedding field is written as a nested object

  // What is left to do, from the survey of a dry run: documents, each in one of the three, or
  // without usable text.
  std::uint64_t up_to_date = 0;  ///< the store holds the vector that the journal knows for the text
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
/// lengths are not compared). Pure.
CollectionPlan MakePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions);

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

/// One read-only pass over a collection, for `--dry-run`. From `over_long` on it is about the
/// documents whose text would be embedded: what is up to date or paid costs nothing.
struct Survey {
  std::uint64_t documents = 0;
  std::uint64_t empty = 0;      ///< nothing to embed
  std::uint64_t unusable = 0;   ///< a field of a type that cannot be embedded
  std::uint64_t over_long = 0;  ///< different texts that are estimated above the model's limit
  std::uint64_t identical = 0;  ///< texts that occur earlier in the collection
  std::uint64_t texts = 0;      ///< different texts
  std::uint64_t tokens = 0;     ///< estimated, of the different texts
  std::uint64_t requests = 0;   ///< estimated provider requests
};

}  // namespace reembed
