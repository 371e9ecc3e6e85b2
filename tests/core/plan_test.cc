#include "reembed/core/plan.h"

#include "reembed/core/journal_size.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

CollectionConfig Configured() {
  CollectionConfig config;
  config.name = "instructions";
  config.collection = "instructions";
  config.embedding_field = "vec";
  config.text.fields = {"title"};
  return config;
}

FieldSchema Field(std::string name, std::string type) {
  FieldSchema field;
  field.name = std::move(name);
  field.type = std::move(type);
  return field;
}

FieldSchema Vector(std::string name, int dimensions) {
  FieldSchema field = Field(std::move(name), "float[]");
  field.num_dim = dimensions;
  return field;
}

CollectionFacts Stored(std::vector<FieldSchema> fields) {
  CollectionFacts facts;
  facts.schema.name = "instructions_r1";
  facts.schema.num_documents = 12;
  facts.schema.fields = std::move(fields);
  facts.matching = 10;
  return facts;
}

std::string OnlyBlocker(const CollectionPlan& plan) {
  REQUIRE(plan.blockers.size() == 1);
  return plan.blockers.front();
}

}  // namespace

TEST_CASE("plan: equal length is in place, with real name, counts and the note about mixing") {
  auto facts = Stored({Field("title", "string"), Vector("vec", 768)});
  facts.aliases = {{"live", "instructions_r1"}};
  const CollectionPlan plan = MakePlan(Configured(), facts, 768);
  CHECK(plan.blockers.empty());
  CHECK(plan.collection == "instructions_r1");
  CHECK(plan.aliases == std::vector<std::string>{"live"});
  CHECK(plan.documents == 10);
  CHECK(plan.outside_filter == 2);
  CHECK(plan.old_dimensions == 768);
  CHECK(ToString(plan.strategy) == "in-place");
  CHECK(plan.indexed);
  CHECK_THAT(plan.notes.front(), ContainsSubstring("two models"));
}

TEST_CASE("plan: an unknown length blocks nothing") {
  CHECK(MakePlan(Configured(), Stored({Field("title", "string"), Vector("vec", 5)}), 0)
            .blockers.empty());
}

TEST_CASE("plan: a missing field names the vector fields that are there") {
  const auto plan = MakePlan(Configured(), Stored({Vector("other", 3), Vector("third", 3)}), 3);
  CHECK_THAT(OnlyBlocker(plan), ContainsSubstring("`vec`") && ContainsSubstring("other, third"));
}

TEST_CASE("plan: a field of another type, or one the server computes, is a blocker") {
  CHECK_THAT(OnlyBlocker(MakePlan(Configured(),
                                  Stored({Field("title", "string"), Field("vec", "string")}), 3)),
             ContainsSubstring("not float[]"));
  auto computed = Vector("vec", 3);
  computed.embed = true;
  CHECK_THAT(OnlyBlocker(MakePlan(Configured(), Stored({Field("title", "string"), computed}), 3)),
             ContainsSubstring("computes field `vec` itself"));
}

TEST_CASE("plan: a source field that is not stored is a blocker") {
  auto title = Field("title", "string");
  title.store = false;
  CHECK_THAT(OnlyBlocker(MakePlan(Configured(), Stored({title, Vector("vec", 3)}), 3)),
             ContainsSubstring("`title` is not stored"));
}

TEST_CASE("plan: a dotted field is nested only where the schema nests") {
  auto config = Configured();
  config.embedding_field = "meta.vec";
  auto facts = Stored({Field("title", "string"), Vector("meta.vec", 3)});
  CHECK_FALSE(MakePlan(config, facts, 3).nested_field);
  facts.schema.enable_nested_fields = true;
  CHECK(MakePlan(config, facts, 3).nested_field);
}

TEST_CASE("plan: a vector inside an object[] is a blocker") {
  auto config = Configured();
  config.embedding_field = "parts.vec";
  auto facts =
      Stored({Field("title", "string"), Field("parts", "object[]"), Vector("parts.vec", 3)});
  facts.schema.enable_nested_fields = true;
  CHECK_THAT(OnlyBlocker(MakePlan(config, facts, 3)), ContainsSubstring("object[]"));
}

TEST_CASE("plan: any rule for long texts will do") {
  auto config = Configured();
  config.on_long_text = LongTextRule::kAverage;
  const auto facts = Stored({Field("title", "string"), Vector("vec", 3)});
  CHECK(MakePlan(config, facts, 3).blockers.empty());
}

TEST_CASE("plan: a field without vector index is written at full request size") {
  auto unindexed = Vector("vec", 3);
  unindexed.index = false;
  const auto plan = MakePlan(Configured(), Stored({Field("title", "string"), unindexed}), 3);
  CHECK_FALSE(plan.indexed);
  CHECK(plan.notes.empty());
}

TEST_CASE("plan: a source field that the schema does not have is pointed out") {
  const auto plan = MakePlan(Configured(), Stored({Vector("vec", 3)}), 3);
  CHECK(plan.blockers.empty());
  CHECK_THAT(plan.notes.back(), ContainsSubstring("`title` is not in the schema"));
}

namespace {

CollectionPlan JournaledPlan(std::uint64_t documents, int dimensions = 1000) {
  CollectionPlan plan;
  plan.documents = documents;
  plan.old_dimensions = dimensions;
  plan.new_dimensions = dimensions;
  return plan;
}

}  // namespace

TEST_CASE("plan: the journal is foretold with its folder, and what of it are backups") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = {}};
  CollectionPlan plan = JournaledPlan(100'000);
  ForetellJournal(100'000, 50'000, room, plan);
  CHECK(plan.journal_dir == "state");
  CHECK(plan.journal_bytes == JournalBytes(100'000, 50'000, 1000, 1000, true));
  CHECK(plan.backup_bytes == plan.journal_bytes - JournalBytes(100'000, 50'000, 1000, 1000, false));
  CHECK(plan.notes.empty());
  CHECK_THAT(JournalText(plan),
             ContainsSubstring("about ") && ContainsSubstring(" MB in state, of which "));
}

TEST_CASE("plan: a journal without backups is smaller and says what that means") {
  JournalRoom room{.dir = "state", .backup = false, .free_bytes = {}};
  CollectionPlan plan = JournaledPlan(100'000);
  ForetellJournal(100'000, 100'000, room, plan);
  CHECK(plan.journal_bytes == JournalBytes(100'000, 100'000, 1000, 1000, false));
  CHECK_FALSE(plan.backup_bytes.has_value());
  CHECK_THAT(JournalText(plan), ContainsSubstring("there will be no rollback"));
}

TEST_CASE("plan: nothing is foretold of a blocked collection, an unknown length, or no work") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = 0};
  CollectionPlan blocked = JournaledPlan(10);
  blocked.blockers = {"x"};
  ForetellJournal(10, 10, room, blocked);
  CHECK(blocked.journal_bytes == 0);
  CollectionPlan unknown = JournaledPlan(10, 0);
  ForetellJournal(10, 10, room, unknown);
  CHECK(unknown.journal_bytes == 0);
  CollectionPlan idle = JournaledPlan(10);
  ForetellJournal(0, 0, room, idle);
  CHECK(idle.journal_bytes == 0);
  CHECK(idle.notes.empty());
}

TEST_CASE("plan: a field of no fixed length is taken to hold vectors like the new ones") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = {}};
  CollectionPlan plan = JournaledPlan(1000);
  plan.old_dimensions.reset();
  ForetellJournal(1000, 1000, room, plan);
  CHECK(plan.journal_bytes == JournalBytes(1000, 1000, 1000, 1000, true));
}

TEST_CASE("plan: too little room is noted, and collections share it") {
  const std::uint64_t one = JournalBytes(100'000, 100'000, 1000, 1000, true);
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = one + one / 2};
  CollectionPlan first = JournaledPlan(100'000);
  CollectionPlan second = JournaledPlan(100'000);
  ForetellJournal(100'000, 100'000, room, first);
  CHECK(first.notes.empty());
  CHECK(room.free_bytes == one / 2);
  ForetellJournal(100'000, 100'000, room, second);
  REQUIRE(second.notes.size() == 1);
  CHECK_THAT(second.notes[0], ContainsSubstring("the disk of state has 441 MB free") &&
                                  ContainsSubstring("--state-dir") &&
                                  ContainsSubstring("--no-backup"));
  CHECK(room.free_bytes == 0);
}

TEST_CASE("plan: behind an alias the old collection is the way back, and no backups are kept") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = {}};
  CollectionPlan plan = JournaledPlan(1000);
  plan.strategy = StrategyChoice::kAlias;
  ForetellJournal(1000, 1000, room, plan);
  CHECK(plan.journal_bytes == JournalBytes(1000, 1000, 1000, 1000, false));
  CHECK_FALSE(plan.backup_bytes.has_value());
  CHECK_THAT(JournalText(plan), ContainsSubstring("the old collection stays"));
}

TEST_CASE("plan: what a run foretells is about all documents of its strategy") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = {}};
  CollectionPlan plan = JournaledPlan(1000);
  plan.outside_filter = 500;
  plan.strategy = StrategyChoice::kRebuild;
  ForetellJournalOfRun(room, plan);
  CHECK(plan.journal_bytes == JournalBytes(1500, 1500, 1000, 1000, true));
}

TEST_CASE("plan: without backups nobody is told to leave them out") {
  JournalRoom room{.dir = "state", .backup = false, .free_bytes = 1000};
  CollectionPlan plan = JournaledPlan(1000);
  ForetellJournal(1000, 1000, room, plan);
  CHECK_THAT(plan.notes.at(0),
             ContainsSubstring("under 1 MB free") && !ContainsSubstring("--no-backup"));
}

TEST_CASE("plan: a run notes a journal above 100 MB") {
  JournalRoom room{.dir = "state", .backup = true, .free_bytes = {}};
  CollectionPlan large = JournaledPlan(100'000);
  ForetellJournalOfRun(room, large);
  REQUIRE(large.notes.size() == 1);
  CHECK_THAT(large.notes[0],
             ContainsSubstring("if all documents are new, the journal grows by about ") &&
                 ContainsSubstring(" MB in state, of which "));
  CollectionPlan small = JournaledPlan(1000);
  ForetellJournalOfRun(room, small);
  CHECK(small.journal_bytes > 0);
  CHECK(small.notes.empty());
}

TEST_CASE("plan: sizes are for people") {
  CHECK(SizeText(0) == "under 1 MB");
  CHECK(SizeText(999'999) == "under 1 MB");
  CHECK(SizeText(1'000'000) == "1.0 MB");
  CHECK(SizeText(9'940'000) == "9.9 MB");
  CHECK(SizeText(9'960'000) == "10 MB");
  CHECK(SizeText(600'000'000) == "600 MB");
  CHECK(SizeText(999'600'000) == "1.0 GB");
  CHECK(SizeText(1'234'000'000) == "1.2 GB");
  CHECK(SizeText(18'446'744'073'709'551'615U) == "18447 PB");
}
