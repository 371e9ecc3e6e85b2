#include "doctor_json.h"

#include <nlohmann/json.hpp>

#include "json_document.h"

namespace reembed {
namespace {

constexpr int kDoctorVersion = 1;

Json LineJson(const DoctorLine& line, const Redactor& redact) {
  Json json = {{"level", ToString(line.level)}, {"what", redact(line.what)}};
  json["remedy"] = line.remedy.empty() ? Json(nullptr) : Json(redact(line.remedy));
  return json;
}

}  // namespace

std::string DoctorJson(const DoctorReport& report, const Redactor& redact) {
  Json json = {{"doctor_version", kDoctorVersion},
               {"reembed", redact(report.version)},
               {"checked_at", IsoTime(report.checked_at)}};
  json["checks"] = Json::array();
  for (const DoctorLine& line : report.lines) json["checks"].push_back(LineJson(line, redact));
  json["problems"] = report.CountOf(DoctorLevel::kProblem);
  json["warnings"] = report.CountOf(DoctorLevel::kWarning);
  json["exit_code"] = report.exit_code;
  return Dumped(json);
}

}  // namespace reembed
