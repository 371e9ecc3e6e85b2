// Which strategy the plan takes, what stands against the others, and what it goes on with.
#include "reembed/core/plan.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

FieldSchema Field(std::string name, std::string type) {
  FieldSchema field;
  field.name = std::move(name);
  field.type = std::move(type);
  return field;
}

FieldSchema Vector(std::string name, int dimensions) {
  FieldSchema field = Field(std::move(name), "float[]");
  field.num_dim = dimensions;
  field.definition = R"({"name":"vec","num_dim":1536,"type":"float[]"})";
  return field;
}

const CollectionId kStored{"docs_r1", 7};

/// 1,000 documents of 1,536 dimensions, of which the filter lets 900 through, under an alias.
struct Case {
  CollectionConfig config;
  CollectionFacts facts;
  PlanOptions options;

  Case() {
    config.name = "docs";
    config.collection = "docs_r1";
    config.embedding_field = "vec";
    config.filter_by = "n:>1";
    config.text.fields = {"title"};
    facts.schema.name = kStored.name;
    facts.schema.created_at = kStored.created_at;
    facts.schema.num_documents = 1000;
    facts.schema.fields = {Field("title", "string"), Vector("vec", 1536)};
    facts.matching = 900;
    facts.memory_free_bytes = 1'000'000'000;
  }
  Case& Behind(const std::string& alias) {
    config.collection = alias;
    facts.aliases = {{alias, kStored.name}};
    return *this;
  }
  Case& Ask(StrategyChoice strategy) {
    config.strategy = strategy;
    return *this;
  }
  FieldSchema& vec() { return facts.schema.fields[1]; }
  CollectionPlan Plan(int dimensions = 768) const {
    return MakePlan(config, facts, dimensions, options);
  }
};

const StrategyOption& OptionOf(const CollectionPlan& plan, StrategyChoice strategy) {
  for (const StrategyOption& option : plan.options) {
    if (option.strategy == strategy) return option;
  }
  FAIL("no such option");
  return plan.options.front();
}

std::string BlockersOf(const CollectionPlan& plan, StrategyChoice strategy) {
  std::string text;
  for (const std::string& blocker : OptionOf(plan, strategy).blockers) text += blocker + "\n";
  return text;
}

bool Mentions(const std::vector<std::string>& notes, const std::string& words) {
  for (const std::string& note : notes) {
    if (note.find(words) != std::string::npos) return true;
  }
  return false;
}

Cutover OpenCutover(CutoverKind kind, CutoverStep step) {
  Cutover cutover;
  cutover.number = 3;
  cutover.kind = kind;
  cutover.step = step;
  cutover.field = "vec";
  cutover.from = cutover.to = kStored;
  cutover.old_definition = R"({"name":"vec","num_dim":1536,"optional":true,"type":"float[]"})";
  cutover.started = WallTime(std::chrono::seconds(1'795'228'455));
  return cutover;
}

constexpr auto kInPlace = StrategyChoice::kInPlace;
constexpr auto kRebuild = StrategyChoice::kRebuild;
constexpr auto kAlias = StrategyChoice::kAlias;

}  // namespace

TEST_CASE("plan, strategy: another length under the collection's own name is a rebuild") {
  const CollectionPlan plan = Case().Plan();
  CHECK(plan.blockers.empty());
  CHECK(plan.strategy == kRebuild);
  CHECK(plan.strategy_reason ==
        "another vector length, and 'docs_r1' is the collection's own name");
  CHECK_FALSE(plan.alias.has_value());
  CHECK(plan.definition == R"({"name":"vec","num_dim":1536,"type":"float[]"})");
  CHECK(InScope(plan) == 1000);
  CHECK(ScopeFilter(plan).empty());
  CHECK(Mentions(plan.notes, "100 documents lie outside the filter"));
  CHECK_FALSE(Mentions(plan.notes, "two models"));
}

TEST_CASE("plan, strategy: another length behind an alias is a new collection") {
  const CollectionPlan plan = Case().Behind("docs").Plan();
  CHECK(plan.blockers.empty());
  CHECK(plan.strategy == kAlias);
  CHECK(plan.strategy_reason == "another vector length, and 'docs' is an alias");
  CHECK(plan.alias == "docs");
  CHECK(InScope(plan) == 1000);
}

TEST_CASE("plan, strategy: an equal or unknown length is written in place, under the filter") {
  for (const int dimensions : {1536, 0}) {
    const CollectionPlan plan = Case().Behind("docs").Plan(dimensions);
    CHECK(plan.strategy == kInPlace);
    CHECK(plan.blockers.empty());
    CHECK(InScope(plan) == 900);
    CHECK(ScopeFilter(plan) == "n:>1");
  }
  Case plain;
  plain.vec().num_dim.reset();
  CHECK(plain.Plan().strategy == kInPlace);
  CHECK(plain.Plan().blockers.empty());
}

TEST_CASE("plan, strategy: what was asked for holds, at equal length too") {
  const CollectionPlan rebuild = Case().Behind("docs").Ask(kRebuild).Plan(1536);
  CHECK(rebuild.strategy == kRebuild);
  CHECK(rebuild.strategy_reason == "asked for");
  CHECK(rebuild.blockers.empty());
  CHECK(Case().Behind("docs").Ask(kAlias).Plan(1536).strategy == kAlias);
}

TEST_CASE("plan, strategy: in-place cannot change the length, and says what can") {
  const CollectionPlan plan = Case().Ask(kInPlace).Plan();
  REQUIRE(plan.blockers.size() == 1);
  for (const char* words : {"1536", "768", "`rebuild`", "`alias`", "EMBEDDING_DIMENSIONS=1536"}) {
    CHECK_THAT(plan.blockers[0], ContainsSubstring(words));
  }
  CHECK(InScope(plan) == 900);
}

TEST_CASE("plan, strategy: alias needs an alias") {
  const CollectionPlan plan = Case().Ask(kAlias).Plan(1536);
  REQUIRE(plan.blockers.size() == 1);
  CHECK_THAT(plan.blockers[0], ContainsSubstring("'docs_r1' is the collection's own name"));
}

TEST_CASE("plan, strategy: each has its stages, its window and its memory") {
  const CollectionPlan plan = Case().Behind("docs").Plan();
  REQUIRE(plan.options.size() == 3);
  const StrategyOption& in_place = OptionOf(plan, kInPlace);
  CHECK(in_place.seconds() == Approx(900 * (0.0065 + 768 * 0.0000093)));
  CHECK(in_place.search_away_seconds == 0);
  const StrategyOption& rebuild = OptionOf(plan, kRebuild);
  REQUIRE(rebuild.stages.size() == 3);
  CHECK(rebuild.stages[0].name == "drop");
  CHECK(rebuild.stages[0].seconds == Approx(1.3));
  CHECK(rebuild.stages[1].seconds == Approx(2.7));
  CHECK(rebuild.stages[2].seconds == Approx(1.884));
  CHECK(rebuild.search_away_seconds == Approx(2.7 + 1.884));
  CHECK(rebuild.memory_bytes == 0);
  const StrategyOption& alias = OptionOf(plan, kAlias);
  CHECK(alias.seconds() == Approx(3.1));
  CHECK(alias.memory_bytes == 7U * 768U * 1000U);
  CHECK(plan.fastest == kAlias);
}

TEST_CASE("plan, strategy: the fastest is one of the possible ones") {
  CHECK(Case().Plan().fastest == kRebuild);
  CHECK(Case().Plan(1536).fastest == kRebuild);
  Case unindexed;
  unindexed.vec().index = false;
  CHECK(unindexed.Plan(1536).fastest == kInPlace);
  Case computed;
  computed.vec().embed = true;
  CHECK_FALSE(computed.Plan().fastest.has_value());
  CHECK(computed.Plan().options.empty());
}

TEST_CASE("plan, strategy: a schema that detects the field again stands against a rebuild") {
  for (const std::string name : {".*", "v.*", ".*c"}) {
    Case detecting;
    detecting.facts.schema.fields.push_back(Field(name, "auto"));
    const CollectionPlan plan = detecting.Plan();
    REQUIRE(plan.blockers.size() == 1);
    CHECK_THAT(plan.blockers[0], ContainsSubstring("`" + name + "`"));
    CHECK(detecting.Behind("docs").Plan().blockers.empty());
  }
  Case harmless;
  harmless.facts.schema.fields.push_back(Field("other_.*", "string"));
  harmless.facts.schema.fields.push_back(Field("tags", "auto"));
  CHECK(harmless.Plan().blockers.empty());
  harmless.facts.schema.fields.push_back(Field("(.*", "string"));
  CHECK(harmless.Plan().blockers.size() == 1);
}

TEST_CASE("plan, strategy: a required field that is not stored stands against a rebuild") {
  Case stored;
  FieldSchema memory = Field("memory", "string");
  memory.store = false;
  stored.facts.schema.fields.push_back(memory);
  CHECK_THAT(BlockersOf(stored.Plan(), kRebuild), ContainsSubstring("`memory`"));
  CHECK(stored.Plan().blockers.size() == 1);
  stored.facts.schema.fields.back().optional = true;
  CHECK(stored.Plan().blockers.empty());
  stored.vec().store = false;
  stored.vec().optional = true;
  CHECK_THAT(BlockersOf(stored.Plan(), kRebuild), ContainsSubstring("`vec` is not stored"));
}

TEST_CASE("plan, strategy: a reference on the field stands against a rebuild") {
  Case referring;
  referring.vec().reference = "other.id";
  CHECK_THAT(BlockersOf(referring.Plan(), kRebuild), ContainsSubstring("other.id"));
}

TEST_CASE("plan, strategy: any field that is not stored stands against an alias") {
  Case stored;
  FieldSchema memory = Field("memory", "string");
  memory.store = false;
  memory.optional = true;
  stored.facts.schema.fields.push_back(memory);
  const CollectionPlan plan = stored.Behind("docs").Plan();
  REQUIRE(plan.blockers.size() == 1);
  CHECK_THAT(plan.blockers[0], ContainsSubstring("`memory`"));
  CHECK(plan.fastest == kRebuild);
}

TEST_CASE("plan, strategy: references and memory stand against an alias") {
  Case referenced;
  referenced.Behind("docs").facts.referenced_by = {"orders", "carts"};
  CHECK_THAT(BlockersOf(referenced.Plan(), kAlias), ContainsSubstring("orders, carts"));
  Case full;
  full.Behind("docs").facts.memory_free_bytes = 5'000'000;
  CHECK_THAT(BlockersOf(full.Plan(), kAlias),
             ContainsSubstring("5.4 MB") && ContainsSubstring("5.0 MB free"));
  full.facts.memory_free_bytes = 5'376'000;
  CHECK(full.Plan().blockers.empty());
}

TEST_CASE("plan, strategy: what the key may not ask is a note, not a blocker") {
  Case unknown;
  unknown.Behind("docs").facts.references_known = false;
  unknown.facts.memory_free_bytes.reset();
  unknown.facts.aliases_known = false;
  const CollectionPlan plan = unknown.Plan();
  CHECK(plan.blockers.empty());
  CHECK(Mentions(plan.notes, "may not list collections"));
  CHECK(Mentions(plan.notes, "how much memory"));
  CHECK(Mentions(plan.notes, "whether other aliases"));
  CHECK_FALSE(Mentions(Case().Plan().notes, "how much memory"));
}

TEST_CASE("plan, strategy: other aliases are listed, or switched too") {
  Case several;
  several.Behind("docs").facts.aliases.push_back({"live", kStored.name});
  CHECK(Mentions(several.Plan().notes, "is not switched: live"));
  several.options.cutover.all_aliases = true;
  CHECK_FALSE(Mentions(several.Plan().notes, "live"));
  CHECK(several.Plan().all_aliases);
}

TEST_CASE("plan, strategy: documents outside the filter can be refused") {
  Case refusing;
  refusing.options.cutover.refuse_outside_filter = true;
  CHECK_THAT(refusing.Plan().blockers.at(0),
             ContainsSubstring("100 documents") && ContainsSubstring("--outside-filter refuse"));
  CHECK(refusing.Plan(1536).blockers.empty());
  refusing.facts.matching = 1000;
  CHECK(refusing.Plan().blockers.empty());
}

TEST_CASE("plan, strategy: a field of no fixed length has no index to make anew") {
  Case plain;
  plain.vec().num_dim.reset();
  CHECK_THAT(plain.Ask(kRebuild).Plan().blockers.at(0), ContainsSubstring("`num_dim`"));
  CHECK_THAT(plain.Behind("docs").Ask(kAlias).Plan().blockers.at(0),
             ContainsSubstring("`num_dim`"));
}

TEST_CASE(
    "plan, cutover: a rebuild whose field is away is gone on with, whatever stands against it") {
  Case dropped;
  dropped.facts.schema.fields.pop_back();
  dropped.facts.schema.fields.push_back(Field(".*", "auto"));
  dropped.facts.cutover = OpenCutover(CutoverKind::kRebuild, CutoverStep::kWriting);
  dropped.options.cutover.refuse_outside_filter = true;
  dropped.options.cutover.allow_missing = true;
  const CollectionPlan plan = dropped.Ask(kInPlace).Plan();
  CHECK(plan.blockers.empty());
  CHECK(plan.strategy == kRebuild);
  CHECK_THAT(plan.strategy_reason,
             ContainsSubstring("2026-11-21T02:34:15Z, at the step `writing`"));
  CHECK(plan.cutover == dropped.facts.cutover);
  CHECK(plan.old_dimensions == 1536);
  CHECK(plan.optional_field);
  CHECK(plan.indexed);
  CHECK(plan.allow_missing);
  CHECK(plan.definition == plan.cutover->old_definition);
  CHECK(plan.options.size() == 1);
  CHECK(InScope(plan) == 1000);
}

TEST_CASE("plan, cutover: a field that the server has detected by itself is away as well") {
  Case detected;
  detected.config.embedding_field = "meta.vec";
  detected.facts.schema.enable_nested_fields = true;
  detected.facts.schema.fields[1] = Field("meta.vec", "int64[]");
  detected.facts.cutover = OpenCutover(CutoverKind::kRebuild, CutoverStep::kAdding);
  const CollectionPlan plan = detected.Plan();
  CHECK(plan.blockers.empty());
  CHECK(plan.cutover.has_value());
  CHECK(plan.nested_field);
}

TEST_CASE("plan, cutover: a rebuild whose field is there is judged like any other") {
  Case there;
  there.facts.cutover = OpenCutover(CutoverKind::kRebuild, CutoverStep::kDropping);
  CHECK(there.Plan().strategy == kRebuild);
  CHECK_FALSE(there.Plan().cutover.has_value());
  CHECK(there.Plan(1536).strategy == kInPlace);
  CHECK(there.Plan().options.size() == 3);
}

TEST_CASE("plan, cutover: a switch is gone on with, from the old collection and from the new one") {
  Case switching;
  switching.Behind("docs").facts.memory_free_bytes = 0;
  Cutover cutover = OpenCutover(CutoverKind::kAlias, CutoverStep::kFilling);
  cutover.to = {"docs_r2", 9};
  switching.facts.cutover = cutover;
  const CollectionPlan from = switching.Plan();
  CHECK(from.strategy == kAlias);
  CHECK(from.cutover == cutover);
  CHECK(from.blockers.empty());
  cutover.from = {"docs_r0", 3};
  cutover.to = kStored;
  cutover.step = CutoverStep::kCarrying;
  switching.facts.cutover = cutover;
  switching.vec().num_dim = 768;
  const CollectionPlan to = switching.Plan();
  CHECK(to.strategy == kAlias);
  CHECK(to.cutover == cutover);
  CHECK(to.old_dimensions == 768);
}

TEST_CASE("plan, cutover: a rollback that was cut off comes first") {
  Case back;
  back.facts.schema.fields.pop_back();
  back.facts.cutover = OpenCutover(CutoverKind::kRebuildBack, CutoverStep::kWriting);
  REQUIRE(back.Plan().blockers.size() == 1);
  CHECK_THAT(back.Plan().blockers[0], ContainsSubstring("`reembed rollback`"));
  CHECK_FALSE(back.Plan().cutover.has_value());
  Case alias;
  alias.facts.cutover = OpenCutover(CutoverKind::kAliasBack, CutoverStep::kSwitching);
  CHECK_THAT(alias.Plan().blockers.at(0), ContainsSubstring("`reembed rollback`"));
}

TEST_CASE("plan, cutover: without a record the recovery file is the way back") {
  Case lost;
  lost.facts.schema.fields.pop_back();
  lost.options.recovery_file = "/state/recovery/docs_r1.json";
  REQUIRE(lost.Plan().blockers.size() == 1);
  CHECK_THAT(lost.Plan().blockers[0], ContainsSubstring("/state/recovery/docs_r1.json"));
  lost.facts.cutover = OpenCutover(CutoverKind::kRebuild, CutoverStep::kWriting);
  lost.facts.cutover->old_definition = "damaged";
  CHECK_THAT(lost.Plan().blockers.at(0), ContainsSubstring("/state/recovery/docs_r1.json"));
}
