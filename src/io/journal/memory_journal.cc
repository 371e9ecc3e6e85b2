#include "memory_journal.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "reembed/base/mutex.h"

namespace reembed {
namespace {

class MemoryJournal final : public Journal {
 public:
  bool Knows(std::string_view id) const override {
    MutexLock lock(mutex_);
    return documents_.contains(HashText(id));
  }

  Result<std::vector<Admission>> Admit(std::span<const SeenDocument> documents) override {
    MutexLock lock(mutex_);
    std::vector<Admission> answers;
    answers.reserve(documents.size());
    for (const SeenDocument& document : documents) answers.push_back(AdmitOne(document));
    return answers;
  }

  Result<std::vector<ReadyDocument>> SaveVectors(std::span<const EmbeddedText> texts) override {
    MutexLock lock(mutex_);
    std::vector<ReadyDocument> ready;
    for (const EmbeddedText& text : texts) {
      for (std::string& id : TakeWaiting(text.hash)) {
        documents_[HashText(id)] = DocumentState::kEmbedded;
        ready.push_back({std::move(id), text.vector, text.truncated});
      }
    }
    return ready;
  }

  Result<std::vector<std::string>> GiveUp(const TextHash& hash) override {
    MutexLock lock(mutex_);
    return TakeWaiting(hash);
  }

  Status SaveOutcomes(std::span<const DocumentOutcome> outcomes) override {
    MutexLock lock(mutex_);
    for (const DocumentOutcome& outcome : outcomes)
      documents_[HashText(outcome.id)] = outcome.state;
    return {};
  }

 private:
  Admission AdmitOne(const SeenDocument& document) REEMBED_REQUIRES(mutex_) {
    const bool is_new =
        documents_.try_emplace(HashText(document.id), DocumentState::kPending).second;
    if (!is_new) return Admission::kKnown;
    std::vector<std::string>& waiting = waiting_[document.hash];
    waiting.emplace_back(document.id);
    return waiting.size() == 1 ? Admission::kEmbed : Admission::kWait;
  }

  std::vector<std::string> TakeWaiting(const TextHash& hash) REEMBED_REQUIRES(mutex_) {
    auto node = waiting_.extract(hash);
    return node.empty() ? std::vector<std::string>{} : std::move(node.mapped());
  }

  mutable Mutex mutex_;
  // By the 128-bit hash of the id: the one thing that grows with the collection stays small,
  // however long its ids are.
  std::unordered_map<TextHash, DocumentState, TextHashHasher> documents_ REEMBED_GUARDED_BY(mutex_);
  // The documents whose text is on its way to the provider.
  std::unordered_map<TextHash, std::vector<std::string>, TextHashHasher> waiting_
      REEMBED_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Journal> MakeMemoryJournal() {
  return std::make_unique<MemoryJournal>();
}

}  // namespace reembed
