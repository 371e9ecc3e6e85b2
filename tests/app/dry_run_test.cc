#include "src/app/dry_run.h"

#include "dry_run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

TEST_CASE("dry run: surveys, asks for one text, writes nothing") {
  RunFixture run;
  run.Add("a", 120);
  auto& documents = run.store.collections["a"].documents;
  documents[0].json = R"({"id":"0","title":""})";
  documents[1].json = R"({"id":"1","title":[1]})";
  documents[2].json = documents[3].json = R"({"id":"x","title":"twin"})";
  documents[4].json = R"({"id":"4","title":")" + std::string(4000, 'x') + "\"}";
  run.provider.max_text_tokens = 60;
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 0);
  CHECK(provider.texts == 1);
  CHECK(run.store.request_sizes().empty());
  const Survey& survey = result.plans.at(0).survey.value();
  CHECK(survey.documents == 120);
  CHECK(survey.empty == 1);
  CHECK(survey.unusable == 1);
  CHECK(survey.identical == 1);
  CHECK(survey.over_long == 1);
  CHECK(survey.texts == 117);
  CHECK(survey.requests == 3);
  CHECK(result.report.collections.at(0).status == CollectionStatus::kDryRun);
  CHECK(result.report.collections.at(0).matched == 120);
}

TEST_CASE("dry run: of an over-long text only what is sent of it costs") {
  RunFixture run;
  run.Add("a", 1);
  run.store.collections["a"].documents[0].json =
      R"({"id":"0","title":")" + std::string(4000, 'x') + "\"}";
  run.provider.max_text_tokens = 60;
  const auto tokens = [&run](LongTextRule rule) {
    run.config.collections.at(0).on_long_text = rule;
    CountingProvider provider(run.provider);
    return run.RunDry(provider).plans.at(0).survey.value().tokens;
  };
  CHECK(tokens(LongTextRule::kTruncate) == 60);
  CHECK(tokens(LongTextRule::kFail) == 0);
  CHECK(tokens(LongTextRule::kAverage) == 401);
}

TEST_CASE("dry run: --no-probe asks the provider nothing") {
  RunFixture run;
  run.Add("a", 3);
  run.probe = false;
  CountingProvider provider(run.provider);
  CHECK(run.RunDry(provider).report.exit_code == 0);
  CHECK(provider.texts == 0);
}

TEST_CASE("dry run: nothing to embed asks the provider nothing") {
  RunFixture run;
  run.Add("a", 0);
  CountingProvider provider(run.provider);
  CHECK(run.RunDry(provider).report.exit_code == 0);
  CHECK(provider.texts == 0);
}

TEST_CASE("dry run: a refused key is exit 4 and the plan is shown all the same") {
  RunFixture run;
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  provider.error = Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 4);
  CHECK(result.report.message == "the key is not accepted");
  CHECK(run.reporter.plans.size() == 1);
}

TEST_CASE("dry run: vectors of another length than expected are exit 4") {
  RunFixture run;
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  provider.length = 5;
  CHECK(run.RunDry(provider).report.exit_code == 4);
}

TEST_CASE("dry run: learns an unknown length and judges the plan by it") {
  RunFixture run;
  run.Add("a", 3);
  run.provider.dimensions = 0;
  CountingProvider provider(run.provider);
  provider.length = 7;
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.dimensions == 7);
  CHECK(result.report.exit_code == 0);
  CHECK(result.plans.at(0).plan.strategy == StrategyChoice::kRebuild);
}

TEST_CASE("dry run: a missing collection is exit 4, the others are shown") {
  RunFixture run;
  run.config.collections.push_back(Configured("absent"));
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 4);
  CHECK(result.report.collections.at(0).status == CollectionStatus::kError);
  CHECK(result.report.collections.at(1).status == CollectionStatus::kDryRun);
}

TEST_CASE("dry run: no node answers: exit 5, every collection is in the report") {
  RunFixture run;
  run.Add("a", 3);
  run.store.describe_error = Error{.kind = ErrorKind::kUnreachable, .message = "host:1 is away"};
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 5);
  CHECK(result.report.collections.size() == 1);
  CHECK(provider.texts == 0);
}

TEST_CASE("dry run: aliases that may not be listed are no blocker") {
  RunFixture run;
  run.Add("a", 3);
  run.store.aliases_error = Error{.kind = ErrorKind::kRefused, .message = "401"};
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 0);
  CHECK_FALSE(result.plans.at(0).plan.aliases_known);
}

TEST_CASE("dry run: a server that lacks two options is asked once more for each") {
  RunFixture run;
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  provider.lacks = 2;
  CHECK(run.RunDry(provider).report.exit_code == 0);
  CHECK(provider.texts == 3);
}

TEST_CASE("dry run: a server that never has enough ends") {
  RunFixture run;
  run.Add("a", 3);
  CountingProvider provider(run.provider);
  provider.lacks = 1000;
  CHECK(run.RunDry(provider).report.exit_code == 5);
  CHECK(provider.texts == 16);
}

TEST_CASE("dry run: interrupted while surveying: exit 130, every collection says so") {
  RunFixture run;
  run.Add("a", 3);
  run.Add("b", 3);
  run.drain.request_stop();
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 130);
  CHECK(result.report.message == "interrupted");
  CHECK(result.report.collections.at(0).status == CollectionStatus::kInterrupted);
  CHECK(result.report.collections.at(1).status == CollectionStatus::kInterrupted);
}

TEST_CASE("dry run: interrupted before any answer: exit 130, nothing is an error") {
  RunFixture run;
  run.Add("a", 3);
  run.store.describe_error = Error{.kind = ErrorKind::kInterrupted, .message = "stopped"};
  CountingProvider provider(run.provider);
  const DryRunResult result = run.RunDry(provider);
  CHECK(result.report.exit_code == 130);
  CHECK(result.report.collections.at(0).status == CollectionStatus::kInterrupted);
}

TEST_CASE("dry run: nothing is asked of the provider when the plan stops every collection") {
  RunFixture run;
  run.Add("a", 3);
  run.config.collections[0].strategy = StrategyChoice::kAlias;
  CountingProvider provider(run.provider);
  CHECK(run.RunDry(provider).report.exit_code == 4);
  CHECK(provider.texts == 0);
}
