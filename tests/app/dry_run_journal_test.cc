// What a dry run makes of the journal of earlier runs.
#include "dry_run_fixture.h"
#include "src/app/dry_run.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// Ten documents that a run has embedded and written.
struct Migrated {
  RunFixture run;
  CountingProvider provider{run.provider};

  Migrated() {
    run.Add("a", 10);
    REQUIRE(run.Run().exit_code == 0);
    BeginSession(**run.journal);
  }
  FakeCollection& a() { return run.store.collections["a"]; }
  DryRunResult Dry() { return run.RunDry(provider); }
};

const CollectionPlan& OnlyPlan(const DryRunResult& result) {
  REQUIRE(result.plans.size() == 1);
  REQUIRE(result.plans[0].error.empty());
  REQUIRE(result.plans[0].survey.has_value());
  return result.plans[0].plan;
}

bool Mentions(const std::vector<std::string>& notes, const std::string& words) {
  for (const std::string& note : notes) {
    if (note.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("dry run, journal: after a run nothing is left, and nobody is asked") {
  Migrated migrated;
  const DryRunResult result = migrated.Dry();
  const CollectionPlan& plan = OnlyPlan(result);
  CHECK(result.report.exit_code == 0);
  CHECK(plan.up_to_date == 10);
  CHECK(plan.paid == 0);
  CHECK(plan.to_embed == 0);
  CHECK(plan.journal_bytes == 0);
  CHECK(result.plans[0].survey->texts == 0);
  CHECK(result.plans[0].survey->requests == 0);
  CHECK(migrated.provider.texts == 0);
}

TEST_CASE("dry run, journal: only what changed is to be embedded, and only that is counted") {
  Migrated migrated;
  migrated.a().SetTitle("3", "another text");
  migrated.a().SetTitle("4", "another text");
  migrated.a().SetTitle("new", "a new document");
  migrated.a().SetTitle("blank", " ");
  const DryRunResult result = migrated.Dry();
  const CollectionPlan& plan = OnlyPlan(result);
  CHECK(plan.up_to_date == 8);
  CHECK(plan.paid == 0);
  CHECK(plan.to_embed == 3);
  const Survey& survey = *result.plans[0].survey;
  CHECK(survey.documents == 12);
  CHECK(survey.empty == 1);
  CHECK(survey.texts == 2);
  CHECK(survey.identical == 1);
  CHECK(survey.requests == 1);
  CHECK(plan.journal_bytes > 0);
  CHECK(migrated.provider.texts == 1);
}

TEST_CASE("dry run, journal: a vector that was paid for and overwritten is only to be written") {
  Migrated migrated;
  migrated.a().vectors["3"] = {9, 9};
  migrated.a().vectors["4"] = {1, 2, 3};
  migrated.a().vectors.erase("5");
  migrated.a().SetTitle("new", "text 6");
  const DryRunResult result = migrated.Dry();
  const CollectionPlan& plan = OnlyPlan(result);
  CHECK(plan.up_to_date == 7);
  CHECK(plan.paid == 4);
  CHECK(plan.to_embed == 0);
  CHECK(migrated.provider.texts == 0);
}

TEST_CASE("dry run, journal: a text that another collection paid for is paid") {
  Migrated migrated;
  migrated.run.Add("b", 12);
  const DryRunResult result = migrated.Dry();
  REQUIRE(result.plans.size() == 2);
  CHECK(result.plans[1].plan.up_to_date == 0);
  CHECK(result.plans[1].plan.paid == 10);
  CHECK(result.plans[1].plan.to_embed == 2);
}

TEST_CASE("dry run, journal: a model that wrote nothing yet embeds all again") {
  Migrated migrated;
  migrated.run.config.embedding.provider.model = "model-2";
  const DryRunResult result = migrated.Dry();
  CHECK(OnlyPlan(result).up_to_date == 0);
  CHECK(OnlyPlan(result).to_embed == 10);
  CHECK(migrated.provider.texts == 1);
}

TEST_CASE("dry run, journal: --force counts everything as to be embedded, and says so") {
  Migrated migrated;
  migrated.run.force = true;
  const DryRunResult result = migrated.Dry();
  CHECK(OnlyPlan(result).up_to_date == 0);
  CHECK(OnlyPlan(result).paid == 0);
  CHECK(OnlyPlan(result).to_embed == 10);
  CHECK(Mentions(OnlyPlan(result).notes, "forced: every text is embedded, and paid for, again"));
  CHECK(migrated.provider.texts == 1);
}

TEST_CASE("dry run, journal: more documents than one question holds") {
  RunFixture run;
  run.Add("a", 200);
  REQUIRE(run.Run().exit_code == 0);
  run.store.collections["a"].SetTitle("150", "another text");
  run.store.collections["a"].vectors["70"] = {9, 9};
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(OnlyPlan(result).up_to_date == 198);
  CHECK(OnlyPlan(result).paid == 1);
  CHECK(OnlyPlan(result).to_embed == 1);
}

TEST_CASE("dry run, journal: a scan that is cut and read again counts once") {
  RunFixture run;
  run.Add("a", 100);
  REQUIRE(run.Run().exit_code == 0);
  run.store.collections["a"].SetTitle("1", "another text");
  run.store.collections["a"].SetTitle("2", " ");
  run.store.collections["a"].vectors["3"] = {9, 9};
  run.store.cut_scan_at = 90;
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(OnlyPlan(result).up_to_date == 97);
  CHECK(OnlyPlan(result).paid == 1);
  CHECK(OnlyPlan(result).to_embed == 1);
  CHECK(result.plans[0].survey->documents == 100);
  CHECK(result.plans[0].survey->empty == 1);
  CHECK(result.plans[0].survey->texts == 1);
}

TEST_CASE("dry run, journal: a length to be learned is asked for before the documents are judged") {
  Migrated migrated;
  migrated.run.provider.dimensions = 0;
  const DryRunResult result = migrated.Dry();
  CHECK(migrated.provider.texts == 1);
  CHECK(result.report.dimensions == 2);
  CHECK(OnlyPlan(result).up_to_date == 10);
}

TEST_CASE("dry run, journal: without the length nothing can be compared, and that is said") {
  Migrated migrated;
  migrated.run.provider.dimensions = 0;
  migrated.run.probe = false;
  const DryRunResult result = migrated.Dry();
  CHECK(migrated.provider.texts == 0);
  CHECK(OnlyPlan(result).up_to_date == 0);
  CHECK(OnlyPlan(result).to_embed == 10);
  CHECK(Mentions(OnlyPlan(result).notes, "cannot be told before the vector length is known"));
}

TEST_CASE("dry run, journal: it changes nothing there and writes nothing") {
  Migrated migrated;
  migrated.a().SetTitle("3", "another text");
  const auto runs = (*migrated.run.journal)->Runs()->size();
  const auto written = migrated.run.store.request_sizes().size();
  const auto vectors = migrated.a().vectors;
  CHECK(migrated.Dry().report.exit_code == 0);
  CHECK((*migrated.run.journal)->Runs()->size() == runs);
  CHECK(migrated.run.store.request_sizes().size() == written);
  CHECK(migrated.a().vectors == vectors);
  CHECK(OnlyPlan(migrated.Dry()).to_embed == 1);
}

TEST_CASE("dry run, journal: where no run wrote before, no vector is fetched") {
  RunFixture run;
  run.Add("a", 3);
  // Were the field asked for, the document would be no JSON.
  run.store.collections["a"].raw_fields["1"] = "{";
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(OnlyPlan(result).to_embed == 3);
}

TEST_CASE("dry run, journal: one that cannot be read ends it before anybody is asked") {
  RunFixture run;
  run.Add("a", 3);
  run.journal = Error{.kind = ErrorKind::kRefused, .message = "the journal is damaged"};
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 4);
  CHECK(result.report.message == "the journal is damaged");
  CHECK(result.report.collections.at(0).status == CollectionStatus::kError);
  CHECK(provider.texts == 0);
  CHECK(run.store.scans() == 0);
}

TEST_CASE("dry run, journal: its size and what the disk lacks are foretold") {
  RunFixture run;
  run.Add("a", 1000);
  run.Add("b", 1000);
  run.config.journal.dir = "state";
  CountingProvider provider(run.provider);
  const RunTools tools{run.config, run.store,    run.provider, run.clock,
                       run.log,    run.reporter, run.probe,    run.force};
  const DryRunResult result =
      DryRun(tools, provider, run.journal, 400'000).Run({run.drain.get_token(), {}});
  REQUIRE(result.plans.size() == 2);
  const CollectionPlan& a = result.plans[0].plan;
  const CollectionPlan& b = result.plans[1].plan;
  CHECK(a.journal_dir == "state");
  CHECK(a.journal_bytes > 250'000);
  CHECK(a.journal_bytes < 400'000);
  CHECK(a.backup_bytes.has_value());
  CHECK_FALSE(Mentions(a.notes, "free"));
  CHECK(Mentions(b.notes, "the disk of state has"));
}

TEST_CASE("dry run, journal: without backups it is smaller") {
  RunFixture run;
  run.Add("a", 10'000);
  CountingProvider provider(run.provider);
  const auto with = OnlyPlan(run.RunDry(provider)).journal_bytes;
  run.config.journal.backup = false;
  const DryRunResult without = run.RunDry(provider);
  CHECK(OnlyPlan(without).journal_bytes < with);
  CHECK_FALSE(OnlyPlan(without).backup_bytes.has_value());
}

TEST_CASE("dry run: two names that lead to one field of one collection are refused") {
  RunFixture run;
  run.Add("a", 3);
  run.Add("live", 3);
  run.store.collections["live"].schema.name = "a";
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 4);
  CHECK(result.plans.at(0).error.empty());
  CHECK(result.plans.at(1).error ==
        "'a' and 'live' both write the field `vec` of the collection 'a'; keep one of them in the "
        "configuration");
}

TEST_CASE("dry run: a refused probe does not keep the plan from being shown") {
  RunFixture run;
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  provider.error = Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  const DryRunResult result = run.RunDry(provider);
  CHECK(run.reporter.events == std::vector<std::string>{"begin", "plan a", "end"});
  CHECK(OnlyPlan(result).to_embed == 3);
  CHECK(result.report.exit_code == 4);
}
