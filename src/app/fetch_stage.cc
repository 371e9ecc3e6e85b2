#include "fetch_stage.h"

#include <utility>

#include "reembed/core/source_text.h"
#include "stage.h"

namespace reembed {
namespace {

DocumentOutcome Failed(const Document& document, FailureKind kind, std::string message) {
  return {.id = document.id,
          .state = DocumentState::kFailed,
          .failure = {document.id, Stage::kText, kind, std::move(message)}};
}

DocumentOutcome WithoutText(const Document& document, EmptyTextRule rule) {
  if (rule == EmptyTextRule::kSkip) return {.id = document.id, .state = DocumentState::kSkipped};
  return Failed(document, FailureKind::kNoText, "there is no text to embed");
}

}  // namespace

FetchStage::Prepared FetchStage::Prepare(const Page& page) const {
  Prepared prepared;
  for (const Document& document : page) {
    auto text = ComposeSourceText(config_.text, document.json);
    if (!text.ok()) {
      prepared.ended.push_back(Failed(document, FailureKind::kTextType, text.error().message));
    } else if (text->empty()) {
      prepared.ended.push_back(WithoutText(document, config_.on_empty_text));
    } else {
      std::string sent = config_.prefix + *text;
      prepared.ids.push_back(document.id);
      prepared.texts.push_back({HashText(sent), std::move(sent)});
    }
  }
  return prepared;
}

Status FetchStage::TakePage(const Page& page, BoundedQueue<Batch>& out, const StopTokens& stop) {
  Prepared prepared = Prepare(page);
  if (auto status = RecordOutcomes(journal_, tally_, prepared.ended); !status.ok()) return status;
  std::vector<SeenDocument> seen;
  seen.reserve(prepared.ids.size());
  for (std::size_t i = 0; i < prepared.ids.size(); ++i) {
    seen.push_back({prepared.ids[i], prepared.texts[i].hash});
  }
  const auto admissions = journal_.Admit(seen);
  if (!admissions.ok()) return admissions.error();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    // Shown twice: it has, or will have, its one outcome already.
    if ((*admissions)[i] == Admission::kKnown) --taken_;
    if ((*admissions)[i] != Admission::kEmbed) continue;
    auto batch = batcher_.Add(std::move(prepared.texts[i]), embedder_.Estimate());
    if (batch && !out.Push(std::move(*batch), stop.drain)) return {};
  }
  return {};
}

Status FetchStage::Run(std::optional<std::uint64_t> limit, BoundedQueue<Batch>& out,
                       const StopTokens& stop) {
  const std::uint64_t most = limit.value_or(UINT64_MAX);
  while (taken_ < most) {
    if (stop.drain.stop_requested()) return {};
    auto page = fetcher_.NextPage(stop);
    if (!page.ok()) return page.error();
    if (!page->has_value()) break;
    Page& documents = **page;
    if (documents.size() > most - taken_) documents.resize(static_cast<std::size_t>(most - taken_));
    taken_ += documents.size();
    if (auto status = TakePage(documents, out, stop); !status.ok()) return status;
  }
  // Only now: texts left over from one page share a request with those of the next.
  auto rest = batcher_.Flush();
  complete_ = !rest || out.Push(std::move(*rest), stop.drain);
  return {};
}

}  // namespace reembed
