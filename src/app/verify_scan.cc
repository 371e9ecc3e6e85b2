#include "verify_scan.h"

#include <string_view>
#include <utility>

#include "page_sizes.h"
#include "reembed/core/source_text.h"
#include "reembed/core/stored_field.h"

namespace reembed {
namespace {

VerifyFinding JudgeWithoutText(const ScannedDocument& document, const JournalRow* journal,
                               EmptyTextRule rule) {
  const bool may_skip = document.empty && rule == EmptyTextRule::kSkip;
  if (journal == nullptr) return may_skip ? VerifyFinding::kSkipped : VerifyFinding::kNewSince;
  switch (journal->state) {
    case DocumentState::kSkipped:
      return VerifyFinding::kSkipped;
    case DocumentState::kFailed:
      return VerifyFinding::kFailed;
    case DocumentState::kPending:
      return may_skip ? VerifyFinding::kSkipped : VerifyFinding::kNewSince;
    default:
      // A vector was made of a text that is gone now.
      return VerifyFinding::kStaleText;
  }
}

bool HasOtherLength(const StoreRow& row, std::size_t dimensions) {
  return dimensions != 0 && row.length != dimensions;
}

VerifyFinding JudgeWithoutRun(const StoreRow& row, std::size_t dimensions) {
  if (!row.vector) return VerifyFinding::kMissing;
  return HasOtherLength(row, dimensions) ? VerifyFinding::kWrongLength : VerifyFinding::kNewSince;
}

// Nobody has overwritten these: our vector has not been there yet.
bool NotWrittenYet(const JournalRow& journal) {
  return journal.state == DocumentState::kPending || journal.state == DocumentState::kEmbedded;
}

VerifyFinding JudgeForeign(const StoreRow& row, const JournalRow& journal, std::size_t dimensions) {
  if (NotWrittenYet(journal)) return VerifyFinding::kNewSince;
  if (!row.vector) return VerifyFinding::kMissing;
  return HasOtherLength(row, dimensions) ? VerifyFinding::kWrongLength : VerifyFinding::kDiffer;
}

}  // namespace

VerifyFinding Judge(const ScannedDocument& document, const JournalRow* journal,
                    const VerifyRules& rules) {
  if (!document.has_text) return JudgeWithoutText(document, journal, rules.config.on_empty_text);
  if (rules.view == nullptr) return JudgeWithoutRun(document.row, rules.dimensions);
  if (journal == nullptr) return VerifyFinding::kNewSince;
  const DocumentClass found = Classify(&document.row, journal, rules.dimensions);
  if (found == DocumentClass::kUpToDate) return VerifyFinding::kMatch;
  if (journal->state == DocumentState::kFailed) return VerifyFinding::kFailed;
  switch (found) {
    case DocumentClass::kStaleText:
      return VerifyFinding::kStaleText;
    case DocumentClass::kForeignVector:
    case DocumentClass::kWrongLength:
      return JudgeForeign(document.row, *journal, rules.dimensions);
    default:
      return VerifyFinding::kNewSince;
  }
}

VerifyScan::VerifyScan(const VerifyRules& rules, const Jitter& random)
    : rules_(rules),
      waiting_(kAskedAtOnce),
      matching_(rules.sample, random),
      texts_(rules.recompute, random) {}

Status VerifyScan::Restart() {
  waiting_count_ = 0;
  counts_ = {};
  differences_.clear();
  matching_.Clear();
  texts_.Clear();
  return {};
}

Result<ScanVisitor::Next> VerifyScan::Visit(const Document& document) {
  if (auto read = Read(document, waiting_[waiting_count_]); !read.ok()) return read.error();
  if (++waiting_count_ == waiting_.size()) {
    if (auto judged = JudgeWaiting(); !judged.ok()) return judged.error();
  }
  return Next::kGoOn;
}

Status VerifyScan::Read(const Document& document, ScannedDocument& out) {
  const CollectionConfig& config = rules_.config;
  Status read = ReadStoredField(document.json, config.embedding_field, rules_.nested, field_);
  if (!read.ok()) return read;
  out.id = document.id;
  out.row = {};
  out.row.SetVector(field_);
  out.vector.clear();
  // Swapped, so that both buffers live on.
  if (out.row.vector) std::swap(out.vector, field_.vector);
  auto text = ComposeSentText(config, document.json);
  out.has_text = text.ok() && !text->empty();
  out.empty = text.ok() && text->empty();
  out.text = out.has_text ? *std::move(text) : std::string();
  if (out.has_text) out.row.text = HashText(out.text);
  return {};
}

Status VerifyScan::JudgeWaiting() {
  std::vector<std::optional<JournalRow>> rows(waiting_count_);
  if (rules_.view != nullptr && waiting_count_ > 0) {
    std::vector<std::string_view> ids;
    for (std::size_t i = 0; i < waiting_count_; ++i) ids.push_back(waiting_[i].id);
    auto known = rules_.view->Rows(ids);
    if (!known.ok()) return known.error();
    rows = std::move(*known);
  }
  for (std::size_t i = 0; i < waiting_count_; ++i) {
    const ScannedDocument& document = waiting_[i];
    Note(document, Judge(document, rows[i] ? &*rows[i] : nullptr, rules_));
  }
  waiting_count_ = 0;
  return {};
}

void VerifyScan::Note(const ScannedDocument& document, VerifyFinding finding) {
  counts_.Add(finding);
  if (document.has_text && document.row.vector) {
    texts_.Offer([&] {
      return SampledText{document.id, document.row.text, document.text, document.vector};
    });
  }
  if (finding == VerifyFinding::kMatch) {
    // No filter can name an id with a backtick, and a search that missed it could not be judged.
    if (document.id.find('`') == std::string::npos) {
      matching_.Offer([&] { return SampledVector{document.id, document.vector}; });
    }
  } else if (finding != VerifyFinding::kSkipped && differences_.size() < kMaxDifferencesListed) {
    differences_.push_back({document.id, finding});
  }
}

}  // namespace reembed
