#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/typesense_answer.h"
#include "tests/sandbox/typesense_hooks.h"

namespace reembed::sandbox {

// How an import answer is mutilated.
enum class ShortAnswer { kOneLineFewer, kLastLineBlank };

// What a test makes a Typesense double do beyond serving. The first half is for tests, the second
// for the server. Counted faults are used up by the requests they hit. Thread-safe.
class TypesenseControls {
 public:
  // Not ready: 503 on /health and on all gated routes, until set again.
  void SetReadiness(bool ready);
  // The next requests to gated routes (or only writes) get 503 "Not Ready or Lagging".
  void AnswerNotReady(int requests, bool only_writes = false);
  // The next writes get this refusal instead, e.g. 422 for a full disk.
  void RejectWrites(int requests, int status, std::string message);
  // 401 for targets that start so, e.g. "/debug", as for a key with few rights.
  void FailAuthFor(std::string target_prefix);
  // The connections of the next exports are cut after this many documents, between two lines.
  void CutNextExport(std::size_t after_documents, int exports = 1);
  // As before, but within the line that follows this many documents.
  void CutNextExportInLine(std::size_t after_documents);
  // The next exports end properly, but after this many documents.
  void ShortenNextExport(std::size_t documents, int exports = 1);
  // In the next export this text stands in place of the document after this many.
  void BreakNextExport(std::size_t after_documents, std::string text);
  // The next export goes silent after this many documents, until the server stops.
  void StallNextExport(std::size_t after_documents);
  // From now on exports are cut when their client takes no bytes for so long.
  void DropSlowExportReaders(std::chrono::milliseconds patience);
  // Waits until that many exports have been cut so.
  void WaitForDroppedReaders(int count) const;
  // The next imports are applied, and the connection is closed without an answer.
  void DropConnectionAfterNextImport(int requests = 1);
  void ShortImportAnswer(ShortAnswer kind, int requests = 1);
  // Failed import lines carry `document` unasked, as up to v27.
  void EchoDocumentInFailures(bool echo);
  // sort_by=_seq_id is an unknown field: 404.
  void RefuseSeqIdSort(bool refuse);
  // The `pending_write_batches` of /stats.json.
  void SetPendingWriteBatches(int batches);
  // The `num_documents` of a collection (its real name), as of a node that lags; nothing: the
  // truth.
  void ShowCount(const std::string& collection, std::optional<std::size_t> documents);
  // What /metrics.json leaves between used and total memory.
  void SetFreeMemory(std::uint64_t bytes);
  // What happens at single requests.
  RequestHooks& hooks() { return hooks_; }

  bool ready() const;
  bool echoes_documents() const;
  bool refuses_seq_id_sort() const;
  int pending_write_batches() const;
  std::size_t ShownCount(const std::string& collection, std::size_t documents) const;
  std::uint64_t free_memory() const;
  bool IsForbidden(const std::string& target) const;
  // The refusal planned for this request, which is used up.
  std::optional<HttpAnswer> TakeRefusal(bool is_write);
  // Mutilates the answer to an import that was applied.
  HttpAnswer TakeImportFault(HttpAnswer answer);

  enum class ExportEnd { kCut, kCutInLine, kProper, kText, kStall };
  struct ExportFault {
    ExportEnd end = ExportEnd::kCut;
    std::size_t documents = 0;
    std::string text = {};
  };
  std::optional<ExportFault> TakeExportFault();
  std::optional<std::chrono::milliseconds> export_reader_patience() const;
  void CountDroppedReader();

 private:
  void PlanExports(ExportFault fault, int exports);

  struct Rejection {
    int requests = 0;
    ApiError error;
  };

  mutable std::mutex mutex_;
  bool ready_ = true;
  int not_ready_requests_ = 0;
  bool not_ready_only_writes_ = false;
  Rejection rejection_;
  std::vector<std::string> forbidden_;
  ExportFault export_fault_;
  int faulty_exports_ = 0;
  std::optional<std::chrono::milliseconds> reader_patience_;
  int dropped_readers_ = 0;
  mutable std::condition_variable reader_dropped_;
  int dropped_imports_ = 0;
  int short_imports_ = 0;
  ShortAnswer short_answer_ = ShortAnswer::kOneLineFewer;
  bool echo_ = false;
  bool refuse_seq_id_sort_ = false;
  int pending_write_batches_ = 0;
  std::map<std::string, std::size_t> shown_counts_;
  std::uint64_t free_memory_ = 15'000'000'000;
  RequestHooks hooks_;
};

}  // namespace reembed::sandbox
