#include "src/io/typesense/export_sink.h"

#include <fmt/core.h>

#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/retry.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestLine = std::size_t{256} << 20;
constexpr std::size_t kShownBytes = 200;
constexpr int kMaxCuts = 5;

}  // namespace

ExportSink::ExportSink(ScanVisitor& visitor, std::string collection, StopTokens stop)
    : visitor_(visitor),
      collection_(std::move(collection)),
      stop_(std::move(stop)),
      show_([this](std::string_view line) { return Show(line); }),
      splitter_(kLongestLine) {}

bool ExportSink::cut_too_often() const {
  return cuts_ >= kMaxCuts;
}

Status ExportSink::Begin(const AnswerOrigin& origin) {
  redact_ = &origin.redact;
  splitter_.Clear();
  begun_ = false;
  if (std::exchange(documents_, 0) == 0) return {};
  Status restarted = visitor_.Restart();
  return restarted.ok() ? Status{} : EndWith(restarted);
}

Status ExportSink::Take(std::string_view piece) {
  begun_ = true;
  return splitter_.Add(piece, show_);
}

Status ExportSink::End(const Status& ended) {
  // Only the proper end makes what follows the last line feed a line.
  Status whole = ended.ok() ? splitter_.End(show_) : ended;
  if (whole.ok()) {
    cuts_ = 0;
    return {};
  }
  if (verdict_ || !begun_ || !IsTemporary(whole.error().kind)) return whole;
  ++cuts_;
  return Error{
      .kind = cut_too_often() ? ErrorKind::kOutage : whole.error().kind,
      .message = fmt::format("the export of '{}' was cut after {} documents ({})", collection_,
                             WithThousands(documents_), whole.error().message)};
}

Status ExportSink::Show(std::string_view line) {
  if (line.empty()) return {};
  if (stop_.drain.stop_requested() || stop_.abort.stop_requested()) {
    return Error{.kind = ErrorKind::kInterrupted,
                 .message = "interrupted while reading '" + collection_ + "'"};
  }
  const Document* document = reader_.Read(line);
  if (document == nullptr) return NoDocument(line);
  ++documents_;
  const Result<ScanVisitor::Next> next = visitor_.Visit(*document);
  if (!next.ok()) return EndWith(next.error());
  return *next == ScanVisitor::Next::kEnough ? Status(EndWith({})) : Status{};
}

// Of a kind that no attempt follows, whatever the visitor's own error is.
Error ExportSink::EndWith(Status verdict) {
  verdict_ = std::move(verdict);
  return {.kind = ErrorKind::kInterrupted, .message = "the visitor ended the scan"};
}

Error ExportSink::NoDocument(std::string_view line) const {
  // Half a document is the user's text, which has no place in a log.
  const bool half = line.starts_with('{') && !line.starts_with("{\"message\"");
  return {.kind = ErrorKind::kTransient,
          .message = half ? "a line is not a whole document"
                          : "in place of a document the server sent: " +
                                ServerText(line, *redact_, kShownBytes)};
}

}  // namespace reembed
