// What a dry run shows of the strategies for another vector length, and what they make it ask.
#include "dry_run_fixture.h"
#include "src/app/dry_run.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// Ten documents with vectors of three components; the model gives two. Three lie outside the
/// filter, of which `8` and `9` hold a vector.
struct Shorter {
  RunFixture run;
  CountingProvider provider{run.provider};
  const RecoveryFiles* recovery = nullptr;

  Shorter() {
    run.config.collections.push_back(Configured("docs"));
    config().collection = "docs_r1";
    config().filter_by = "n:1";
    FakeCollection stored = MakeCollection("docs_r1", 10, 3);
    stored.schema.created_at = 7;
    for (const Document& document : stored.documents) stored.vectors[document.id] = {1, 2, 3};
    stored.outside = {"7", "8", "9"};
    stored.vectors.erase("7");
    run.store.collections["docs_r1"] = std::move(stored);
    run.store.nodes[0].memory_free_bytes = 1'000'000;
  }
  CollectionConfig& config() { return run.config.collections[0]; }
  FakeCollection& docs() { return run.store.collections["docs_r1"]; }
  FieldSchema& vec() { return docs().schema.fields[1]; }
  void PutBehindAlias() {
    config().collection = "docs";
    run.store.aliases = {{"docs", "docs_r1"}};
  }
  DryRunResult Dry() {
    const RunTools tools{run.config, run.store,    run.provider, run.clock,
                         run.log,    run.reporter, run.probe,    run.force};
    return DryRun(tools, provider, run.journal, std::nullopt, recovery)
        .Run({run.drain.get_token(), run.abort.get_token()});
  }
  void Keep(CutoverKind kind, CutoverStep step, const CollectionId& to) {
    Cutover cutover;
    cutover.kind = kind;
    cutover.step = step;
    cutover.nodes = run.config.typesense.nodes;
    cutover.field = "vec";
    cutover.from = {"docs_r1", 7};
    cutover.to = to;
    cutover.old_definition = R"({"name":"vec","num_dim":3,"optional":true,"type":"float[]"})";
    REQUIRE((*run.journal)->SaveCutover(cutover).ok());
  }
};

const PlannedCollection& Only(const DryRunResult& result) {
  REQUIRE(result.plans.size() == 1);
  REQUIRE(result.plans[0].error.empty());
  REQUIRE(result.plans[0].survey.has_value());
  return result.plans[0];
}

bool Mentions(const std::vector<std::string>& notes, const std::string& words) {
  for (const std::string& note : notes) {
    if (note.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("dry run, strategy: a rebuild counts documents outside the filter that hold a vector") {
  Shorter shorter;
  const DryRunResult result = shorter.Dry();
  CHECK(result.report.exit_code == 0);
  const auto& [plan, survey, error, forecast, pricing] = Only(result);
  CHECK(plan.strategy == StrategyChoice::kRebuild);
  CHECK(plan.documents == 7);
  CHECK(plan.outside_filter == 3);
  CHECK(survey->documents == 10);
  CHECK(survey->outside == 3);
  CHECK(survey->outside_with_vector == 2);
  CHECK(plan.to_embed == 9);
  CHECK(plan.up_to_date == 1);
  CHECK(survey->texts == 9);
  CHECK(result.report.collections.at(0).matched == 10);
  CHECK(result.report.collections.at(0).outside_filter == 3);
  CHECK(shorter.run.store.alterations.empty());
  CHECK(shorter.run.store.request_sizes().empty());
}

TEST_CASE("dry run, strategy: in place nobody reads what lies outside the filter") {
  Shorter shorter;
  shorter.vec().num_dim = 2;
  const DryRunResult result = shorter.Dry();
  const auto& [plan, survey, error, forecast, pricing] = Only(result);
  CHECK(plan.strategy == StrategyChoice::kInPlace);
  CHECK(survey->documents == 7);
  CHECK(survey->outside == 0);
  CHECK(plan.to_embed == 7);
  CHECK(shorter.run.store.scans() == 1);
  CHECK(result.report.collections.at(0).outside_filter == 0);
}

TEST_CASE("dry run, strategy: where every document must have a vector, all outside count") {
  Shorter shorter;
  shorter.vec().optional = false;
  const auto dry = shorter.Dry();
  CHECK(Only(dry).plan.to_embed == 10);
  CHECK(Only(dry).plan.up_to_date == 0);
}

TEST_CASE(
    "dry run, strategy: documents under the filter without a vector are embedded all the same") {
  Shorter shorter;
  shorter.docs().vectors.erase("1");
  shorter.docs().vectors.erase("2");
  const auto dry = shorter.Dry();
  CHECK(Only(dry).plan.to_embed == 9);
  CHECK(Only(dry).survey->outside_with_vector == 2);
}

TEST_CASE("dry run, strategy: texts that both readings show are counted once") {
  Shorter shorter;
  shorter.docs().SetTitle("8", "text 1");
  shorter.docs().SetTitle("9", "text 1");
  const auto dry = shorter.Dry();
  CHECK(Only(dry).survey->texts == 7);
  CHECK(Only(dry).survey->identical == 2);
  CHECK(Only(dry).plan.to_embed == 9);
}

TEST_CASE("dry run, strategy: a second reading that is cut counts once") {
  Shorter shorter;
  shorter.run.store.on_scan = [&](std::size_t scan) {
    if (scan == 2) shorter.run.store.cut_scan_at = 9;
  };
  const auto dry = shorter.Dry();
  CHECK(Only(dry).survey->documents == 10);
  CHECK(Only(dry).plan.to_embed == 9);
  CHECK(Only(dry).plan.up_to_date == 1);
  CHECK(Only(dry).survey->texts == 9);
}

TEST_CASE("dry run, strategy: what a run that failed has paid for is only to be written") {
  Shorter shorter;
  shorter.run.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 3") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "not that one"};
  };
  CHECK(shorter.run.Run().exit_code == 3);
  BeginSession(**shorter.run.journal);
  const auto dry = shorter.Dry();
  CHECK(Only(dry).plan.paid == 8);
  CHECK(Only(dry).plan.to_embed == 1);
  CHECK(Only(dry).plan.up_to_date == 1);
}

TEST_CASE("dry run, strategy: after a rebuild nothing is left") {
  Shorter shorter;
  REQUIRE(shorter.run.Run().exit_code == 0);
  BeginSession(**shorter.run.journal);
  const auto dry = shorter.Dry();
  CHECK(Only(dry).plan.strategy == StrategyChoice::kInPlace);
  CHECK(Only(dry).plan.up_to_date == 7);
  CHECK(Only(dry).plan.to_embed == 0);
}

TEST_CASE("dry run, strategy: empty texts block where a vector must be") {
  Shorter shorter;
  shorter.vec().optional = false;
  shorter.config().on_empty_text = EmptyTextRule::kSkip;
  shorter.docs().SetTitle("2", " ");
  shorter.docs().SetTitle("9", " ");
  const DryRunResult result = shorter.Dry();
  CHECK(result.report.exit_code == 4);
  REQUIRE(Only(result).plan.blockers.size() == 1);
  CHECK_THAT(Only(result).plan.blockers[0],
             ContainsSubstring("2 documents have no text") && ContainsSubstring("--allow-missing"));
  SECTION("not where documents may end without one") {
    shorter.run.config.cutover.allow_missing = true;
    CHECK(shorter.Dry().report.exit_code == 0);
  }
  SECTION("not where the field is optional") {
    shorter.vec().optional = true;
    CHECK(shorter.Dry().report.exit_code == 0);
  }
  SECTION("not in place") {
    shorter.vec().num_dim = 2;
    CHECK(shorter.Dry().report.exit_code == 0);
  }
}

TEST_CASE("dry run, strategy: documents that cannot be embedded are announced") {
  Shorter shorter;
  shorter.docs().SetTitle("2", " ");
  CHECK(Mentions(Only(shorter.Dry()).plan.notes, "1 documents cannot be embedded"));
  shorter.run.config.cutover.allow_missing = true;
  CHECK_FALSE(Mentions(Only(shorter.Dry()).plan.notes, "cannot be embedded"));
}

TEST_CASE("dry run, strategy: --outside-filter refuse stops it") {
  Shorter shorter;
  shorter.run.config.cutover.refuse_outside_filter = true;
  const DryRunResult result = shorter.Dry();
  CHECK(result.report.exit_code == 4);
  CHECK(Mentions(Only(result).plan.blockers, "3 documents lie outside the filter"));
}

TEST_CASE("dry run, strategy: behind an alias all are copied, and references and memory count") {
  Shorter shorter;
  shorter.PutBehindAlias();
  const auto dry = shorter.Dry();
  CHECK(dry.report.exit_code == 0);
  CHECK(Only(dry).plan.strategy == StrategyChoice::kAlias);
  CHECK(Only(dry).plan.to_embed == 9);
  FakeCollection orders = MakeCollection("orders", 0);
  orders.schema.fields[0].reference = "docs_r1.id";
  shorter.run.store.collections["orders"] = orders;
  CHECK(Mentions(Only(shorter.Dry()).plan.blockers, "refer to 'docs_r1'"));
  shorter.run.store.collections["orders"].schema.fields[0].reference = "docs.id";
  CHECK(Mentions(Only(shorter.Dry()).plan.blockers, "orders"));
  shorter.run.store.collections["orders"].schema.fields[0].reference = "docs_r10.id";
  CHECK(Only(shorter.Dry()).plan.blockers.empty());
  shorter.run.store.nodes.push_back({"fake:8109", true, "29.0", "", 100, {}});
  CHECK(Mentions(Only(shorter.Dry()).plan.blockers, "of memory"));
}

TEST_CASE("dry run, strategy: a key that may not list collections is no blocker") {
  Shorter shorter;
  shorter.PutBehindAlias();
  shorter.run.store.collections_error = Error{.kind = ErrorKind::kRefused, .message = "401"};
  const auto dry = shorter.Dry();
  CHECK(dry.report.exit_code == 0);
  CHECK(Mentions(Only(dry).plan.notes, "may not list collections"));
  shorter.run.store.collections_error = Error{.kind = ErrorKind::kUnreachable, .message = "away"};
  CHECK(shorter.Dry().report.exit_code == 5);
}

TEST_CASE("dry run, strategy: nobody is asked for what cannot matter") {
  Shorter shorter;
  shorter.vec().num_dim = 2;
  shorter.run.store.collections_error = Error{.kind = ErrorKind::kUnreachable, .message = "away"};
  CHECK(shorter.Dry().report.exit_code == 0);
  shorter.config().strategy = StrategyChoice::kRebuild;
  CHECK(shorter.Dry().report.exit_code == 5);
}

TEST_CASE("dry run, strategy: a length that was learned makes it matter") {
  Shorter shorter;
  shorter.PutBehindAlias();
  shorter.run.provider.dimensions = 0;
  shorter.run.store.nodes[0].memory_free_bytes = 100;
  const auto dry = shorter.Dry();
  CHECK(dry.report.dimensions == 2);
  CHECK(dry.report.exit_code == 4);
  CHECK(Mentions(Only(dry).plan.blockers, "of memory"));
}

TEST_CASE("dry run, strategy: an open window is gone on with") {
  Shorter shorter;
  shorter.docs().DropField("vec");
  CHECK(shorter.Dry().report.exit_code == 4);
  shorter.Keep(CutoverKind::kRebuild, CutoverStep::kWriting, {"docs_r1", 7});
  const auto dry = shorter.Dry();
  CHECK(dry.report.exit_code == 0);
  CHECK(Only(dry).plan.strategy == StrategyChoice::kRebuild);
  CHECK(Only(dry).plan.cutover.has_value());
  CHECK(Only(dry).plan.to_embed == 9);
  CHECK((*shorter.run.journal)->Cutovers()->at(0).step == CutoverStep::kWriting);
}

TEST_CASE("dry run, strategy: without the journal the recovery file is named") {
  Shorter shorter;
  shorter.docs().DropField("vec");
  MemoryRecovery files;
  files.files["docs_r1"] = "{}";
  shorter.recovery = &files;
  const DryRunResult result = shorter.Dry();
  CHECK(result.report.exit_code == 4);
  CHECK(Mentions(result.plans.at(0).plan.blockers, "recovery/docs_r1.json"));
  CHECK(files.written == 0);
}

TEST_CASE("dry run, strategy: copies of a clone that was cut off are up to date") {
  Shorter shorter;
  shorter.config().filter_by.clear();
  shorter.PutBehindAlias();
  shorter.run.store.alter_error = [](std::size_t call) -> std::optional<Error> {
    if (call < 3) return std::nullopt;  // cloned, and the length replaced
    return Error{.kind = ErrorKind::kOutage, .message = "away"};
  };
  CHECK(shorter.run.Run().exit_code != 0);
  BeginSession(**shorter.run.journal);
  const auto open = (*shorter.run.journal)->Cutovers()->back();
  REQUIRE(open.IsOpen());
  shorter.docs().SetTitle("3", "another text");
  const auto dry = shorter.Dry();
  CHECK(Only(dry).plan.cutover == open);
  CHECK(Only(dry).plan.up_to_date == 9);
  CHECK(Only(dry).plan.to_embed == 1);
}
