#include "cutovers.h"

#include <optional>
#include <string>
#include <utility>

#include "columns.h"

namespace reembed {

std::vector<Cutover> ReadCutovers(Database& database) {
  Statement select(database,
                   "SELECT number, kind, step, name, nodes, field, from_name, from_created_at, "
                   "to_name, to_created_at, old_definition, new_definition, aliases, started, "
                   "changed FROM cutovers ORDER BY number");
  std::vector<Cutover> cutovers;
  while (select.Step()) {
    Cutover cutover;
    cutover.number = select.Int(0);
    cutover.kind = static_cast<CutoverKind>(select.Int(1));
    cutover.step = static_cast<CutoverStep>(select.Int(2));
    cutover.name = std::string(select.View(3));
    cutover.nodes = SplitLines(select.View(4));
    cutover.field = std::string(select.View(5));
    cutover.from = {std::string(select.View(6)), select.Int(7)};
    cutover.to = {std::string(select.View(8)), select.Int(9)};
    cutover.old_definition = std::string(select.View(10));
    cutover.new_definition = std::string(select.View(11));
    cutover.aliases = SplitLines(select.View(12));
    cutover.started = FromNanos(select.Int(13));
    cutover.changed = FromNanos(select.Int(14));
    cutovers.push_back(std::move(cutover));
  }
  return cutovers;
}

std::int64_t PutCutover(Database& database, const Cutover& cutover) {
  Statement put(database,
                "REPLACE INTO cutovers(number, kind, step, name, nodes, field, from_name, "
                "from_created_at, to_name, to_created_at, old_definition, new_definition, aliases, "
                "started, changed) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  // Without a number SQLite gives it the next one; no row is ever removed.
  std::optional<std::int64_t> number;
  if (cutover.number != 0) number = cutover.number;
  const std::string nodes = JoinLines(cutover.nodes), aliases = JoinLines(cutover.aliases);
  put.Bind(number, cutover.kind, cutover.step, cutover.name, nodes, cutover.field,
           cutover.from.name, cutover.from.created_at, cutover.to.name, cutover.to.created_at,
           cutover.old_definition, cutover.new_definition, aliases, ToNanos(cutover.started),
           ToNanos(cutover.changed))
      .Run();
  return database.LastInsertId();
}

}  // namespace reembed
