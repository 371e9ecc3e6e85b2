#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_store.h"
#include "src/app/doctor.h"
#include "tests/support/catch2.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"
#include "tests/support/memory_journal.h"
#include "tests/support/memory_recovery.h"

namespace reembed::testing {

class NoLog final : public Log {
 public:
  void Write(LogLevel, std::string_view) override {}
};

/// A set-up in which all is well: one collection of two documents, three components.
struct DoctorFixture {
  Config config;
  FakeStore store;
  FakeProvider provider;
  FakeClock clock;
  NoLog log;
  StateDirFacts state_dir{.exists = true,
                          .writable = true,
                          .mode = 0700,
                          .free_bytes = 1000'000'000'000,
                          .lock_holder = ""};
  std::unique_ptr<JournalStore> journal = MakeMemoryJournal();
  std::optional<Error> journal_error;
  std::function<std::optional<WallTime>()> server_time;
  MemoryRecovery recovery;
  bool probe = true;
  bool with_journal = true;
  std::stop_source drain;

  DoctorFixture() {
    config.source = "config/reembed.json";
    config.embedding.provider.family = "fake";
    config.embedding.provider.model = "model-1";
    config.typesense.nodes = {"http://fake:8108"};
    CollectionConfig books;
    books.name = "books";
    books.collection = "books";
    books.embedding_field = "vec";
    books.text.fields = {"title"};
    config.collections = {books};
    store.collections["books"] = MakeCollection("books", 2, 3);
    store.nodes = {Node("fake:8108")};
  }

  static NodeStatus Node(std::string url) {
    return {std::move(url), true, "29.0", "", std::uint64_t{1} << 36, std::uint64_t{1} << 38};
  }

  DoctorReport Run() {
    const DoctorTools tools{config,
                            store,
                            provider.properties(),
                            clock,
                            log,
                            state_dir,
                            probe ? &provider : nullptr,
                            with_journal ? journal.get() : nullptr,
                            journal_error,
                            server_time,
                            &recovery};
    return Doctor(tools).Run({drain.get_token(), {}});
  }

  void Cut(CutoverKind kind, CutoverStep step, const CollectionId& from, const CollectionId& to) {
    Cutover cutover;
    cutover.kind = kind;
    cutover.step = step;
    cutover.name = "books";
    cutover.nodes = config.typesense.nodes;
    cutover.field = "vec";
    cutover.from = from;
    cutover.to = to;
    cutover.old_definition = R"({"name":"vec","num_dim":4,"type":"float[]"})";
    cutover.new_definition = R"({"name":"vec","num_dim":3,"type":"float[]"})";
    cutover.started = cutover.changed = clock.Wall();
    REQUIRE(journal->SaveCutover(cutover).ok());
  }
  FakeCollection& books() { return store.collections.at("books"); }

  RunSpec OpenSpec() const {
    return {.name = "books",
            .target = {"books", 0, "vec"},
            .recipe = RecipeOf(config.embedding, config.collections[0], 3, 0),
            .nodes = config.typesense.nodes,
            .now = clock.Wall()};
  }
};

/// The lines of a level, remedies after `→`.
inline std::vector<std::string> LinesOf(const DoctorReport& report, DoctorLevel level) {
  std::vector<std::string> lines;
  for (const DoctorLine& line : report.lines) {
    if (line.level != level) continue;
    lines.push_back(line.remedy.empty() ? line.what : line.what + " → " + line.remedy);
  }
  return lines;
}

inline std::vector<std::string> Problems(const DoctorReport& report) {
  return LinesOf(report, DoctorLevel::kProblem);
}
inline std::vector<std::string> Warnings(const DoctorReport& report) {
  return LinesOf(report, DoctorLevel::kWarning);
}

inline Error Refused(std::string message) {
  return {.kind = ErrorKind::kRefused, .message = std::move(message)};
}

}  // namespace reembed::testing
