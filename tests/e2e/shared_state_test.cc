// Several stores, or several lives of one collection, with one state directory.
#include <signal.h>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr std::int64_t kCreated = 1'760'000'000;

/// A store whose collections were all made in the same second, as a copy's are.
struct Twin : DocsStage {
  explicit Twin(std::string state_dir) : state(std::move(state_dir)) {
    options.typesense.now = [this] { return created; };
  }

  std::vector<std::string> With(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--state-dir", state});
    return arguments;
  }
  Ended Migrated(std::vector<std::string> more = {}) { return Migrate(With(std::move(more))); }
  Ended RolledBack() { return Run(With({"rollback", "--yes"})); }
  /// The same provider as `other`, so that the recipes are the same.
  void PayAt(DocsStage& other) {
    environment["OPENAI_BASE_URL"] = other.sandbox().provider().openai_url();
  }
  void Fill(const std::string& json_lines) { AddCollection("docs", 8, json_lines); }

  std::string state;
  std::int64_t created = kCreated;
};

/// Production and staging, in `folder`'s state directory.
struct Pair {
  Pair() { staging.PayAt(production); }

  TempFolder folder;
  Twin production{folder.path() + "/state"};
  Twin staging{folder.path() + "/state"};
};

std::size_t MigrationImports(Twin& stage) {
  stage.typesense().ClearRequests();
  const Ended ended = stage.Migrated();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  return stage.Writes();
}

}  // namespace

TEST_CASE("shared state: a copy made before the migration is migrated and rolled back on its own") {
  Pair pair;
  pair.production.Fill(PlainDocuments(60, 8));
  pair.staging.Fill(PlainDocuments(60, 8));
  const std::string before = pair.production.Exported();
  REQUIRE(pair.staging.Exported() == before);
  REQUIRE(pair.production.Migrated().exit_code == 0);
  const std::string migrated = pair.production.Exported();

  // The staging store has no run yet.
  const Ended none = pair.staging.RolledBack();
  CHECK(none.exit_code == 0);
  CHECK_THAT(none.out, ContainsSubstring("another cluster"));
  CHECK(pair.staging.Exported() == before);

  REQUIRE(pair.staging.Migrated().exit_code == 0);
  CHECK(pair.staging.Exported() == migrated);
  CHECK(pair.production.Paid() == 60);
  CHECK(pair.staging.Paid() == 0);
  CHECK(RunIds(pair.staging, {"--state-dir", pair.staging.state}).size() == 2);

  SECTION("staging first") {
    CHECK(pair.staging.RolledBack().exit_code == 0);
    CHECK(pair.staging.Exported() == before);
    CHECK(pair.production.Exported() == migrated);
    CHECK(MigrationImports(pair.production) == 0);
    CHECK(pair.production.RolledBack().exit_code == 0);
    CHECK(pair.production.Exported() == before);
  }
  SECTION("production first") {
    CHECK(pair.production.RolledBack().exit_code == 0);
    CHECK(pair.production.Exported() == before);
    CHECK(pair.staging.Exported() == migrated);
    CHECK(MigrationImports(pair.staging) == 0);
    CHECK(pair.staging.RolledBack().exit_code == 0);
    CHECK(pair.staging.Exported() == before);
    CHECK(MigrationImports(pair.production) > 0);
    CHECK(pair.production.Exported() == migrated);
    CHECK(pair.production.Paid() == 60);
  }
}

TEST_CASE("shared state: a copy made after the migration has nothing to do and nothing to undo") {
  Pair pair;
  pair.production.Fill(PlainDocuments(60, 8));
  const std::string before = pair.production.Exported();
  REQUIRE(pair.production.Migrated().exit_code == 0);
  const std::string migrated = pair.production.Exported();
  pair.staging.Fill(migrated);
  REQUIRE(pair.staging.Exported() == migrated);
  CHECK(MigrationImports(pair.staging) == 0);
  CHECK(pair.production.Paid() == 60);

  SECTION("staging has nothing to undo") {
    CHECK(pair.staging.RolledBack().exit_code == 0);
    CHECK(pair.staging.Exported() == migrated);
    CHECK(pair.production.RolledBack().exit_code == 0);
    CHECK(pair.production.Exported() == before);
  }
  SECTION("production goes back alone") {
    CHECK(pair.production.RolledBack().exit_code == 0);
    CHECK(pair.production.Exported() == before);
    CHECK(pair.staging.Exported() == migrated);
    const Ended verified = pair.staging.Run(pair.staging.With({"verify", "--dimensions", "8"}));
    CHECK(verified.exit_code == 0);
  }
}

TEST_CASE("shared state: staging is interrupted, its texts differ, production does not mind") {
  Pair pair;
  pair.production.options.provider.latency = std::chrono::milliseconds(30);
  pair.production.Fill(PlainDocuments(300, 8));
  pair.staging.Fill(PlainDocuments(300, 8));
  const std::string before = pair.production.Exported();
  REQUIRE(pair.production.Migrated().exit_code == 0);
  const std::string migrated = pair.production.Exported();
  // Other texts for most documents of the same ids.
  std::string edits;
  for (int i = 0; i < 250; ++i) {
    edits += Json{{"id", "d" + std::to_string(i)}, {"title", "staged " + std::to_string(i)}}.dump();
    edits += '\n';
  }
  pair.staging.Edit(edits);
  const std::string staged = pair.staging.Exported();
  const auto& history = pair.production.sandbox().provider().history();
  const std::size_t asked = history.request_count();
  const auto run = pair.staging.Start(
      pair.staging.With({"--dimensions", "8", "--progress", "none", "--concurrency", "1"}));
  REQUIRE(WaitUntil([&] { return history.request_count() >= asked + 2; }));
  run->Signal(SIGKILL);
  run->Wait();

  CHECK(pair.production.Migrated().exit_code == 0);
  CHECK(pair.production.Exported() == migrated);
  CHECK(pair.staging.Migrated().exit_code == 0);
  CHECK(pair.staging.Right() == 300);
  CHECK(pair.production.Migrated().exit_code == 0);
  CHECK(pair.production.Exported() == migrated);
  CHECK(pair.production.RolledBack().exit_code == 0);
  CHECK(pair.production.Exported() == before);
  CHECK(pair.staging.Right() == 300);
  CHECK(pair.staging.RolledBack().exit_code == 0);
  CHECK(pair.staging.Exported() == staged);
  for (const auto& [text, times] : pair.production.sandbox().provider().texts_billed()) {
    // At most those in flight at the kill.
    CHECK(times <= 2);
  }
}

TEST_CASE("shared state: where the texts of two stores differ, a rerun of either is free") {
  Pair pair;
  pair.production.Fill(PlainDocuments(20, 8));
  pair.staging.Fill(PlainDocuments(20, 8));
  pair.staging.Edit(R"({"id":"d3","title":"staged"})");
  const auto verify = [](Twin& stage) {
    const Ended ended = stage.Run(stage.With({"verify", "--dimensions", "8"}));
    UNSCOPED_INFO(ended.out << ended.err);
    return ended.exit_code;
  };
  for (int round = 0; round < 2; ++round) {
    for (Twin* const store : {&pair.production, &pair.staging}) {
      CHECK(store->Migrated().exit_code == 0);
      CHECK(store->Right() == 20);
      CHECK(verify(*store) == 0);
    }
  }
  CHECK(pair.production.Paid() == 21);
  // What the journal knows is of staging now, which verify cannot tell from an edit but names.
  const Ended mixed = pair.production.Run(pair.production.With({"verify", "--dimensions", "8"}));
  CHECK(mixed.exit_code == 3);
  CHECK_THAT(mixed.out, ContainsSubstring("another cluster"));
}

TEST_CASE("shared state: a collection restored from an old backup is noticed, and costs nothing") {
  Pair pair;
  Twin& store = pair.production;
  store.Fill(PlainDocuments(60, 8));
  const std::string before = store.Exported();
  REQUIRE(store.Migrated().exit_code == 0);
  const std::string migrated = store.Exported();
  store.typesense().RemoveCollection("docs");
  store.Fill(before);
  const Ended ended = store.Migrated();
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.err, ContainsSubstring("60 documents do not hold the vector"));
  CHECK(store.Exported() == migrated);
  CHECK(store.Paid() == 60);
  CHECK(store.RolledBack().exit_code == 0);
  CHECK(store.Exported() == before);
}

TEST_CASE("shared state: documents deleted since are not brought back") {
  Pair pair;
  Twin& store = pair.production;
  store.Fill(PlainDocuments(60, 8));
  const std::string before = store.Exported();
  REQUIRE(store.Migrated().exit_code == 0);
  const std::string migrated = store.Exported();
  const std::size_t half = migrated.find("{\"id\":\"d40\"");
  REQUIRE(half != std::string::npos);
  store.typesense().RemoveCollection("docs");
  store.Fill(migrated.substr(0, half));
  const Json report = Report(store, store.With({"rollback", "--yes"}));
  CHECK(report.at("exit_code") == 0);
  CHECK(report.at("collections").at("docs").at("restored") == 40);
  CHECK(report.at("collections").at("docs").at("deleted") == 20);
  CHECK(ParseExport(store.Exported()).size() == 40);
  CHECK(before.starts_with(store.Exported()));
}

TEST_CASE("shared state: a collection made anew is another one, and its texts are free") {
  Pair pair;
  Twin& store = pair.production;
  store.Fill(PlainDocuments(60, 8));
  const std::string before = store.Exported();
  REQUIRE(store.Migrated().exit_code == 0);
  const std::string migrated = store.Exported();
  store.typesense().RemoveCollection("docs");
  store.created += 100;
  store.Fill(before);
  // What was done to the old one is no reason to touch this one.
  const Ended back = store.RolledBack();
  CHECK(back.exit_code == 0);
  CHECK_THAT(back.out, ContainsSubstring("made anew"));
  CHECK(store.Exported() == before);
  const Ended ended = store.Migrated();
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.err, !ContainsSubstring("do not hold the vector"));
  CHECK(store.Exported() == migrated);
  CHECK(store.Paid() == 60);
  CHECK(store.RolledBack().exit_code == 0);
  CHECK(store.Exported() == before);
}
