#include "src/io/typesense/export_scan.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "reembed/base/text.h"
#include "reembed/ports/log.h"
#include "src/io/typesense/search_query.h"
#include "src/io/typesense/search_scan.h"

namespace reembed {
namespace {

// Nodes that come and go could make it begin again for ever.
constexpr int kMaxPasses = 5;

}  // namespace

std::string ExportTarget(const FetchSpec& spec) {
  std::string target =
      fmt::format("/collections/{}/documents/export?", PercentEncode(spec.collection));
  if (!spec.whole) target += "include_fields=" + PercentEncode(IncludeFields(spec.fields)) + "&";
  if (!spec.filter_by.empty()) target += "filter_by=" + PercentEncode(spec.filter_by) + "&";
  return target + "batch_size=1000";
}

ExportScan::ExportScan(ReadClient client, FetchSpec spec)
    : client_(client), spec_(std::move(spec)) {}

Status ExportScan::Run(ScanVisitor& visitor, const StopTokens& stop) {
  if (by_search_) return Search(visitor, stop);
  ExportSink sink(visitor, spec_.collection, stop);
  for (int pass = 1;; ++pass) {
    const Result<std::uint64_t> before = Count(stop);
    if (!before.ok()) return before.error();
    Status read = Export(sink, stop);
    if (sink.verdict()) return *sink.verdict();
    // The count has proven collection and filter, so a refusal is the export's.
    const bool refused = !read.ok() && read.error().kind == ErrorKind::kRefused;
    if (refused || sink.cut_too_often()) {
      return SearchInstead(read.error(), sink, visitor, stop);
    }
    if (!read.ok()) return read;
    const Result<std::uint64_t> after = Count(stop);
    if (!after.ok()) return after.error();
    const std::uint64_t expected = std::min(*before, *after);
    if (sink.documents() >= expected) return {};
    // One document that goes and one that comes meanwhile look like a document that is missing, and
    // another node may lag. So this alone proves nothing, time after time it does.
    Status missing = Missing(sink.documents(), expected, /*again=*/pass < kMaxPasses);
    if (!missing.ok()) return missing;
  }
}

Status ExportScan::Export(ExportSink& sink, const StopTokens& stop) {
  const Result<HttpResponse> answer =
      client_.Stream(ExportTarget(spec_), sink, {.pin = &pin_}, stop);
  return answer.ok() ? Status{} : answer.error();
}

Result<std::uint64_t> ExportScan::Count(const StopTokens& stop) {
  const Result<SearchPage> page = RunSearch(
      client_, {.collection = spec_.collection, .filter_by = spec_.filter_by, .per_page = 0},
      {.pin = &pin_}, stop);
  if (!page.ok()) return page.error();
  return page->found;
}

Status ExportScan::Search(ScanVisitor& visitor, const StopTokens& stop) const {
  return SearchScan(client_, spec_).Run(visitor, stop);
}

Status ExportScan::SearchInstead(const Error& why, const ExportSink& sink, ScanVisitor& visitor,
                                 const StopTokens& stop) {
  client_.log().Warning(fmt::format(
      "'{}': the server does not export it ({}); reading it by search pages, which is slower. "
      "The key needs the action documents:export for an export.",
      spec_.collection, why.message));
  by_search_ = true;
  if (sink.documents() > 0) {
    Status restarted = visitor.Restart();
    if (!restarted.ok()) return restarted;
  }
  return Search(visitor, stop);
}

Status ExportScan::Missing(std::uint64_t seen, std::uint64_t expected, bool again) const {
  const std::string what =
      fmt::format("the export of '{}' ended after {} of {} documents that the server counts",
                  spec_.collection, WithThousands(seen), WithThousands(expected));
  if (!again) {
    return Error{
        .kind = ErrorKind::kOutage,
        .message = fmt::format("{}, {} times in a row. A rerun reads it again.", what, kMaxPasses)};
  }
  client_.log().Warning(what + "; reading it once more");
  return {};
}

std::unique_ptr<DocumentScan> MakeExportScan(ReadClient client, FetchSpec spec) {
  return std::make_unique<ExportScan>(client, std::move(spec));
}

}  // namespace reembed
