// What a later run makes of an earlier one, and what a run makes of an application that goes on
// writing: reconcile, resume, catch-up.

#include <fmt/core.h>

#include <set>

#include "run_fixture.h"
#include "src/app/waiting_room.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const CollectionReport& Only(const RunReport& report) {
  return report.collections.at(0);
}

std::function<std::optional<Error>(std::size_t)> DeadAfter(std::size_t calls) {
  return [calls](std::size_t call) -> std::optional<Error> {
    if (call <= calls) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the provider is away"};
  };
}

std::size_t Repeated(const std::vector<std::string>& texts) {
  return texts.size() - std::set<std::string>(texts.begin(), texts.end()).size();
}

}  // namespace

TEST_CASE("resume: after an outage only what was never answered is asked for") {
  RunFixture run;
  run.Add("a", 600);
  run.embedder.call_error = DeadAfter(5);
  CHECK(run.Run().exit_code == 5);
  run.embedder.call_error = nullptr;
  const RunReport second = run.Rerun();
  CHECK(second.exit_code == 0);
  CHECK(Only(second).counts.count() == 600);
  CHECK(RightVectors(run.store.collections["a"]) == 600);
  CHECK(run.embedder.texts().size() == 600);
  CHECK(Repeated(run.embedder.texts()) == 0);
}

TEST_CASE("resume: a run after a complete one asks nothing and writes nothing") {
  RunFixture run;
  run.Add("a", 300);
  const RunReport first = run.Run();
  const std::size_t calls = run.embedder.batches().size();
  const std::size_t writes = run.store.request_sizes().size();
  const RunReport second = run.Rerun();
  CHECK(second.exit_code == 0);
  CHECK(Only(second).counts == Counts{.up_to_date = 300});
  CHECK(Only(second).run_id == Only(first).run_id);
  CHECK(run.embedder.batches().size() == calls);
  CHECK(run.store.request_sizes().size() == writes);
}

TEST_CASE("resume: what was paid for is written without paying when the store was away") {
  RunFixture run;
  run.Add("a", 120);
  run.store.write_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  CHECK(run.Run().exit_code == 5);
  const std::size_t paid = run.embedder.texts().size();
  CHECK(paid > 0);
  run.store.write_error = nullptr;
  CHECK(run.Rerun().exit_code == 0);
  CHECK(RightVectors(run.store.collections["a"]) == 120);
  CHECK(Repeated(run.embedder.texts()) == 0);
}

TEST_CASE("resume: a failed document is retried by the next run, and by no round of the same one") {
  RunFixture run;
  run.Add("a", 40);
  run.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 7") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "not this one"};
  };
  const RunReport first = run.Run();
  CHECK(first.exit_code == 3);
  CHECK(Only(first).counts == Counts{.success = 39, .failed = 1});
  run.embedder.text_error = nullptr;
  const RunReport second = run.Rerun();
  CHECK(second.exit_code == 0);
  CHECK(Only(second).counts == Counts{.success = 1, .up_to_date = 39});
}

TEST_CASE("resume: vectors that a restore brought back are written again without paying") {
  RunFixture run;
  run.Add("a", 50);
  run.Run();
  run.store.Edit("a", [](FakeCollection& a) {
    for (int i = 0; i < 20; ++i) a.vectors[std::to_string(i)] = {9, 9};
    a.vectors.erase("20");
  });
  const RunReport second = run.Rerun();
  CHECK(Only(second).counts == Counts{.success = 21, .up_to_date = 29});
  CHECK(Only(second).embedded == 0);
  CHECK(RightVectors(run.store.collections["a"]) == 50);
}

TEST_CASE("resume: --force pays again, and a run after it goes on where it stopped") {
  RunFixture run;
  run.Add("a", 100);
  run.Run();
  run.force = true;
  run.embedder.call_error = DeadAfter(run.embedder.batches().size() + 2);
  CHECK(run.Rerun().exit_code == 5);
  run.force = false;
  run.embedder.call_error = nullptr;
  const RunReport third = run.Rerun();
  CHECK(third.exit_code == 0);
  CHECK(run.embedder.texts().size() == 200);
  CHECK(Only(third).counts.count() == 100);
}

TEST_CASE("resume: another recipe starts a new run for its collection alone") {
  RunFixture run;
  run.Add("a", 10);
  run.Add("b", 10);
  const RunReport first = run.Run();
  run.config.collections[1].task_type = "RETRIEVAL_DOCUMENT";
  const RunReport second = run.Rerun();
  CHECK(second.collections.at(0).counts == Counts{.up_to_date = 10});
  CHECK(second.collections.at(0).run_id == first.collections.at(0).run_id);
  CHECK(second.collections.at(1).counts == Counts{.success = 10});
  CHECK(second.collections.at(1).run_id != first.collections.at(1).run_id);
}

TEST_CASE("resume: a journal that cannot be opened ends the run before anybody is asked") {
  RunFixture run;
  run.Add("a", 10);
  run.journal = Error{.kind = ErrorKind::kLocal, .message = "another run holds the lock: pid 7"};
  const RunReport report = run.Run();
  CHECK(report.exit_code == 5);
  CHECK(report.message == "another run holds the lock: pid 7");
  CHECK(run.store.scans() == 0);
  CHECK(run.embedder.batches().empty());
}

TEST_CASE("catch-up: what the application changed, added and deleted meanwhile ends right") {
  RunFixture run;
  run.Add("a", 300);
  run.store.on_scan = [&](std::size_t scan) {
    if (scan != 2) return;
    run.store.Edit("a", [](FakeCollection& a) {
      a.SetTitle("5", "edited");
      a.SetTitle("new", "inserted");
      a.RemoveDocument("6");
      a.vectors["7"] = {9, 9};
    });
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  const FakeCollection& a = run.store.collections["a"];
  CHECK(a.vectors.at("5") == VectorOf("edited"));
  CHECK(a.vectors.at("new") == VectorOf("inserted"));
  CHECK(a.vectors.at("7") == VectorOf("text 7"));
  CHECK(a.vectors.count("6") == 0);
  CHECK(Only(report).counts == Counts{.success = 301});
  CHECK(run.embedder.texts().size() == 302);
}

TEST_CASE("catch-up: a document deleted before it was written counts as deleted") {
  RunFixture run;
  run.Add("a", 300);
  run.store.on_lookup = [&](std::size_t page) {
    if (page == 1) run.store.Edit("a", [](FakeCollection& a) { a.RemoveDocument("3"); });
  };
  CHECK(Only(run.Run()).counts == Counts{.success = 299, .deleted = 1});
}

TEST_CASE("catch-up: a document that left the filter before it was written counts as skipped") {
  RunFixture run;
  run.Add("a", 300);
  run.config.collections[0].filter_by = "lang:=en";
  run.store.on_lookup = [&](std::size_t page) {
    if (page == 1) run.store.Edit("a", [](FakeCollection& a) { a.outside = {"3"}; });
  };
  CHECK(Only(run.Run()).counts == Counts{.success = 299, .skipped = 1});
}

TEST_CASE("catch-up: what changes again in every round has failed, and counts once") {
  RunFixture run;
  run.Add("a", 20);
  run.store.on_scan = [&](std::size_t scan) {
    run.store.Edit("a",
                   [scan](FakeCollection& a) { a.SetTitle("4", "edit " + std::to_string(scan)); });
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 3);
  CHECK(Only(report).counts == Counts{.success = 19, .failed = 1});
  REQUIRE(Only(report).failures.size() == 1);
  CHECK(Only(report).failures[0].id == "4");
  CHECK(Only(report).failures[0].stage == Stage::kCatchUp);
  CHECK(Only(report).failures[0].kind == FailureKind::kChanging);
  CHECK(run.store.scans() == 5);
}

TEST_CASE("catch-up: there is none with --limit") {
  RunFixture run;
  run.Add("a", 20);
  run.limit = 5;
  CHECK(Only(run.Run()).counts == Counts{.success = 5});
  CHECK(run.store.scans() == 1);
  CHECK(Only(run.Rerun()).counts == Counts{.success = 5, .up_to_date = 5});
}

TEST_CASE("scan: one that is cut and begins again counts every document once") {
  RunFixture run;
  run.Add("a", 300);
  run.Run();
  run.store.cut_scan_at = 200;
  CHECK(Only(run.Rerun()).counts == Counts{.up_to_date = 300});
}

TEST_CASE(
    "scan: a field whose text is the written vector's is known by it, any other by its numbers") {
  RunFixture run;
  run.Add("a", 3);
  run.Run();
  FakeCollection& store = run.store.collections["a"];
  // The same numbers, spelled otherwise: no difference to who reads them.
  std::string spelled;
  for (const float number : store.vectors["0"]) spelled += fmt::format(",{:.9e}", number);
  store.raw_fields["0"] = "[" + spelled.substr(1) + "]";
  CHECK(Only(run.Rerun()).counts == Counts{.up_to_date = 3});
  // From now on this document is known by that text.
  const Recipe recipe = (*run.journal)->Runs()->front().recipe;
  const auto view = *(*run.journal)->View({"a", 0, "vec"}, recipe);
  CHECK(view->Rows(std::vector<std::string_view>{"0"})->front()->spelling ==
        HashText(store.raw_fields["0"]));
  // One number is another now.
  store.raw_fields["1"] = "[1.5" + spelled.substr(spelled.find(',', 1)) + "]";
  CHECK(Only(run.Rerun()).counts == Counts{.success = 1, .up_to_date = 2});
  CHECK(RightVectors(store) == 3);
}

TEST_CASE("backup: the field as first seen, once a run, and none for a vector of ours") {
  RunFixture run;
  run.Add("a", 3);
  run.store.collections["a"].raw_fields["0"] = "[0.10000000149011612,1.0]";
  run.store.collections["a"].vectors["1"] = {0.5F, 0.25F};
  run.Run();
  run.store.Edit("a", [](FakeCollection& a) { a.vectors["0"] = {9, 9}; });
  run.Rerun();
  const auto runs = (*run.journal)->Runs();
  REQUIRE(runs->size() == 1);
  CHECK(runs->front().backups == 3);
  const std::vector<std::int64_t> numbers = {runs->front().number};
  const std::vector<std::string_view> ids = {"0", "1", "2"};
  const auto backups = *(*run.journal)->FirstBackups({"a", 0, "vec"}, numbers, ids);
  CHECK(DecodeBackup(*backups[0], 1)->json == "[0.10000000149011612,1.0]");
  CHECK(DecodeBackup(*backups[1], 1)->json == "[0.5,0.25]");
  CHECK(backups[2]->kind == BackupKind::kAbsent);
}

TEST_CASE("backup: --no-backup keeps none") {
  RunFixture run;
  run.Add("a", 3);
  run.backup = false;
  run.Run();
  CHECK((*run.journal)->Runs()->front().backups == 0);
}

TEST_CASE("limit: runs that are repeated get on, although some documents always fail") {
  RunFixture run;
  run.Add("a", 20);
  run.limit = 5;
  run.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text > "text 3") return std::nullopt;  // 4 … 9: all others fail
    return Error{.kind = ErrorKind::kBadText, .message = "not this one"};
  };
  std::uint64_t success = 0;
  for (int i = 0; i < 6; ++i) success += Only(i == 0 ? run.Run() : run.Rerun()).counts.success;
  CHECK(success == 6);
  CHECK(RightVectors(run.store.collections["a"]) == 6);
}

TEST_CASE("limit: a run from which nothing was left out has ended") {
  RunFixture run;
  run.Add("a", 20);
  run.limit = 100;
  CHECK_FALSE(Only(run.Run()).limited);
  CHECK((*run.journal)->Runs()->front().state == RunState::kEnded);
}

TEST_CASE("run: a collection of few texts is not read to its end before the first answer") {
  RunFixture run;
  run.Add("a", 30'000);
  for (Document& document : run.store.collections["a"].documents) {
    document.json = R"({"id":")" + document.id + R"(","title":"the same"})";
  }
  std::size_t pages_before_answer = 0;
  run.store.on_lookup = [&](std::size_t page) {
    if (run.embedder.texts().empty()) pages_before_answer = page;
  };
  const RunReport report = run.Run();
  CHECK(Only(report).counts == Counts{.success = 30'000});
  CHECK(pages_before_answer <= WaitingRoom::kMost / 250 + 1);
  CHECK(run.embedder.texts().size() == 1);
}

TEST_CASE("run: --max-failures counts a document once, also when it fails in two rounds") {
  RunFixture run;
  run.Add("a", 20);
  run.max_failures = {.set = true, .percent = false, .value = 2};
  run.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 4" && text != "edited") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "no"};
  };
  run.store.on_scan = [&](std::size_t scan) {
    if (scan != 2) return;
    run.store.Edit("a", [](FakeCollection& a) { a.SetTitle("4", "edited"); });
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 3);
  CHECK(Only(report).counts == Counts{.success = 19, .failed = 1});
}

TEST_CASE("run: a collection is looked at again when its turn comes") {
  RunFixture run;
  run.Add("a", 5);
  run.Add("b", 5);
  run.store.on_scan = [&](std::size_t scan) {
    if (scan != 1) return;
    run.store.Edit("b", [](FakeCollection& b) { b.schema.created_at = 77; });
  };
  CHECK(run.Run().exit_code == 0);
  CHECK((*run.journal)->Runs()->back().target.created_at == 77);
}

TEST_CASE("catch-up: a refused document that holds its vector after all has not failed") {
  RunFixture run;
  run.Add("a", 5);
  run.store.collections["a"].rejected = {"3"};
  run.store.on_scan = [&](std::size_t scan) {
    if (scan != 2) return;
    run.store.Edit("a", [](FakeCollection& a) { a.vectors["3"] = VectorOf("text 3"); });
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(Only(report).counts == Counts{.success = 5});
  CHECK(Only(report).failures.empty());
}

TEST_CASE("catch-up: a failed document that is deleted counts as deleted") {
  RunFixture run;
  run.Add("a", 5);
  run.store.collections["a"].rejected = {"3"};
  run.store.on_scan = [&](std::size_t scan) {
    if (scan == 2) run.store.Edit("a", [](FakeCollection& a) { a.RemoveDocument("3"); });
  };
  CHECK(Only(run.Run()).counts == Counts{.success = 4, .deleted = 1});
}

TEST_CASE("catch-up: a document that left the filter for a while ends with its vector") {
  RunFixture run;
  run.Add("a", 300);
  run.config.collections[0].filter_by = "lang:=en";
  run.store.on_lookup = [&](std::size_t page) {
    if (page == 1) run.store.Edit("a", [](FakeCollection& a) { a.outside = {"3"}; });
  };
  run.store.on_scan = [&](std::size_t scan) {
    if (scan == 2) run.store.Edit("a", [](FakeCollection& a) { a.outside.clear(); });
  };
  CHECK(Only(run.Run()).counts == Counts{.success = 300});
}

TEST_CASE("resume: trying another model does not make the first one's vectors unknown") {
  RunFixture run;
  run.Add("a", 40);
  run.Run();
  run.config.embedding.provider.model = "model-2";
  run.embedder.call_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  };
  CHECK(run.Rerun().exit_code == 4);
  run.embedder.call_error = nullptr;
  run.config.embedding.provider.model = "model-1";
  CHECK(Only(run.Rerun()).counts == Counts{.up_to_date = 40});
}
