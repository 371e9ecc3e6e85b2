#include "doctor_fixture.h"
#include "reembed/core/exit_code.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("doctor: when all is well every line is ok") {
  DoctorFixture fixture;
  fixture.server_time = [&] { return fixture.clock.Wall() + std::chrono::minutes(4); };
  const DoctorReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(Problems(report).empty());
  CHECK(Warnings(report).empty());
  CHECK(LinesOf(report, DoctorLevel::kOk) ==
        std::vector<std::string>{
            "configuration: config/reembed.json; collections: books",
            "state directory `.reembed` is there, and only this user may read it",
            "fake / model-1: fake.test:443 answers with 3 dimensions",
            "node fake:8108 is healthy, version 29.0",
            "'books': 2 documents match, 3 → 3 dimensions, strategy in-place",
            "key: it may read all that a run reads; only a run shows whether it may write",
            "the nodes have memory and disk left",
            "disk space: 1.0 TB free for the state directory; the journal may grow by under 1 MB",
            "journal: readable, 0 runs", "clock: it agrees with the provider's"});
  CHECK(fixture.provider.requests() == std::vector<std::string>{"reembed"});
  CHECK(fixture.store.request_sizes().empty());
}

TEST_CASE("doctor: a problem exits 4 and the other checks are made all the same") {
  DoctorFixture fixture;
  fixture.state_dir.writable = false;
  fixture.provider.ThenFail(Refused("the key is refused"));
  fixture.store.collections.erase("books");
  fixture.journal_error = Refused("journal.sqlite is damaged");
  const DoctorReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  const auto problems = Problems(report);
  REQUIRE(problems.size() == 4);
  CHECK_THAT(problems[0], ContainsSubstring("state directory `.reembed` may not be written"));
  CHECK_THAT(problems[1],
             ContainsSubstring("fake / model-1: the key is refused → correct the key"));
  CHECK_THAT(problems[2],
             ContainsSubstring("'books': there is no collection books → correct `collection`"));
  CHECK_THAT(problems[3], ContainsSubstring("journal: journal.sqlite is damaged → restore"));
}

TEST_CASE("doctor: a cluster that does not answer is one problem") {
  DoctorFixture fixture;
  SECTION("no node is healthy") {
    fixture.store.nodes = {{"a:1", false, "", "connection refused", {}, {}},
                           {"b:1", false, "", "", {}, {}}};
    const auto problems = Problems(fixture.Run());
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], ContainsSubstring("no node is healthy (a:1: connection refused; "
                                              "b:1: not healthy) → check TYPESENSE_HOST"));
  }
  SECTION("it is lost while planning") {
    fixture.store.describe_error = Error{.kind = ErrorKind::kUnreachable, .message = "no node"};
    CHECK(Problems(fixture.Run()).size() == 1);
  }
  SECTION("it is lost while exporting") {
    CollectionConfig films = fixture.config.collections[0];
    films.name = films.collection = "films";
    fixture.config.collections.push_back(films);
    fixture.store.collections["films"] = MakeCollection("films", 2, 3);
    fixture.store.scan_error = Error{.kind = ErrorKind::kOutage, .message = "no node"};
    CHECK(Problems(fixture.Run()) ==
          std::vector<std::string>{
              "Typesense: no node → check the address and that the server runs, then try again"});
    CHECK(fixture.store.scans() == 1);
  }
}

TEST_CASE("doctor: the state directory") {
  const auto check = [](StateDirFacts facts) { return StateDirLines("dir", facts); };
  CHECK(check({.exists = false, .writable = true}).at(0).level == DoctorLevel::kOk);
  CHECK(check({.exists = false, .writable = false}).at(0).what ==
        "state directory `dir` cannot be created");
  const auto open = check({.exists = true, .writable = true, .mode = 040755});
  CHECK(open.at(0).what == "state directory `dir` is open to other users (mode 0755)");
  CHECK(open.at(0).remedy == "chmod 700 dir");
  CHECK(open.at(0).level == DoctorLevel::kWarning);
  const auto held =
      check({.exists = true, .writable = true, .mode = 0700, .lock_holder = "process 7"});
  REQUIRE(held.size() == 1);
  CHECK(held[0].what == "state directory `dir` is in use: process 7");
  CHECK(held[0].level == DoctorLevel::kWarning);
}

TEST_CASE("doctor: disk space against what the journal may need") {
  constexpr std::uint64_t kMB = 1'000'000;
  const auto level = [](std::optional<std::uint64_t> free, std::uint64_t needed, bool begun) {
    StateDirFacts facts;
    facts.free_bytes = free;
    return SpaceLine(facts, needed, begun).level;
  };
  CHECK(level(1000 * kMB, 500 * kMB, false) == DoctorLevel::kOk);
  CHECK(level(400 * kMB, 500 * kMB, false) == DoctorLevel::kProblem);
  CHECK(level(400 * kMB, 500 * kMB, true) == DoctorLevel::kWarning);
  CHECK(level(50 * kMB, 0, false) == DoctorLevel::kWarning);
  CHECK(level(std::nullopt, 500 * kMB, false) == DoctorLevel::kOk);
}

TEST_CASE("doctor: versions of the nodes") {
  const auto judged = [](std::vector<std::string> versions) {
    std::vector<NodeStatus> nodes;
    for (std::string& version : versions) {
      nodes.push_back(DoctorFixture::Node("n"));
      nodes.back().version = std::move(version);
    }
    std::vector<std::string> found;
    for (const DoctorLine& line : NodeLines(nodes)) {
      if (line.level == DoctorLevel::kWarning) found.push_back(line.what);
    }
    return found;
  };
  using Found = std::vector<std::string>;
  for (const char* known : {"0.25.2", "26.0", "27.1", "29.0", "30.2", "v30.0"}) {
    CHECK(judged({known}).empty());
  }
  CHECK(judged({"0.24.1"}) ==
        Found{"Typesense 0.24.1 is older than 0.25, with which reembed is known to work"});
  for (const char* unknown : {"31.0", "nightly", "1.0"}) {
    REQUIRE(judged({unknown}).size() == 1);
    CHECK_THAT(judged({unknown})[0], ContainsSubstring("is none of the versions"));
  }
  CHECK(judged({"29.0", "30.0"}) == Found{"the nodes run different versions: 29.0, 30.0"});
  CHECK(judged({""}) == Found{"the version of Typesense is not known"});
  CHECK(judged({"29.0", ""}).empty());
}

TEST_CASE("doctor: one node of several that is not well is a warning") {
  DoctorFixture fixture;
  fixture.store.nodes = {DoctorFixture::Node("a:1"), DoctorFixture::Node("b:1"),
                         DoctorFixture::Node("c:1")};
  fixture.store.nodes[1].healthy = false;
  fixture.store.nodes[1].trouble = "not ready or lagging";
  fixture.store.nodes[2].trouble = "OUT_OF_DISK";
  const DoctorReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  const auto warnings = Warnings(report);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("node b:1 is not healthy: not ready or lagging"));
  CHECK_THAT(warnings[1], ContainsSubstring("node c:1: OUT_OF_DISK"));
}

TEST_CASE("doctor: memory and disk of the nodes against the vectors") {
  constexpr std::uint64_t kMB = 1'000'000;
  NodeStatus node = DoctorFixture::Node("a:1");
  node.memory_free_bytes = 600 * kMB;
  node.disk_free_bytes = 3000 * kMB;
  CHECK(HeadroomLines({node}, 400 * kMB).at(0).level == DoctorLevel::kOk);
  const auto short_of_both = HeadroomLines({node}, 700 * kMB);
  REQUIRE(short_of_both.size() == 2);
  CHECK(short_of_both[0].what == "node a:1 has 600 MB of memory left; a run may need 700 MB");
  CHECK(short_of_both[1].what == "node a:1 has 3.0 GB of disk left; a run may need 4.2 GB");
  node.memory_free_bytes.reset();
  node.disk_free_bytes.reset();
  CHECK_THAT(HeadroomLines({node}, 0).at(0).remedy, ContainsSubstring("metrics.json:list"));
}

TEST_CASE("doctor: rights that a run can do without are warnings") {
  DoctorFixture fixture;
  fixture.store.aliases_error = Refused("no right");
  fixture.store.pending_writes = [](std::size_t) { return Refused("no right"); };
  const DoctorReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  const auto warnings = Warnings(report);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("aliases:list"));
  CHECK_THAT(warnings[1], ContainsSubstring("stats.json:list"));
}

TEST_CASE("doctor: a key that may not export is a problem") {
  DoctorFixture fixture;
  fixture.store.scan_error = Refused("forbidden");
  CHECK(Problems(fixture.Run()) ==
        std::vector<std::string>{"'books': forbidden → give the key documents:export"});
}

TEST_CASE("doctor: blockers are problems, and notes to look at are warnings") {
  DoctorFixture fixture;
  SECTION("a field of another type") {
    fixture.store.collections["books"].schema.fields.back().type = "string";
    const auto problems = Problems(fixture.Run());
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], ContainsSubstring("field `vec` is of type string"));
  }
  SECTION("a source field that the schema lacks") {
    fixture.config.collections[0].text.fields = {"titel"};
    const auto warnings = Warnings(fixture.Run());
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], ContainsSubstring("source field `titel` is not in the schema"));
  }
  SECTION("skipped collections are not looked at") {
    fixture.config.collections[0].skip_reason = "not ours";
    const DoctorReport report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(Warnings(report).at(0).find("collections: none; skipped: books") != std::string::npos);
  }
}

TEST_CASE("doctor: the provider's answer is judged") {
  DoctorFixture fixture;
  SECTION("another length than configured") {
    fixture.provider.properties_to_declare.dimensions = 4;
    const auto problems = Problems(fixture.Run());
    REQUIRE_FALSE(problems.empty());
    CHECK_THAT(problems[0], ContainsSubstring("set EMBEDDING_DIMENSIONS"));
  }
  SECTION("no answer") {
    fixture.provider.ThenFail({.kind = ErrorKind::kUnreachable, .message = "no route"});
    CHECK_THAT(Problems(fixture.Run()).at(0), ContainsSubstring("no route → check the network"));
  }
  SECTION("a request to wait") {
    fixture.provider.ThenFail({.kind = ErrorKind::kRateLimited, .message = "slow down"});
    const DoctorReport report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(Warnings(report).size() == 1);
  }
  SECTION("an option that it lacks is done without") {
    fixture.provider.ThenFail({.kind = ErrorKind::kAdapted, .message = "no dimensions"}, 2);
    CHECK(Problems(fixture.Run()).empty());
    CHECK(fixture.provider.calls().size() == 3);
  }
  SECTION("it is not asked under --no-probe") {
    fixture.probe = false;
    CHECK(fixture.Run().exit_code == kExitDone);
    CHECK(fixture.provider.calls().empty());
  }
  SECTION("not asked, and the length is not known") {
    fixture.probe = false;
    fixture.provider.properties_to_declare.dimensions = 0;
    CHECK_THAT(Warnings(fixture.Run()).at(0), ContainsSubstring("set EMBEDDING_DIMENSIONS"));
  }
}

TEST_CASE("doctor: a clock that is wrong is a warning") {
  DoctorFixture fixture;
  for (const auto apart : {std::chrono::minutes(6), std::chrono::minutes(-6)}) {
    fixture.server_time = [&] { return fixture.clock.Wall() + apart; };
    const auto warnings = Warnings(fixture.Run());
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], ContainsSubstring("clock: this machine says 2026-11-21T00:00:00Z"));
  }
}

TEST_CASE("doctor: runs of the journal") {
  DoctorFixture fixture;
  RunSpec spec = fixture.OpenSpec();
  SECTION("there is none yet") {
    fixture.with_journal = false;
    const auto lines = LinesOf(fixture.Run(), DoctorLevel::kOk);
    CHECK(lines.back() == "journal: there is none yet");
  }
  SECTION("one has not ended") {
    REQUIRE(fixture.journal->OpenRun(spec).ok());
    const auto lines = LinesOf(fixture.Run(), DoctorLevel::kOk);
    CHECK_THAT(lines.back(), ContainsSubstring("of 'books' has not ended: 0 documents to embed"));
    CHECK_THAT(lines.back(), ContainsSubstring("a rerun goes on with it"));
  }
  SECTION("one has not ended and the model is another now") {
    REQUIRE(fixture.journal->OpenRun(spec).ok());
    fixture.config.embedding.provider.model = "model-2";
    const auto lines = LinesOf(fixture.Run(), DoctorLevel::kOk);
    CHECK_THAT(lines.back(), ContainsSubstring("a rerun begins a new one"));
  }
  SECTION("one began in the future") {
    spec.now = fixture.clock.Wall() + std::chrono::hours(1);
    REQUIRE(fixture.journal->OpenRun(spec).ok());
    CHECK_THAT(Warnings(fixture.Run()).at(0), ContainsSubstring("began in the future"));
  }
}

TEST_CASE("doctor: a signal ends it") {
  DoctorFixture fixture;
  fixture.provider.Then([&](const EmbedRequest& request) {
    fixture.drain.request_stop();
    return FakeProvider::Right(request);
  });
  const DoctorReport report = fixture.Run();
  CHECK(report.exit_code == kExitInterrupted);
  CHECK(report.lines.size() == 2);
  CHECK(fixture.store.scans() == 0);
}
