#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "kernels.h"
#include "measure.h"
#include "reembed/core/backup.h"
#include "src/io/journal/open_journal.h"
#include "tests/sandbox/sink_data.h"

namespace reembed::bench {
namespace {

// How many documents the program hands over at once, see src/app.
constexpr std::size_t kScanned = 128;
constexpr std::size_t kPage = 250;
constexpr std::size_t kBatch = 100;

template <typename T>
T Require(Result<T> result) {
  if (!result.ok()) throw std::runtime_error("journal: " + result.error().message);
  return *std::move(result);
}

void Require(const Status& status) {
  if (!status.ok()) throw std::runtime_error("journal: " + status.error().message);
}

/// The calls of one run over documents with these ids, hashes, backups and vectors.
class JournalRun {
 public:
  JournalRun(const KernelSpec& spec, Journal& journal) : journal_(journal), data_(spec.dimensions) {
    for (std::size_t i = 0; i < spec.documents; ++i) {
      ids_.push_back("d" + std::to_string(i));
      hashes_.push_back(HashText(ids_.back()));
      vectors_.push_back(std::make_shared<const Embedding>(data_.NewVector(i)));
    }
    for (std::size_t i = 0; spec.old_vectors && i < sandbox::SinkData::kVectors; ++i) {
      StoredField field;
      const std::string json = R"({"vec":)" + data_.OldJson(i) + "}";
      Require(ReadStoredField(json, "vec", false, field));
      backups_.push_back(EncodeBackup(field));
    }
  }

  double Seconds() {
    const double started = ThreadSeconds();
    Scan(DocumentClass::kNew);
    Pass();
    Scan(DocumentClass::kUpToDate);
    Require(journal_.PendingCount());
    return ThreadSeconds() - started;
  }

 private:
  void Scan(DocumentClass found) {
    Require(journal_.BeginScan(WorkOrder::kWriteAtOnce));
    for (std::size_t from = 0; from < ids_.size(); from += kScanned) {
      const std::size_t to = std::min(ids_.size(), from + kScanned);
      std::vector<std::string_view> asked(ids_.begin() + static_cast<std::ptrdiff_t>(from),
                                          ids_.begin() + static_cast<std::ptrdiff_t>(to));
      Require(journal_.Rows(asked));
      std::vector<ScanRecord> records;
      for (std::size_t i = from; i < to; ++i) {
        records.push_back({.id = ids_[i], .text = hashes_[i], .found = found});
        if (found == DocumentClass::kUpToDate) records.back().spelling = hashes_[i];
        if (found == DocumentClass::kNew && !backups_.empty()) {
          records.back().backup = backups_[i % backups_.size()];
        }
      }
      Require(journal_.RecordScan(records));
    }
    Require(journal_.EndScan());
  }

  void Pass() {
    std::string after;
    std::size_t done = 0;
    for (;;) {
      const auto ids = Require(journal_.NextPending(after, kPage));
      if (ids.empty()) return;
      after = ids.back();
      // In the order of ids as the journal has it; the texts are those of the scan's order.
      std::vector<SeenDocument> seen;
      for (const std::string& id : ids) seen.push_back({id, HashText(id)});
      Require(journal_.Admit(seen));
      for (std::size_t from = 0; from < ids.size(); from += kBatch) {
        Save(ids, from, std::min(ids.size(), from + kBatch), done);
      }
    }
  }

  void Save(const std::vector<std::string>& ids, std::size_t from, std::size_t to,
            std::size_t& done) {
    std::vector<EmbeddedText> texts;
    for (std::size_t i = from; i < to; ++i) texts.push_back({HashText(ids[i]), vectors_[done++]});
    Require(journal_.SaveVectors(texts));
    std::vector<DocumentOutcome> outcomes;
    for (std::size_t i = from; i < to; ++i)
      outcomes.push_back({.id = ids[i], .spelling = HashText(ids[i])});
    Require(journal_.SaveOutcomes(outcomes));
  }

  Journal& journal_;
  const sandbox::SinkData data_;
  std::vector<std::string> ids_;
  std::vector<TextHash> hashes_;
  std::vector<SharedEmbedding> vectors_;
  std::vector<FieldBackup> backups_;
};

}  // namespace

double JournalSeconds(const KernelSpec& spec) {
  const Folder folder("{}");
  const auto store = Require(OpenJournal({.dir = folder.path()}, "a measurement"));
  RunSpec run;
  run.name = "documents";
  run.target = {"documents", 1, "vec"};
  run.recipe.family = "openai";
  run.recipe.model = "m";
  run.nodes = {"http://127.0.0.1:1"};
  run.backup = spec.old_vectors;
  run.recipe.dimensions = static_cast<int>(spec.dimensions);
  const auto journal = Require(store->OpenRun(run));
  return JournalRun(spec, *journal).Seconds() / static_cast<double>(spec.documents);
}

}  // namespace reembed::bench
