#include "runs.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "columns.h"

namespace reembed {
namespace {

std::int64_t AddRecipe(Database& database, const std::string& fingerprint, std::int64_t session) {
  Statement add(database,
                "INSERT INTO recipes(fingerprint, epoch, forced_in) SELECT ?1, "
                "1 + coalesce(max(epoch), 0), ?2 FROM recipes WHERE fingerprint=?1");
  add.Bind(fingerprint, session).Run();
  return database.LastInsertId();
}

// One new epoch a session: its collections share what it pays for.
std::int64_t ForcedRecipe(Database& database, const std::string& fingerprint,
                          std::int64_t session) {
  Statement find(database, "SELECT id FROM recipes WHERE fingerprint=? AND forced_in=?");
  if (find.Bind(fingerprint, session).Step()) return find.Int(0);
  return AddRecipe(database, fingerprint, session);
}

std::int64_t ChooseRecipe(Database& database, const RunSpec& spec, std::int64_t target,
                          std::int64_t session) {
  const std::string fingerprint = ToText(spec.recipe);
  if (spec.force) return ForcedRecipe(database, fingerprint, session);
  const std::int64_t found = FindRecipe(database, target, fingerprint, spec.nodes);
  return found != 0 ? found : AddRecipe(database, fingerprint, 0);
}

struct RunRow {
  RunIdentity identity;
  std::int64_t recipe = 0;
  RunState state = RunState::kOpen;
  bool pruned = false;
};

// The target's runs on the cluster of `nodes`, latest first.
std::vector<RunRow> RunsOnCluster(Database& database, std::int64_t target,
                                  const std::vector<std::string>& nodes) {
  Statement select(database,
                   "SELECT id, number, recipe, state, pruned, nodes FROM runs WHERE target=? "
                   "ORDER BY number DESC");
  std::vector<RunRow> rows;
  for (select.Bind(target); select.Step();) {
    if (!SameCluster(nodes, SplitLines(select.View(5)))) continue;
    RunRow row;
    row.identity = {std::string(select.View(0)), select.Int(1), true};
    row.recipe = select.Int(2);
    row.state = static_cast<RunState>(select.Int(3));
    row.pruned = select.Bool(4);
    rows.push_back(std::move(row));
  }
  return rows;
}

void ContinueRow(Database& database, const RunSpec& spec, std::int64_t number) {
  Statement open(database, "UPDATE runs SET state=?, ended=NULL, name=? WHERE number=?");
  open.Bind(RunState::kOpen, spec.name, number).Run();
}

std::int64_t AddRow(Database& database, const RunSpec& spec, const OpenedRun& run) {
  Statement add(database,
                "INSERT INTO runs(id, name, target, recipe, nodes, started, state) "
                "VALUES(?,?,?,?,?,?,?)");
  const std::string nodes = JoinLines(spec.nodes);
  add.Bind(run.identity.id, spec.name, run.target, run.recipe, nodes, ToNanos(spec.now),
           RunState::kOpen)
      .Run();
  return database.LastInsertId();
}

Target TargetAt(const Statement& row, int column) {
  return {std::string(row.View(column)), row.Int(column + 1), std::string(row.View(column + 2))};
}

}  // namespace

std::int64_t FindTarget(Database& database, const Target& target) {
  Statement find(database,
                 "SELECT id FROM targets WHERE collection=? AND created_at=? AND field=?");
  return find.Bind(target.collection, target.created_at, target.field).Step() ? find.Int(0) : 0;
}

std::int64_t FindOrAddTarget(Database& database, const Target& target) {
  const std::int64_t found = FindTarget(database, target);
  if (found != 0) return found;
  Statement add(database, "INSERT INTO targets(collection, created_at, field) VALUES(?,?,?)");
  add.Bind(target.collection, target.created_at, target.field).Run();
  return database.LastInsertId();
}

std::int64_t FindRecipe(Database& database, std::int64_t target, const std::string& fingerprint,
                        const std::vector<std::string>& nodes) {
  Statement own(database,
                "SELECT r.id, nodes FROM runs JOIN recipes r ON r.id = runs.recipe "
                "WHERE target=? AND fingerprint=? ORDER BY number DESC");
  std::int64_t latest = 0;
  for (own.Bind(target, fingerprint); own.Step();) {
    // By force a cluster leaves the vectors that another one's documents hold.
    if (SameCluster(nodes, SplitLines(own.View(1)))) return own.Int(0);
    if (latest == 0) latest = own.Int(0);
  }
  if (latest != 0) return latest;
  Statement newest(database,
                   "SELECT id FROM recipes WHERE fingerprint=? ORDER BY epoch DESC LIMIT 1");
  return newest.Bind(fingerprint).Step() ? newest.Int(0) : 0;
}

OpenedRun OpenRunRow(Database& database, const RunSpec& spec, std::int64_t session,
                     const std::string& session_run) {
  OpenedRun run;
  run.target = FindOrAddTarget(database, spec.target);
  run.recipe = ChooseRecipe(database, spec, run.target, session);
  const std::vector<RunRow> rows = RunsOnCluster(database, run.target, spec.nodes);
  const bool continues = !spec.force && !rows.empty() && rows.front().recipe == run.recipe &&
                         rows.front().state != RunState::kRolledBack && !rows.front().pruned;
  // Whatever run is open beside the one that goes on is superseded.
  for (const RunRow& row : rows)
    if (row.state == RunState::kOpen && !(continues && &row == &rows.front()))
      EndRunRow(database, row.identity.number, spec.now);
  if (continues) {
    run.identity = rows.front().identity;
    ContinueRow(database, spec, run.identity.number);
  } else {
    run.identity.id = session_run;
    run.identity.number = AddRow(database, spec, run);
  }
  Statement pass(database, "SELECT pass FROM targets WHERE id=?");
  if (pass.Bind(run.target).Step()) run.pass = pass.Int(0);
  return run;
}

void EndRunRow(Database& database, std::int64_t number, WallTime now) {
  // A clock that was set back meanwhile must not make the run look old: that decides how long its
  // backups stay.
  Statement end(database, "UPDATE runs SET state=?, ended=max(started, ?) WHERE number=?");
  end.Bind(RunState::kEnded, ToNanos(now), number).Run();
}

void NoteWithoutBackup(Database& database, std::int64_t number) {
  Statement note(database, "UPDATE runs SET with_backup=0 WHERE number=? AND with_backup<>0");
  note.Bind(number).Run();
}

std::vector<RunRecord> ReadRuns(Database& database) {
  Statement select(
      database,
      "SELECT u.id, u.number, name, collection, created_at, field, fingerprint, nodes, "
      "started, ended, state, with_backup, pruned, "
      "(SELECT count(*) FROM backups WHERE run = u.number) "
      "FROM runs u JOIN targets t ON t.id = u.target JOIN recipes r ON r.id = u.recipe "
      "ORDER BY u.number");
  std::vector<RunRecord> runs;
  while (select.Step()) {
    RunRecord run;
    run.id = std::string(select.View(0));
    run.number = select.Int(1);
    run.name = std::string(select.View(2));
    run.target = TargetAt(select, 3);
    Result<Recipe> recipe = ParseRecipe(select.View(6));
    if (!recipe.ok()) {
      database.FailDamaged("run " + run.id + ": " + recipe.error().message);
      break;
    }
    run.recipe = *std::move(recipe);
    run.nodes = SplitLines(select.View(7));
    run.started = FromNanos(select.Int(8));
    if (!select.IsNull(9)) run.ended = FromNanos(select.Int(9));
    run.state = static_cast<RunState>(select.Int(10));
    run.with_backup = select.Bool(11);
    run.pruned = select.Bool(12);
    run.backups = static_cast<std::uint64_t>(select.Int(13));
    runs.push_back(std::move(run));
  }
  return runs;
}

TargetCounts CountDocuments(Database& database, std::int64_t target) {
  Statement select(database,
                   "SELECT d.state, count(*) FROM documents d JOIN targets t ON t.id = d.target "
                   "WHERE d.target=? AND d.pass = t.pass GROUP BY d.state");
  TargetCounts counts;
  Statement noted(database, "SELECT count(*) FROM restores WHERE target=?");
  if (noted.Bind(target).Step()) counts.to_restore = static_cast<std::uint64_t>(noted.Int(0));
  for (select.Bind(target); select.Step();) {
    const auto number = static_cast<std::uint64_t>(select.Int(1));
    switch (static_cast<DocumentState>(select.Int(0))) {
      case DocumentState::kPending:
        counts.pending = number;
        break;
      case DocumentState::kEmbedded:
        counts.embedded = number;
        break;
      case DocumentState::kWritten:
        counts.written = number;
        break;
      case DocumentState::kSkipped:
        counts.skipped = number;
        break;
      case DocumentState::kFailed:
        counts.failed = number;
        break;
      case DocumentState::kDeleted:
      case DocumentState::kUpToDate:
        break;
    }
  }
  return counts;
}

std::string RunId(WallTime now, std::int64_t session) {
  // 2026-11-21T06:14:00Z without what a shell or a file name might mind.
  std::string stamp;
  for (const char character : IsoTime(now))
    if (character != '-' && character != ':') stamp += character;
  return fmt::format("{}-{}", stamp, session);
}

}  // namespace reembed
