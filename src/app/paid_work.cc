#include "paid_work.h"

#include <string>
#include <utility>
#include <vector>

#include "page_sizes.h"
#include "reembed/core/source_text.h"

namespace reembed {
namespace {

// Those of the page that have a text. All else is left for a run that may spend.
std::vector<SeenDocument> WithText(const CollectionPlan& plan,
                                   const std::vector<FoundDocument>& page) {
  std::vector<SeenDocument> seen;
  for (const FoundDocument& found : page) {
    if (found.state != LookupState::kFound) continue;
    const auto text = ComposeSentText(plan.config, found.document.json);
    if (text.ok() && !text->empty()) seen.push_back({found.document.id, HashText(*text)});
  }
  return seen;
}

// Only these are admitted: what is not paid for would wait for a vector that nobody asks for.
Result<std::vector<SeenDocument>> OnlyPaid(Journal& journal, std::vector<SeenDocument> seen) {
  std::vector<TextHash> texts;
  texts.reserve(seen.size());
  for (const SeenDocument& document : seen) texts.push_back(document.hash);
  const auto paid = journal.Paid(texts);
  if (!paid.ok()) return paid.error();
  std::vector<SeenDocument> kept;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if ((*paid)[i]) kept.push_back(seen[i]);
  }
  return kept;
}

}  // namespace

Status WritePaid(const CollectionPlan& plan, Journal& journal, DocumentLookup& lookup,
                 WriteStage& writer, const StopTokens& stop) {
  std::string after;
  while (!stop.drain.stop_requested()) {
    const auto ids = journal.NextPending(after, kValuesAtOnce);
    if (!ids.ok()) return ids.error();
    if (ids->empty()) return {};
    after = ids->back();
    const auto page = lookup.Find(*ids, stop);
    if (!page.ok()) return page.error();
    const auto paid = OnlyPaid(journal, WithText(plan, *page));
    if (!paid.ok()) return paid.error();
    if (paid->empty()) continue;
    auto admitted = journal.Admit(*paid);
    if (!admitted.ok()) return admitted.error();
    ReadyQueue queue(1);
    queue.Push(std::move(admitted->ready));
    queue.Close();
    if (auto written = writer.Run(queue, stop); !written.ok()) return written;
  }
  return Interrupted();
}

}  // namespace reembed
