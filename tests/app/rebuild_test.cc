#include "run_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using Strings = std::vector<std::string>;

// A collection `a` whose vectors have three components; the model gives two.
struct RebuildFixture : RunFixture {
  explicit RebuildFixture(std::size_t documents = 5) {
    config.collections.push_back(Configured("a"));
    store.collections["a"] = MakeCollection("a", documents, 3);
    for (std::size_t i = 0; i < documents; ++i) {
      collection().vectors[std::to_string(i)] = {1, 2, static_cast<float>(i)};
    }
    SetOptional(false);
    clock.HoldFrom(Seconds(120));
  }
  FakeCollection& collection() { return store.collections.at("a"); }
  FieldSchema field() { return *collection().schema.Find("vec"); }
  bool HasField() { return collection().schema.Find("vec") != nullptr; }
  std::vector<Cutover> Cutovers() { return *(*journal)->Cutovers(); }
  void SetOptional(bool optional) {
    for (FieldSchema& field : collection().schema.fields) {
      if (field.name != "vec") continue;
      field.optional = optional;
      field.definition = std::string(R"({"name":"vec","num_dim":3,"optional":)") +
                         (optional ? "true" : "false") + R"(,"type":"float[]"})";
    }
  }
  // An application that knows nothing of the new model.
  void InsertWithOldLength(const std::string& id) {
    collection().documents.push_back(
        {id, R"({"id":")" + id + R"(","title":"text )" + id + R"("})"});
    collection().vectors[id] = {7, 8, 9};
  }
};

TEST_CASE("rebuild: another vector length: drop, write, add") {
  RebuildFixture f;
  const RunReport report = f.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections[0].strategy == "rebuild");
  CHECK(report.collections[0].counts.success == 5);
  CHECK(f.store.alterations == Strings{"drop a vec", "add a vec"});
  CHECK(f.field().num_dim == 2);
  CHECK_FALSE(f.field().optional);
  CHECK(RightVectors(f.collection()) == 5);
  CHECK(f.recovery.files.empty());
  REQUIRE(f.Cutovers().size() == 1);
  CHECK(f.Cutovers()[0].step == CutoverStep::kDone);
}

TEST_CASE("rebuild: before the drop every vector is in the journal and the way back is kept") {
  RebuildFixture f;
  std::size_t embedded = 0;
  std::string recovery;
  f.store.on_alter = [&](const std::string& call) {
    if (call != "drop a vec") return;
    embedded = f.embedder.texts().size();
    recovery = f.recovery.files["a"];
    CHECK(f.Cutovers().at(0).step == CutoverStep::kDropping);
    CHECK(f.store.request_sizes().empty());
  };
  CHECK(f.Run().exit_code == 0);
  CHECK(embedded == 5);
  CHECK(recovery.find("/collections/a") != std::string::npos);
}

TEST_CASE("rebuild: a third run sends nothing and writes nothing") {
  RebuildFixture f;
  CHECK(f.Run().exit_code == 0);
  const std::size_t sent = f.embedder.texts().size();
  const std::size_t written = f.store.request_sizes().size();
  const RunReport again = f.Rerun();
  CHECK(again.exit_code == 0);
  CHECK(again.collections[0].strategy == "in-place");
  CHECK(again.collections[0].counts.up_to_date == 5);
  CHECK(f.embedder.texts().size() == sent);
  CHECK(f.store.request_sizes().size() == written);
}

TEST_CASE("rebuild: a document that cannot be embedded stops it before the drop") {
  RebuildFixture f;
  f.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 3") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "refused"};
  };
  const RunReport report = f.Run();
  CHECK(report.exit_code == 3);
  CHECK(report.collections[0].status == CollectionStatus::kPartial);
  CHECK(report.collections[0].message.find("--allow-missing") != std::string::npos);
  CHECK(f.store.alterations.empty());
  CHECK(f.collection().vectors.at("0") == Embedding{1, 2, 0});

  SECTION("with --allow-missing it ends without a vector, in an optional field") {
    f.config.cutover.allow_missing = true;
    const RunReport allowed = f.Rerun();
    CHECK(allowed.exit_code == 3);
    CHECK(allowed.collections[0].counts.success == 4);
    CHECK(allowed.collections[0].counts.failed == 1);
    CHECK(f.field().optional);
    CHECK(f.field().num_dim == 2);
    CHECK(f.collection().FieldJson("3").empty());
    CHECK(RightVectors(f.collection()) == 4);
  }
  SECTION("mended, a rerun pays for that text only") {
    f.embedder.text_error = nullptr;
    CHECK(f.Rerun().exit_code == 0);
    CHECK(f.embedder.texts().size() == 5);
    CHECK(RightVectors(f.collection()) == 5);
  }
}

TEST_CASE("rebuild: a document skipped for its empty text needs an optional field") {
  RebuildFixture f;
  f.config.collections[0].on_empty_text = EmptyTextRule::kSkip;
  f.collection().SetTitle("2", "");
  SECTION("required: stopped before anything is paid for") {
    const RunReport report = f.Run();
    CHECK(report.exit_code == 3);
    CHECK(f.embedder.texts().empty());
    CHECK(f.store.alterations.empty());
  }
  SECTION("required, with --allow-missing: it becomes optional") {
    f.config.cutover.allow_missing = true;
    const RunReport report = f.Run();
    CHECK(report.exit_code == 0);
    CHECK(report.collections[0].counts.skipped == 1);
    CHECK(f.store.alterations == Strings{"drop a vec", "add a vec"});
    CHECK(f.field().optional);
    CHECK(f.collection().FieldJson("2").empty());
  }
  SECTION("optional: it ends without a vector") {
    f.SetOptional(true);
    const RunReport report = f.Run();
    CHECK(report.exit_code == 0);
    CHECK(report.collections[0].counts.skipped == 1);
    CHECK(report.collections[0].counts.success == 4);
    CHECK(f.collection().FieldJson("2").empty());
    CHECK(RightVectors(f.collection()) == 4);
  }
}

TEST_CASE("rebuild: documents outside the filter are re-embedded when they hold a vector") {
  RebuildFixture f(6);
  f.SetOptional(true);
  f.config.collections[0].filter_by = "is_default:=false";
  f.collection().outside = {"1", "4", "5"};
  f.collection().vectors.erase("4");
  const RunReport report = f.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections[0].outside_filter == 3);
  CHECK(report.collections[0].counts.success == 5);
  CHECK(report.collections[0].counts.up_to_date == 1);
  CHECK(RightVectors(f.collection()) == 5);
  CHECK(f.collection().FieldJson("4").empty());
  CHECK(f.embedder.texts().size() == 5);
}

TEST_CASE("rebuild: --outside-filter refuse spends nothing") {
  RebuildFixture f;
  f.config.collections[0].filter_by = "is_default:=false";
  f.config.cutover.refuse_outside_filter = true;
  f.collection().outside = {"1"};
  const RunReport report = f.Run();
  CHECK(report.exit_code == 4);
  CHECK(f.embedder.texts().empty());
  CHECK(f.store.alterations.empty());
}

TEST_CASE("rebuild: documents written with the old length in the window end up right") {
  RebuildFixture f;
  std::size_t adds = 0;
  f.store.on_alter = [&](const std::string& call) {
    if (call == "add a vec" && ++adds == 1) f.InsertWithOldLength("late");
  };
  const RunReport report = f.Run();
  CHECK(report.exit_code == 0);
  CHECK(f.store.alterations == Strings{"drop a vec", "add a vec", "add a vec"});
  CHECK(report.collections[0].counts.success == 6);
  CHECK(RightVectors(f.collection()) == 6);
  CHECK(f.field().num_dim == 2);
  CHECK_FALSE(f.field().optional);
}

TEST_CASE("rebuild: the provider dies in the window: search comes back first") {
  RebuildFixture f;
  std::size_t adds = 0;
  f.store.on_alter = [&](const std::string& call) {
    if (call != "add a vec" || ++adds > 1) return;
    f.InsertWithOldLength("late");
    f.embedder.call_error = [](std::size_t) {
      return Error{.kind = ErrorKind::kOutage, .message = "the provider is away"};
    };
  };
  const RunReport report = f.Run();
  CHECK(report.exit_code == 3);
  REQUIRE(f.HasField());
  CHECK(f.field().num_dim == 2);
  CHECK(f.field().optional);
  CHECK(f.collection().FieldJson("late").empty());
  CHECK(report.collections[0].counts.failed == 1);
  REQUIRE(report.collections[0].failures.size() == 1);
  CHECK(report.collections[0].failures[0].id == "late");
  CHECK(RightVectors(f.collection()) == 5);

  f.embedder.call_error = nullptr;
  CHECK(f.Rerun().exit_code == 0);
  CHECK(RightVectors(f.collection()) == 6);
}

TEST_CASE("rebuild: an application that never stops writing the old length ends without vectors") {
  RebuildFixture f;
  std::size_t adds = 0;
  f.store.on_alter = [&](const std::string& call) {
    if (call != "add a vec" || ++adds > 6) return;
    f.InsertWithOldLength("late" + std::to_string(adds));
  };
  const RunReport report = f.Run();
  REQUIRE(f.HasField());
  CHECK(f.field().num_dim == 2);
  CHECK(report.exit_code == 3);
  CHECK(f.Rerun().exit_code == 0);
  CHECK(RightVectors(f.collection()) == 11);
}

TEST_CASE("rebuild: cut off anywhere, a rerun ends the same and pays for nothing twice") {
  const std::size_t call = GENERATE(1U, 2U);
  const bool done = GENERATE(false, true);
  RebuildFixture f;
  const auto fail = [&](std::size_t n) -> std::optional<Error> {
    if (n != call) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  (done ? f.store.alter_lost : f.store.alter_error) = fail;
  const RunReport cut = f.Run();
  CHECK(cut.exit_code == 5);
  if (!f.HasField()) {
    CHECK(cut.collections[0].message.find("recovery/a.json") != std::string::npos);
    CHECK(f.recovery.files.contains("a"));
  }
  f.store.alter_error = nullptr;
  f.store.alter_lost = nullptr;
  const RunReport report = f.Rerun();
  CHECK(report.exit_code == 0);
  CHECK(f.field().num_dim == 2);
  CHECK(RightVectors(f.collection()) == 5);
  CHECK(f.embedder.texts().size() == 5);
  CHECK(f.recovery.files.empty());
  for (const Cutover& cutover : f.Cutovers()) CHECK_FALSE(cutover.IsOpen());
}

TEST_CASE("rebuild: cut off while it writes, the rerun writes the rest") {
  RebuildFixture f(600);
  f.store.write_error = [](std::size_t n) -> std::optional<Error> {
    if (n != 3) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  CHECK(f.Run().exit_code == 5);
  CHECK_FALSE(f.HasField());
  f.store.write_error = nullptr;
  f.force = true;
  CHECK(f.Rerun().exit_code == 4);
  f.force = false;
  const RunReport report = f.Rerun();
  CHECK(report.exit_code == 0);
  CHECK(RightVectors(f.collection()) == 600);
  CHECK(f.embedder.texts().size() == 600);
}

TEST_CASE("rebuild: without the journal a field that is away has a way forward") {
  RebuildFixture f;
  f.store.alter_error = [](std::size_t n) -> std::optional<Error> {
    if (n != 2) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  CHECK(f.Run().exit_code == 5);
  f.store.alter_error = nullptr;
  f.journal = MakeMemoryJournal();
  const RunReport lost = f.Rerun();
  CHECK(lost.exit_code == 4);
  CHECK(lost.collections[0].message.find("recovery/a.json") != std::string::npos);
}

TEST_CASE("rebuild: a drop that is still in work when the rerun begins is waited for") {
  RebuildFixture f;
  const auto fail_once = [](std::size_t n) -> std::optional<Error> {
    if (n != 1) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  f.store.alter_error = fail_once;
  CHECK(f.Run().exit_code == 5);
  REQUIRE(f.HasField());
  f.store.alter_error = nullptr;
  // The server goes on with it, and shows the field until it is done.
  f.store.on_await = [&](const std::string&) { f.collection().DropField("vec"); };
  SECTION("with the same settings it is gone on with") {
    CHECK(f.Rerun().exit_code == 0);
    CHECK(f.field().num_dim == 2);
    CHECK(RightVectors(f.collection()) == 5);
    CHECK(f.embedder.texts().size() == 5);
  }
  SECTION("with others it is refused, and there is a way forward") {
    f.provider.dimensions = 3;
    const RunReport other = f.Rerun();
    CHECK(other.exit_code == 4);
    CHECK(other.collections[0].message.find("reembed rollback") != std::string::npos);
    CHECK(f.recovery.files.contains("a"));
    f.store.on_await = nullptr;
    f.provider.dimensions = 2;
    CHECK(f.Rerun().exit_code == 0);
    CHECK(RightVectors(f.collection()) == 5);
  }
}

TEST_CASE("rebuild: after a recovery by hand a run fills all documents again") {
  RebuildFixture f(6);
  f.SetOptional(true);
  f.config.collections[0].filter_by = "is_default:=false";
  f.collection().outside = {"1", "4", "5"};
  f.collection().vectors.erase("4");
  f.store.alter_error = [](std::size_t n) -> std::optional<Error> {
    if (n != 2) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  CHECK(f.Run().exit_code == 5);
  f.store.alter_error = nullptr;
  f.collection().vectors.clear();
  CHECK(
      *f.collection().AddField(R"({"name":"vec","num_dim":2,"optional":true,"type":"float[]"})") ==
      AlterResult::kDone);
  const bool journal_lost = GENERATE(false, true);
  if (journal_lost) f.journal = MakeMemoryJournal();
  CHECK(f.Rerun().exit_code == 0);
  for (const std::string id : {"0", "1", "2", "3", "5"}) {
    CHECK(f.collection().vectors[id] == VectorOf("text " + id));
  }
  CHECK(f.recovery.files.empty());
  for (const Cutover& cutover : f.Cutovers()) CHECK_FALSE(cutover.IsOpen());
}

TEST_CASE("rebuild: in the window the first signal is not heeded, the second is") {
  RebuildFixture f(600);
  SECTION("first") {
    f.store.on_alter = [&](const std::string& call) {
      if (call == "drop a vec") f.drain.request_stop();
    };
    const RunReport report = f.Run();
    CHECK(report.exit_code == 130);
    REQUIRE(f.HasField());
    CHECK(RightVectors(f.collection()) == 600);
  }
  SECTION("second") {
    f.store.on_write = [&](const std::string&) {
      f.drain.request_stop();
      f.abort.request_stop();
    };
    const RunReport report = f.Run();
    CHECK(report.exit_code == 130);
    CHECK_FALSE(f.HasField());
    CHECK(report.collections[0].message.find("reembed rollback") != std::string::npos);
  }
  f.store.on_write = nullptr;
  f.store.on_alter = nullptr;
  CHECK(f.Rerun().exit_code == 0);
  CHECK(RightVectors(f.collection()) == 600);
}

TEST_CASE("rebuild: at the same length on request") {
  RebuildFixture f;
  f.store.collections["a"] = MakeCollection("a", 4, 2);
  f.config.collections[0].strategy = StrategyChoice::kRebuild;
  CHECK(f.Run().exit_code == 0);
  CHECK(f.store.alterations == Strings{"drop a vec", "add a vec"});
  CHECK(RightVectors(f.collection()) == 4);
  CHECK(f.Rerun().exit_code == 0);
  CHECK(f.store.alterations.size() == 2);
}

TEST_CASE("rebuild: an empty collection gets the new length") {
  RebuildFixture f(0);
  CHECK(f.Run().exit_code == 0);
  CHECK(f.field().num_dim == 2);
}

TEST_CASE("rebuild: --limit is refused") {
  RebuildFixture f;
  f.limit = 3;
  CHECK(f.Run().exit_code == 2);
  CHECK(f.store.alterations.empty());
}

}  // namespace
}  // namespace reembed::testing
