#include "verify_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "json_document.h"

namespace reembed {
namespace {

constexpr int kVerifyVersion = 1;

double Cosine(double value) {
  return Rounded(value, 1e6);
}

class VerifyBuilder : JsonStrings {
 public:
  explicit VerifyBuilder(const Redactor& redact) : JsonStrings(redact) {}

  Json Report(const VerifyReport& report) const {
    Json json = {{"verify_version", kVerifyVersion},
                 {"reembed", Text(report.version)},
                 {"started_at", IsoTime(report.started_at)},
                 {"finished_at", IsoTime(report.finished_at)},
                 {"seconds", Rounded(report.seconds, 1e3)}};
    json["collections"] = Json::object();
    for (const CollectionVerification& result : report.collections) {
      json["collections"][Key(result.name)] = Collection(result);
    }
    if (!report.message.empty()) json["message"] = Text(report.message);
    json["exit_code"] = report.exit_code;
    return json;
  }

 private:
  static std::string_view Status(const CollectionVerification& result) {
    if (result.skip_reason) return "skipped";
    if (!result.error.empty()) return "error";
    return result.Differs() ? "differs" : "matches";
  }

  Json Collection(const CollectionVerification& result) const {
    Json json = {{"collection", Text(result.collection)},
                 {"embedding_field", Text(result.field)},
                 {"status", Status(result)}};
    if (result.skip_reason) json["reason"] = Text(*result.skip_reason);
    if (!result.error.empty()) json["message"] = Text(result.error);
    if (result.skip_reason) return json;
    json["complete"] = result.scanned;
    json["recipe"] = result.recipe.empty() ? Json(nullptr) : Text(result.recipe);
    json["run"] = result.run ? Run(*result.run) : Json(nullptr);
    json["search_away"] = TextOrNull(result.search_away);
    json["notes"] = Texts(result.notes);
    json["counts"] = Counts(result.counts);
    json["differences"] = Differences(result.differences);
    json["index"] = result.index ? Index(*result.index) : Json(nullptr);
    json["recomputed"] = result.recomputed ? Recomputed(*result.recomputed) : Json(nullptr);
    return json;
  }

  Json Run(const VerifiedRun& run) const {
    return {{"id", Text(run.id)},
            {"started_at", IsoTime(run.started)},
            {"recipe", Text(run.recipe)},
            {"same_recipe", run.same_recipe}};
  }

  static Json Counts(const VerifyCounts& counts) {
    return {{"documents", counts.documents()},
            {"match", counts.match},
            {"differ", counts.differ},
            {"missing", counts.missing},
            {"wrong_length", counts.wrong_length},
            {"stale_text", counts.stale_text},
            {"new_since", counts.new_since},
            {"failed", counts.failed},
            {"skipped", counts.skipped},
            {"differences", counts.differences()}};
  }

  Json Differences(const std::vector<VerifyDifference>& differences) const {
    Json list = Json::array();
    for (const VerifyDifference& difference : differences) {
      list.push_back({{"id", Text(difference.id)}, {"finding", ToString(difference.finding)}});
    }
    return list;
  }

  Json Index(const IndexSample& sample) const {
    return {{"checked", sample.checked},
            {"found", sample.found},
            {"recall", sample.recall},
            {"not_indexed", sample.not_indexed},
            {"changed", sample.changed},
            {"recall_ids", Texts(sample.recall_ids)},
            {"not_indexed_ids", Texts(sample.not_indexed_ids)}};
  }

  Json Recomputed(const RecomputeSample& sample) const {
    Json differences = Json::array();
    for (const RecomputeDifference& difference : sample.differences) {
      differences.push_back({{"id", Text(difference.id)}, {"cosine", Cosine(difference.cosine)}});
    }
    const auto cosine = [](const std::optional<double>& value) {
      return value ? Json(Cosine(*value)) : Json(nullptr);
    };
    return {{"population", sample.population},
            {"texts", sample.texts},
            {"compared", sample.compared},
            {"not_compared", sample.not_compared},
            {"differing", sample.differing},
            {"min_cosine", cosine(sample.min_cosine)},
            {"mean_cosine", cosine(sample.mean_cosine)},
            {"same_from_cosine", kSameCosine},
            {"at_most", sample.at_most},
            {"confidence", kConfidence},
            {"differences", std::move(differences)}};
  }
};

}  // namespace

std::string VerifyJson(const VerifyReport& report, const Redactor& redact) {
  return Dumped(VerifyBuilder(redact).Report(report));
}

}  // namespace reembed
