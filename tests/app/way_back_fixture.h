#pragma once

#include <map>
#include <string>
#include <vector>

#include "rollback_fixture.h"
#include "run_fixture.h"

namespace reembed::testing {

/// Runs as a user starts them, and rollbacks of them.
struct WayBackFixture : RunFixture {
  ExportingReader reader{store};
  FailingJournal failing{**journal};

  /// Gives no error from now on; the program is started anew.
  void Mend() {
    store.alter_error = store.alter_lost = store.write_error = nullptr;
    store.on_alter = store.after_alter = nullptr;
    failing.fail_save = failing.fail_end = failing.cutovers_saved = 0;
    failing.damaged.clear();
    drain = {};
    abort = {};
  }

  /// The n-th call of the schema editor from now on fails, done or not.
  void FailAlteration(std::size_t n, bool done) {
    const auto fail = [n,
                       base = store.alterations.size()](std::size_t call) -> std::optional<Error> {
      if (call != base + n) return std::nullopt;
      return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
    };
    (done ? store.alter_lost : store.alter_error) = fail;
  }

  RollbackReport RollBack(const std::string& run = "", bool end_only = false) {
    clock.Advance(Seconds(60));
    BeginSession(**journal);
    BacklogWatch backlog(reader, clock, activity, log);
    return RunRollback({config, reader, failing, clock, log},
                       {store, backlog, progress, recovery, activity}, {run, end_only},
                       {drain.get_token(), abort.get_token()});
  }
  RollbackReport PlanBack(const std::string& run = "") {
    failing.read_only = true;
    RollbackReport report = PlanRollback({config, reader, failing, clock, log}, {run},
                                         {drain.get_token(), abort.get_token()});
    failing.read_only = false;
    return report;
  }
  RunReport Migrate() {
    clock.Advance(Seconds(60));
    return Rerun();
  }

  /// The field of every document, as an export shows it.
  std::map<std::string, std::string> Fields(const std::string& name) {
    std::map<std::string, std::string> fields;
    const FakeCollection& collection = store.collections.at(name);
    for (const Document& document : collection.documents) {
      fields[document.id] = collection.FieldJson(document.id);
    }
    return fields;
  }
  std::vector<RunRecord> Runs() { return Must((*journal)->Runs()); }
  std::vector<Cutover> Cutovers() { return Must((*journal)->Cutovers()); }
};

}  // namespace reembed::testing
