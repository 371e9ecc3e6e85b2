#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reembed/ports/store.h"
#include "src/io/typesense/body_sink.h"
#include "src/io/typesense/document_line.h"
#include "src/io/typesense/line_splitter.h"

namespace reembed {

/// Shows the documents of an export to a visitor while the stream comes in. Memory: one line.
///
/// The server cannot change its status in mid-stream: an error appears as a text in place of a
/// document, and a lost node as an end without the final chunk
/// (https://github.com/typesense/typesense/issues/830). So each line must be a whole JSON object
/// with a string `id`; else the stream counts as cut (kTransient). Empty lines are passed over:
/// a filtered export leaves some where documents were deleted meanwhile.
class ExportSink final : public BodySink {
 public:
  ExportSink(ScanVisitor& visitor, std::string collection, StopTokens stop);

  /// Tells the visitor to restart if it has seen documents.
  Status Begin(const AnswerOrigin& origin) override;
  Status Take(std::string_view piece) override;
  /// Says of a cut how far the stream had come. The fifth cut in a row is kOutage.
  Status End(const Status& ended) override;

  /// The visitor's last word, if it has ended the scan: success for kEnough, or its error. The
  /// stream's own error means nothing then.
  const std::optional<Status>& verdict() const { return verdict_; }
  bool cut_too_often() const;
  /// What the visitor has seen since the last restart.
  std::uint64_t documents() const { return documents_; }

 private:
  Status Show(std::string_view line);
  Error EndWith(Status verdict);
  Error NoDocument(std::string_view line) const;

  ScanVisitor& visitor_;
  const std::string collection_;
  const StopTokens stop_;
  const LineTaker show_;
  LineSplitter splitter_;
  DocumentLineReader reader_;
  const Redactor* redact_ = nullptr;
  bool begun_ = false;  // the first byte of this attempt is there
  int cuts_ = 0;        // in a row
  std::uint64_t documents_ = 0;
  std::optional<Status> verdict_;
};

}  // namespace reembed
