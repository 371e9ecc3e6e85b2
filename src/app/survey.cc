#include "survey.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "reconcile_visitor.h"
#include "reembed/core/source_text.h"
#include "reembed/core/stored_field.h"

namespace reembed {
namespace {

// One question to the journal for so many documents.
constexpr std::size_t kBatch = 64;

// A document with a text, until its batch is judged.
struct Candidate {
  std::string id;
  std::string text;  // with the prefix
  StoreRow row;
};

bool Compares(const SurveyRules& rules) {
  return rules.view != nullptr && rules.known_target;
}

class Surveyor final : public ScanVisitor {
 public:
  explicit Surveyor(const SurveyRules& rules)
      : rules_(rules), batcher_(rules.limits, rules.limits) {}

  Status Restart() override {
    waiting_.clear();
    seen_.clear();
    batcher_ = Batcher(rules_.limits, rules_.limits);
    findings_ = {};
    return {};
  }

  Result<Next> Visit(const Document& document) override {
    Survey& survey = findings_.survey;
    ++survey.documents;
    auto text = ComposeSentText(rules_.plan.config, document.json);
    if (!text.ok()) {
      ++survey.unusable;
    } else if (text->empty()) {
      ++survey.empty;
    } else if (auto kept = Keep(document, *std::move(text)); !kept.ok()) {
      return kept.error();
    }
    return Next::kGoOn;
  }

  Result<SurveyFindings> Finish() {
    if (auto judged = JudgeWaiting(); !judged.ok()) return judged.error();
    if (batcher_.Flush()) ++findings_.survey.requests;
    return findings_;
  }

 private:
  Status Keep(const Document& document, std::string text) {
    Candidate& candidate = waiting_.emplace_back();
    candidate.id = document.id;
    candidate.row.text = HashText(text);
    candidate.text = std::move(text);
    if (Compares(rules_)) {
      if (auto read = ReadVector(document, candidate.row); !read.ok()) return read;
    }
    return waiting_.size() < kBatch ? Status{} : JudgeWaiting();
  }

  Status ReadVector(const Document& document, StoreRow& row) {
    const CollectionPlan& plan = rules_.plan;
    Status read =
        ReadStoredField(document.json, plan.config.embedding_field, plan.nested_field, field_);
    if (read.ok()) row.SetVector(field_);
    return read;
  }

  Status JudgeWaiting() {
    if (Compares(rules_)) {
      if (auto dropped = DropUpToDate(); !dropped.ok()) return dropped;
    }
    if (rules_.view != nullptr) {
      if (auto dropped = DropPaid(); !dropped.ok()) return dropped;
    }
    findings_.to_embed += waiting_.size();
    for (Candidate& candidate : waiting_) CountText(candidate);
    waiting_.clear();
    return {};
  }

  Status DropUpToDate() {
    std::vector<std::string_view> ids;
    ids.reserve(waiting_.size());
    for (const Candidate& candidate : waiting_) ids.emplace_back(candidate.id);
    const auto rows = rules_.view->Rows(ids);
    if (!rows.ok()) return rows.error();
    std::vector<bool> up_to_date;
    const auto dimensions = static_cast<std::size_t>(rules_.plan.new_dimensions);
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const auto& row = (*rows)[i];
      up_to_date.push_back(Classify(&waiting_[i].row, row ? &*row : nullptr, dimensions) ==
                           DocumentClass::kUpToDate);
    }
    findings_.up_to_date += Drop(up_to_date);
    return {};
  }

  Status DropPaid() {
    std::vector<TextHash> texts;
    texts.reserve(waiting_.size());
    for (const Candidate& candidate : waiting_) texts.push_back(candidate.row.text);
    const auto paid = rules_.view->Paid(texts);
    if (!paid.ok()) return paid.error();
    findings_.paid += Drop(*paid);
    return {};
  }

  // Removes the marked ones of those that wait; returns how many.
  std::size_t Drop(const std::vector<bool>& marked) {
    std::vector<Candidate> left;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (!marked[i]) left.push_back(std::move(waiting_[i]));
    }
    const std::size_t dropped = waiting_.size() - left.size();
    waiting_ = std::move(left);
    return dropped;
  }

  // What the provider would be asked for.
  void CountText(Candidate& candidate) {
    Survey& survey = findings_.survey;
    if (!seen_.insert(candidate.row.text).second) {
      ++survey.identical;
      return;
    }
    ++survey.texts;
    const std::uint64_t tokens = estimate_.TokensIn(candidate.text);
    survey.tokens += tokens;
    const std::uint64_t longest = rules_.provider.max_text_tokens;
    if (longest != 0 && tokens > longest) ++survey.over_long;
    if (batcher_.Add({candidate.row.text, std::move(candidate.text)}, estimate_)) {
      ++survey.requests;
    }
  }

  const SurveyRules& rules_;
  const TokenEstimate estimate_;
  Batcher batcher_;
  StoredField field_;  // one buffer for the whole scan
  std::vector<Candidate> waiting_;
  std::unordered_set<TextHash, TextHashHasher> seen_;
  SurveyFindings findings_;
};

}  // namespace

Result<SurveyFindings> TakeSurvey(StoreReader& reader, const SurveyRules& rules,
                                  const StopTokens& stop) {
  const CollectionConfig& config = rules.plan.config;
  FetchSpec spec = ScanSpec(rules.plan.collection, config);
  if (!Compares(rules)) spec.fields.pop_back();
  Surveyor surveyor(rules);
  const Status read = reader.MakeScan(std::move(spec))->Run(surveyor, stop);
  if (!read.ok()) return read.error();
  return surveyor.Finish();
}

}  // namespace reembed
