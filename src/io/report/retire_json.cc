#include "retire_json.h"

#include <nlohmann/json.hpp>

#include "json_document.h"

namespace reembed {
namespace {

constexpr int kRetireVersion = 1;

class RetireBuilder : JsonStrings {
 public:
  explicit RetireBuilder(const Redactor& redact) : JsonStrings(redact) {}

  Json Report(const RetireReport& report) const {
    Json json = {{"retire_version", kRetireVersion},
                 {"reembed", Text(report.version)},
                 {"dry_run", report.dry_run},
                 {"started_at", IsoTime(report.started_at)},
                 {"finished_at", IsoTime(report.finished_at)},
                 {"seconds", Rounded(report.seconds)}};
    json["collections"] = Json::object();
    for (const CollectionRetirement& result : report.collections) {
      json["collections"][Key(result.name)] = Collection(result);
    }
    if (!report.message.empty()) json["message"] = Text(report.message);
    json["exit_code"] = report.exit_code;
    return json;
  }

 private:
  Json Collection(const CollectionRetirement& result) const {
    Json json = {{"configured", Text(result.configured)},
                 {"collection", TextOrNull(result.collection)},
                 {"documents", result.documents ? Json(*result.documents) : Json(nullptr)},
                 {"status", ToString(result.status)}};
    if (!result.message.empty()) json["message"] = Text(result.message);
    json["seconds"] = Rounded(result.seconds);
    json["old"] = Json::array();
    for (const OldCollection& old : result.old) json["old"].push_back(Old(old));
    return json;
  }

  Json Old(const OldCollection& old) const {
    Json json = {{"collection", Text(old.id.name)}, {"created_at", old.id.created_at},
                 {"documents", old.documents},      {"kind", ToString(old.kind)},
                 {"since", IsoTime(old.since)},     {"state", ToString(old.state)}};
    if (!old.message.empty()) json["message"] = Text(old.message);
    return json;
  }
};

}  // namespace

std::string RetireJson(const RetireReport& report, const Redactor& redact) {
  return Dumped(RetireBuilder(redact).Report(report));
}

}  // namespace reembed
