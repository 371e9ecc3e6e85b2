#include "status_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "json_document.h"

namespace reembed {
namespace {

constexpr int kStatusVersion = 1;

class Builder : JsonStrings {
 public:
  explicit Builder(const Redactor& redact) : JsonStrings(redact) {}

  Json Report(const StatusReport& report) const {
    Json json = {{"status_version", kStatusVersion},      {"reembed", Text(report.version)},
                 {"journal", Text(report.journal)},       {"exists", report.exists},
                 {"bytes_on_disk", report.bytes_on_disk}, {"targets", Json::array()}};
    for (const StatusTarget& target : report.targets) json["targets"].push_back(Target(target));
    const Prunable prunable = PrunableOf(report);
    json["prunable"] = {{"runs", prunable.runs}, {"backups", prunable.backups}};
    json["pruned"] = report.pruned ? Pruned(*report.pruned) : Json(nullptr);
    return json;
  }

 private:
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
  return Dumped(Builder(redact).Report(report));
}

}  // namespace reembed
