#include "status_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "json_document.h"

namespace reembed {
namespace {

constexpr int kStatusVersion = 1;

class StatusBuilder : JsonStrings {
 public:
  explicit StatusBuilder(const Redactor& redact) : JsonStrings(redact) {}

  Json Report(const StatusReport& report) const {
    Json json = {{"status_version", kStatusVersion},
                 {"reembed", Text(report.version)},
                 {"journal", Text(report.journal)},
                 {"exists", report.exists},
                 {"bytes_on_disk", report.bytes_on_disk},
                 {"cutovers", Json::array()},
                 {"targets", Json::array()},
                 {"old_collections", Json::array()}};
    for (const StatusCutover& open : report.cutovers) json["cutovers"].push_back(Open(open));
    for (const LeftCollection& left : report.old_collections) {
      json["old_collections"].push_back(Left(left));
    }
    for (const StatusTarget& target : report.targets) json["targets"].push_back(Target(target));
    const Prunable prunable = PrunableOf(report);
    json["prunable"] = {{"runs", prunable.runs}, {"backups", prunable.backups}};
    json["pruned"] = report.pruned ? Pruned(*report.pruned) : Json(nullptr);
    return json;
  }

 private:
  Json Open(const StatusCutover& open) const {
    const Cutover& cutover = open.cutover;
    return {{"name", Text(cutover.name)},
            {"kind", ToString(cutover.kind)},
            {"step", ToString(cutover.step)},
            {"embedding_field", Text(cutover.field)},
            {"from", Text(cutover.from.name)},
            {"to", Text(cutover.to.name)},
            {"nodes", Texts(cutover.nodes)},
            {"begun", IsoTime(cutover.started)},
            {"since", IsoTime(cutover.changed)},
            {"search_may_be_away", MayBeAway(cutover)},
            {"recovery_file", TextOrNull(open.recovery_file)},
            {"next", Text(GoOnText(cutover, open.recovery_file))}};
  }

  Json Left(const LeftCollection& left) const {
    return {{"name", Text(left.name)},
            {"collection", Text(left.id.name)},
            {"created_at", left.id.created_at},
            {"nodes", Texts(left.nodes)},
            {"since", IsoTime(left.since)}};
  }

  Json Target(const StatusTarget& target) const {
    Json json = {{"name", Text(target.name)},
                 {"collection", Text(target.collection)},
                 {"created_at", target.created_at},
                 {"embedding_field", Text(target.field)},
                 {"pending", target.pending},
                 {"embedded", target.embedded},
                 {"written", target.written},
                 {"skipped", target.skipped},
                 {"failed", target.failed},
                 {"rerun", RerunText(target)},
                 {"runs", Json::array()}};
    for (const StatusRun& run : target.runs) json["runs"].push_back(Run(run));
    return json;
  }

  Json Run(const StatusRun& run) const {
    return {{"id", Text(run.id)},
            {"state", ToString(run.state)},
            {"started_at", IsoTime(run.started)},
            {"ended_at", run.ended ? Json(IsoTime(*run.ended)) : Json(nullptr)},
            {"recipe", Text(run.recipe)},
            {"with_backup", run.with_backup},
            {"pruned", run.pruned},
            {"backups", run.backups}};
  }

  static Json Pruned(const StatusPruned& pruned) {
    return {{"runs", pruned.runs},
            {"backups", pruned.backups},
            {"vectors", pruned.vectors},
            {"vectors_needed", pruned.vectors_needed}};
  }
};

}  // namespace

std::string StatusJson(const StatusReport& report, const Redactor& redact) {
  return Dumped(StatusBuilder(redact).Report(report));
}

}  // namespace reembed
