#include "rollback_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "json_document.h"
#include "reembed/core/plan.h"

namespace reembed {
namespace {

constexpr int kRollbackVersion = 1;

class RollbackBuilder : JsonStrings {
 public:
  explicit RollbackBuilder(const Redactor& redact) : JsonStrings(redact) {}

  Json Report(const RollbackReport& report) const {
    Json json = {{"rollback_version", kRollbackVersion},
                 {"reembed", Text(report.version)},
                 {"run", report.run.empty() ? Json(nullptr) : Text(report.run)},
                 {"dry_run", report.dry_run},
                 {"started_at", IsoTime(report.started_at)},
                 {"finished_at", IsoTime(report.finished_at)},
                 {"seconds", Rounded(report.seconds)}};
    json["collections"] = Json::object();
    for (const CollectionRollback& result : report.collections) {
      json["collections"][Key(result.name)] = Collection(result);
    }
    if (!report.message.empty()) json["message"] = Text(report.message);
    json["exit_code"] = report.exit_code;
    return json;
  }

 private:
  Json Collection(const CollectionRollback& result) const {
    Json json = {{"collection", Text(result.collection)}, {"status", ToString(result.status)}};
    if (!result.message.empty()) json["message"] = Text(result.message);
    json["strategy"] = ToString(result.strategy);
    json["runs"] = Texts(result.runs);
    json["notes"] = Texts(result.notes);
    const RollbackCounts& counts = result.counts;
    json["to_restore"] = counts.to_restore;
    json["restored"] = counts.restored;
    json["emptied"] = counts.emptied;
    json["as_before"] = counts.as_before;
    json["left_alone"] = counts.left;
    json["failed"] = counts.failed;
    json["deleted"] = counts.gone;
    json["without_backup"] = counts.without_backup;
    AddDefinition(result, json);
    AddAliases(result, json);
    json["seconds"] = Rounded(result.seconds);
    json["documents"] = Documents(result.left);
    return json;
  }

  void AddDefinition(const CollectionRollback& result, Json& json) const {
    if (!result.definition.empty()) json["definition"] = Text(result.definition);
    if (result.search_away_seconds) {
      json["search_away_seconds"] = Rounded(*result.search_away_seconds);
    }
  }

  void AddAliases(const CollectionRollback& result, Json& json) const {
    if (!result.back_to.empty()) {
      json["aliases"] = Texts(result.aliases);
      json["back_to"] = Text(result.back_to);
    }
    if (!result.copy.empty()) json["copy"] = Text(result.copy);
    if (!result.carried) return;
    json["carried"] = {{"created", result.carried->created},
                       {"replaced", result.carried->replaced},
                       {"deleted", result.carried->deleted}};
  }

  Json Documents(const std::vector<UnrestoredDocument>& documents) const {
    Json list = Json::array();
    for (const UnrestoredDocument& document : documents) {
      list.push_back({{"id", Text(document.id)},
                      {"kind", ToString(document.kind)},
                      {"reason", Text(document.reason)}});
    }
    return list;
  }
};

}  // namespace

std::string RollbackJson(const RollbackReport& report, const Redactor& redact) {
  return Dumped(RollbackBuilder(redact).Report(report));
}

}  // namespace reembed
