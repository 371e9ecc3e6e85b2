#include "survey.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "long_text.h"
#include "page_sizes.h"
#include "reconcile_visitor.h"
#include "reembed/core/source_text.h"
#include "reembed/core/spliced_document.h"
#include "reembed/core/stored_field.h"
#include "reembed/core/strategy.h"

namespace reembed {
namespace {

// A document with a text, until its batch is judged.
struct Candidate {
  std::string id;
  std::string text;  // with the prefix
  StoreRow row;
  TextHash whole;      // of the document without the field, where that counts
  bool again = false;  // the reading of the whole collection shows it again
};

bool Compares(const SurveyRules& rules) {
  return rules.view != nullptr && rules.known_target;
}

// Documents are copied whole, unless the alias leads to the copies already.
bool Copies(const CollectionPlan& plan) {
  const bool served = plan.cutover && plan.cutover->to.name == plan.collection;
  return plan.strategy == StrategyChoice::kAlias && !served;
}

bool HasOutside(const CollectionPlan& plan) {
  return TraitsOf(plan.strategy).scope == Scope::kAll && !plan.config.filter_by.empty();
}

// Documents, by what would be done with them.
struct Kinds {
  std::uint64_t documents = 0, empty = 0, unusable = 0, up_to_date = 0, paid = 0, to_embed = 0;
};
using Kind = std::uint64_t Kinds::*;

class Surveyor final : public ScanVisitor {
 public:
  explicit Surveyor(const SurveyRules& rules)
      : rules_(rules),
        compares_(Compares(rules)),
        outside_(HasOutside(rules.plan)),
        copies_(Copies(rules.plan)),
        batcher_(rules.limits, rules.limits) {}

  bool NeedsField() const { return compares_ || outside_; }
  bool NeedsWhole() const { return compares_ && copies_; }

  Status Restart() override {
    waiting_.clear();
    read_ = with_vector_ = 0;
    if (second_) {
      whole_ = {};  // the texts that were counted are known and not counted again
      return {};
    }
    seen_.clear();
    batcher_ = Batcher(rules_.limits, rules_.limits);
    filtered_ = repeated_ = {};
    texts_ = {};
    return {};
  }

  // Now the whole collection is read.
  Status BeginSecond() {
    if (auto judged = JudgeWaiting(); !judged.ok()) return judged;
    second_ = true;
    inside_with_vector_ = with_vector_;
    return Restart();
  }

  Result<Next> Visit(const Document& document) override {
    bool again = true;
    ++read_;
    if (NeedsField()) {
      if (auto read = ReadField(document); !read.ok()) return read.error();
      const bool has_vector = field_.kind == FieldKind::kVector;
      if (has_vector) ++with_vector_;
      again = has_vector || !rules_.plan.optional_field;
    }
    if (second_ && !again) return Next::kGoOn;
    Add(&Kinds::documents, again);
    auto text = ComposeSentText(rules_.plan.config, document.json);
    if (!text.ok()) {
      Add(&Kinds::unusable, again);
    } else if (text->empty()) {
      Add(&Kinds::empty, again);
    } else if (auto kept = Keep(document, *std::move(text), again); !kept.ok()) {
      return kept.error();
    }
    return Next::kGoOn;
  }

  Result<SurveyFindings> Finish() {
    if (auto judged = JudgeWaiting(); !judged.ok()) return judged.error();
    if (batcher_.Flush()) ++texts_.requests;
    SurveyFindings findings{texts_, Total(&Kinds::up_to_date), Total(&Kinds::paid),
                            Total(&Kinds::to_embed)};
    Survey& survey = findings.survey;
    survey.identical = Less(findings.to_embed, survey.texts);
    survey.empty = Total(&Kinds::empty);
    survey.unusable = Total(&Kinds::unusable);
    survey.documents = filtered_.documents;
    if (second_) {
      survey.outside = Less(read_, filtered_.documents);
      survey.outside_with_vector = Less(with_vector_, inside_with_vector_);
      survey.documents += survey.outside;
      findings.up_to_date += Less(survey.documents, Total(&Kinds::documents));
    }
    return findings;
  }

 private:
  // The collection may change between the two readings.
  static std::uint64_t Less(std::uint64_t from, std::uint64_t what) {
    return from - std::min(from, what);
  }

  void Add(Kind kind, bool again) {
    if (second_) {
      ++(whole_.*kind);
      return;
    }
    ++(filtered_.*kind);
    if (again) ++(repeated_.*kind);
  }

  // Without the second reading there is nothing to be subtracted.
  std::uint64_t Total(Kind kind) const {
    return filtered_.*kind + (second_ ? Less(whole_.*kind, repeated_.*kind) : 0);
  }

  Status Keep(const Document& document, std::string text, bool again) {
    Candidate& candidate = waiting_.emplace_back();
    candidate.id = document.id;
    candidate.again = again;
    candidate.row.text = HashText(text);
    candidate.text = std::move(text);
    if (compares_) candidate.row.SetVector(field_);
    if (NeedsWhole()) {
      const CollectionPlan& plan = rules_.plan;
      const auto whole =
          HashWithoutField(document.json, plan.config.embedding_field, plan.nested_field);
      if (!whole.ok()) return whole.error();
      candidate.whole = *whole;
    }
    return waiting_.size() < kAskedAtOnce ? Status{} : JudgeWaiting();
  }

  Status ReadField(const Document& document) {
    const CollectionPlan& plan = rules_.plan;
    return ReadStoredField(document.json, plan.config.embedding_field, plan.nested_field, field_);
  }

  Status JudgeWaiting() {
    if (compares_) {
      if (auto dropped = DropUpToDate(); !dropped.ok()) return dropped;
    }
    if (rules_.view != nullptr) {
      if (auto dropped = DropPaid(); !dropped.ok()) return dropped;
    }
    for (Candidate& candidate : waiting_) CountText(candidate);
    waiting_.clear();
    return {};
  }

  bool IsUpToDate(const Candidate& candidate, const std::optional<JournalRow>& row) const {
    if (copies_) return row && row->copy == candidate.whole;
    return Classify(&candidate.row, row ? &*row : nullptr,
                    static_cast<std::size_t>(rules_.plan.new_dimensions)) ==
           DocumentClass::kUpToDate;
  }

  Status DropUpToDate() {
    std::vector<std::string_view> ids;
    ids.reserve(waiting_.size());
    for (const Candidate& candidate : waiting_) ids.emplace_back(candidate.id);
    const auto rows = rules_.view->Rows(ids);
    if (!rows.ok()) return rows.error();
    std::vector<bool> up_to_date;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      up_to_date.push_back(IsUpToDate(waiting_[i], (*rows)[i]));
    }
    Drop(up_to_date, &Kinds::up_to_date);
    return {};
  }

  Status DropPaid() {
    std::vector<TextHash> texts;
    texts.reserve(waiting_.size());
    for (const Candidate& candidate : waiting_) texts.push_back(candidate.row.text);
    const auto paid = rules_.view->Paid(texts);
    if (!paid.ok()) return paid.error();
    Drop(*paid, &Kinds::paid);
    return {};
  }

  // Counts the marked ones of those that wait, and removes them.
  void Drop(const std::vector<bool>& marked, Kind kind) {
    std::vector<Candidate> left;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (marked[i]) {
        Add(kind, waiting_[i].again);
      } else {
        left.push_back(std::move(waiting_[i]));
      }
    }
    waiting_ = std::move(left);
  }

  // What the provider would be asked for.
  void CountText(Candidate& candidate) {
    Add(&Kinds::to_embed, candidate.again);
    const bool first = seen_.insert(candidate.row.text).second;
    if (!first) return;
    ++texts_.texts;
    const std::uint64_t tokens = estimate_.TokensIn(candidate.text);
    const std::uint64_t longest = rules_.provider.max_text_tokens;
    if (longest != 0 && tokens > longest) ++texts_.over_long;
    texts_.tokens += TokensSent(tokens, rules_.plan.config.on_long_text, longest);
    if (batcher_.Add({candidate.row.text, std::move(candidate.text)}, estimate_)) {
      ++texts_.requests;
    }
  }

  const SurveyRules& rules_;
  const bool compares_, outside_, copies_;
  const TokenEstimate estimate_;
  Batcher batcher_;
  StoredField field_;  // one buffer for the whole scan
  std::vector<Candidate> waiting_;
  std::unordered_set<TextHash, TextHashHasher> seen_;
  bool second_ = false;                       // the whole collection is read
  std::uint64_t read_ = 0, with_vector_ = 0;  // in this reading
  std::uint64_t inside_with_vector_ = 0;      // in the first one
  Kinds filtered_, repeated_, whole_;         // `repeated_`: in both readings
  Survey texts_;                              // what is counted of different texts
};

}  // namespace

Result<SurveyFindings> TakeSurvey(StoreReader& reader, const SurveyRules& rules,
                                  const StopTokens& stop) {
  Surveyor surveyor(rules);
  FetchSpec spec = ScanSpec(rules.plan.collection, rules.plan.config);
  if (!surveyor.NeedsField()) spec.fields.pop_back();
  spec.whole = surveyor.NeedsWhole();
  const Status filtered = reader.MakeScan(spec)->Run(surveyor, stop);
  if (!filtered.ok()) return filtered.error();
  if (HasOutside(rules.plan)) {
    if (auto begun = surveyor.BeginSecond(); !begun.ok()) return begun.error();
    spec.filter_by.clear();
    const Status whole = reader.MakeScan(spec)->Run(surveyor, stop);
    if (!whole.ok()) return whole.error();
  }
  return surveyor.Finish();
}

}  // namespace reembed
