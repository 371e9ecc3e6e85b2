#include "tests/sandbox/typesense_controls.h"

#include <algorithm>

namespace reembed::sandbox {
namespace {

using Lock = std::lock_guard<std::mutex>;

ApiError NotReady() {
  return {503, "Not Ready or Lagging"};
}

std::string Shortened(std::string body, ShortAnswer kind) {
  const std::size_t last = body.rfind('\n');
  if (last == std::string::npos) return "";
  body.resize(kind == ShortAnswer::kOneLineFewer ? last : last + 1);
  return body;
}

}  // namespace

void TypesenseControls::SetReadiness(bool ready) {
  const Lock lock(mutex_);
  ready_ = ready;
}

void TypesenseControls::AnswerNotReady(int requests, bool only_writes) {
  const Lock lock(mutex_);
  not_ready_requests_ = requests;
  not_ready_only_writes_ = only_writes;
}

void TypesenseControls::RejectWrites(int requests, int status, std::string message) {
  const Lock lock(mutex_);
  rejection_ = {requests, {status, std::move(message)}};
}

void TypesenseControls::FailAuthFor(std::string target_prefix) {
  const Lock lock(mutex_);
  forbidden_.push_back(std::move(target_prefix));
}

void TypesenseControls::PlanExports(ExportFault fault, int exports) {
  const Lock lock(mutex_);
  export_fault_ = std::move(fault);
  faulty_exports_ = exports;
}

void TypesenseControls::CutNextExport(std::size_t after_documents, int exports) {
  PlanExports({ExportEnd::kCut, after_documents}, exports);
}

void TypesenseControls::CutNextExportInLine(std::size_t after_documents) {
  PlanExports({ExportEnd::kCutInLine, after_documents}, 1);
}

void TypesenseControls::ShortenNextExport(std::size_t documents, int exports) {
  PlanExports({ExportEnd::kProper, documents}, exports);
}

void TypesenseControls::BreakNextExport(std::size_t after_documents, std::string text) {
  PlanExports({ExportEnd::kText, after_documents, std::move(text)}, 1);
}

void TypesenseControls::StallNextExport(std::size_t after_documents) {
  PlanExports({ExportEnd::kStall, after_documents}, 1);
}

void TypesenseControls::DropSlowExportReaders(std::chrono::milliseconds patience) {
  const Lock lock(mutex_);
  reader_patience_ = patience;
}

void TypesenseControls::WaitForDroppedReaders(int count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  reader_dropped_.wait(lock, [this, count] { return dropped_readers_ >= count; });
}

void TypesenseControls::DropConnectionAfterNextImport(int requests) {
  const Lock lock(mutex_);
  dropped_imports_ = requests;
}

void TypesenseControls::ShortImportAnswer(ShortAnswer kind, int requests) {
  const Lock lock(mutex_);
  short_answer_ = kind;
  short_imports_ = requests;
}

void TypesenseControls::EchoDocumentInFailures(bool echo) {
  const Lock lock(mutex_);
  echo_ = echo;
}

void TypesenseControls::RefuseSeqIdSort(bool refuse) {
  const Lock lock(mutex_);
  refuse_seq_id_sort_ = refuse;
}

void TypesenseControls::SetPendingWriteBatches(int batches) {
  const Lock lock(mutex_);
  pending_write_batches_ = batches;
}

void TypesenseControls::ShowCount(const std::string& collection,
                                  std::optional<std::size_t> documents) {
  const Lock lock(mutex_);
  shown_counts_.erase(collection);
  if (documents) shown_counts_.emplace(collection, *documents);
}

void TypesenseControls::SetFreeMemory(std::uint64_t bytes) {
  const Lock lock(mutex_);
  free_memory_ = bytes;
}

bool TypesenseControls::ready() const {
  const Lock lock(mutex_);
  return ready_;
}

bool TypesenseControls::echoes_documents() const {
  const Lock lock(mutex_);
  return echo_;
}

bool TypesenseControls::refuses_seq_id_sort() const {
  const Lock lock(mutex_);
  return refuse_seq_id_sort_;
}

int TypesenseControls::pending_write_batches() const {
  const Lock lock(mutex_);
  return pending_write_batches_;
}

std::size_t TypesenseControls::ShownCount(const std::string& collection,
                                          std::size_t documents) const {
  const Lock lock(mutex_);
  const auto shown = shown_counts_.find(collection);
  return shown == shown_counts_.end() ? documents : shown->second;
}

std::uint64_t TypesenseControls::free_memory() const {
  const Lock lock(mutex_);
  return free_memory_;
}

bool TypesenseControls::IsForbidden(const std::string& target) const {
  const Lock lock(mutex_);
  return std::any_of(forbidden_.begin(), forbidden_.end(), [&](const std::string& prefix) {
    return target.compare(0, prefix.size(), prefix) == 0;
  });
}

std::optional<HttpAnswer> TypesenseControls::TakeRefusal(bool is_write) {
  const Lock lock(mutex_);
  if (!ready_) return FrontDoorMessage(NotReady());
  if (not_ready_requests_ > 0 && (is_write || !not_ready_only_writes_)) {
    --not_ready_requests_;
    return FrontDoorMessage(NotReady());
  }
  if (is_write && rejection_.requests > 0) {
    --rejection_.requests;
    return GluedMessage(rejection_.error);
  }
  return std::nullopt;
}

HttpAnswer TypesenseControls::TakeImportFault(HttpAnswer answer) {
  const Lock lock(mutex_);
  if (dropped_imports_ > 0) {
    --dropped_imports_;
    answer.drop = true;
  } else if (short_imports_ > 0) {
    --short_imports_;
    answer.body = Shortened(std::move(answer.body), short_answer_);
  }
  return answer;
}

std::optional<TypesenseControls::ExportFault> TypesenseControls::TakeExportFault() {
  const Lock lock(mutex_);
  if (faulty_exports_ == 0) return std::nullopt;
  --faulty_exports_;
  return export_fault_;
}

std::optional<std::chrono::milliseconds> TypesenseControls::export_reader_patience() const {
  const Lock lock(mutex_);
  return reader_patience_;
}

void TypesenseControls::CountDroppedReader() {
  {
    const Lock lock(mutex_);
    ++dropped_readers_;
  }
  reader_dropped_.notify_all();
}

}  // namespace reembed::sandbox
