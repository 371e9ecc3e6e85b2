#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

#include "power_loss_script.h"
#include "src/io/journal/open_journal.h"
#include "tests/support/catch2.h"
#include "tests/support/recording_vfs.h"
#include "tests/support/temp_folder.h"

namespace reembed::testing {
namespace {

using Texts = std::set<std::string>;

/// What is known at the moment when a call has returned.
struct Moment {
  std::size_t position = 0;                       ///< changes of the disk that had been asked for
  std::string journal;                            ///< what it shows
  std::map<std::string, Texts> paid;              ///< texts by model whose vectors are kept
  std::map<std::string, DocumentState> outcomes;  ///< the last of each document
  Texts backups;                                  ///< ids
};

std::unique_ptr<JournalStore> Open(const std::string& dir, const RecordingVfs& vfs) {
  return Take(OpenJournal({.dir = dir, .vfs = vfs.name()}, "the test"));
}

/// Three starts of the program with everything that changes a journal, on a disk that is recorded.
class Recording {
 public:
  explicit Recording(LostSyncs lost) : vfs_(lost) {
    moments_.push_back({});
    NoteWorld();
    auto store = Open(dir_ / "state", vfs_);
    moments_.back().journal = Describe(*store);
    MigrateBy("m1", 1, store);
    Close(store);

    // The application goes on working; the same run continues.
    store = Open(dir_ / "state", vfs_);
    Note(*store, "", {});
    world_.texts["doc 03"] = "edited";
    world_.texts.erase("doc 05");
    moments_.back().outcomes.erase("doc 05");
    world_.vectors["doc 08"] = {1, 2, 3, 4, 5};
    NoteWorld();
    MigrateBy("m1", 3, store);
    Close(store);

    // Another model, everything embedded before anything is written; what it supersedes is pruned.
    store = Open(dir_ / "state", vfs_);
    Note(*store, "", {});
    MigrateBy("m2", 10, store, WorkOrder::kEmbedFirst);
    prune_begins_ = vfs_.position();
    Take(store->Prune(WallTime{} + std::chrono::hours(24) * 8));
    Note(*store, "", {});
    moments_.back().backups.clear();
    moments_.back().paid.erase("m1");
    prune_ends_ = vfs_.position();
    Close(store);
  }

  const std::vector<DiskOperation>& operations() const { return vfs_.operations(); }
  const std::vector<Moment>& moments() const { return moments_; }

  /// The last moment whose call had returned; the next one may have begun.
  std::size_t MomentAt(std::size_t cut) const {
    const auto later = std::upper_bound(
        moments_.begin(), moments_.end(), cut,
        [](std::size_t position, const Moment& moment) { return position < moment.position; });
    return static_cast<std::size_t>(later - moments_.begin()) - 1;
  }
  const World& WorldAt(std::size_t cut) const {
    std::size_t i = worlds_.size() - 1;
    while (worlds_[i].first > cut) --i;
    return worlds_[i].second;
  }
  /// Pruning is several transactions, and what it removes may be there or not.
  bool IsPruning(std::size_t cut) const { return cut >= prune_begins_ && cut < prune_ends_; }
  bool HasPruned(std::size_t cut) const { return cut >= prune_begins_; }

 private:
  void MigrateBy(const std::string& model, int day, const std::unique_ptr<JournalStore>& store,
                 WorkOrder order = WorkOrder::kWriteAtOnce) {
    Migrate(
        *store, world_, ScriptedRun(model, day), day + 1, order,
        [&](const CallReturned& call) { Note(*store, model, call); }, [&] { NoteWorld(); });
  }

  void Note(JournalStore& store, const std::string& model, const CallReturned& call) {
    Moment moment = moments_.back();
    moment.position = vfs_.position();
    moment.journal = Describe(store);
    if (!model.empty()) moment.paid[model].insert(call.texts.begin(), call.texts.end());
    for (const auto& [id, state] : call.outcomes) moment.outcomes[id] = state;
    moment.backups.insert(call.backups.begin(), call.backups.end());
    moments_.push_back(std::move(moment));
    // As a long run does now and then: the log begins anew, over its old content or as a new file.
    if (moments_.size() % 7 == 0) Checkpoint(dir_ / "state/journal.db", vfs_, "RESTART");
    if (moments_.size() % 17 == 0) Checkpoint(dir_ / "state/journal.db", vfs_, "TRUNCATE");
  }

  void Close(std::unique_ptr<JournalStore>& store) {
    store.reset();
    moments_.push_back(moments_.back());
    moments_.back().position = vfs_.position();
  }

  void NoteWorld() { worlds_.emplace_back(vfs_.position(), world_); }

  TempFolder dir_;
  RecordingVfs vfs_;
  World world_ = NewWorld();
  std::vector<Moment> moments_;
  std::vector<std::pair<std::size_t, World>> worlds_;
  std::size_t prune_begins_ = 0, prune_ends_ = 0;
};

/// What is found after one power loss. Collects instead of asserting: on a disk that lies there
/// must be something to find.
class Aftermath {
 public:
  Aftermath(const Recording& recording, std::size_t cut, Unsynced unsynced, std::mt19937_64& random)
      : recording_(recording), cut_(cut), moment_(recording.MomentAt(cut)) {
    std::filesystem::create_directories(state_);
    const std::span all(recording.operations());
    for (const auto& [name, content] : AfterPowerLoss(all.first(cut), unsynced, random)) {
      std::ofstream(state_ + "/" + name, std::ios::binary) << content;
    }
    // The index of the log is not synced ever: it may hold anything.
    if (random() % 2 == 0) std::ofstream(state_ + "/journal.db-shm") << std::string(32'768, 'x');
  }

  std::vector<std::string> Problems() {
    try {
      auto store = Open(state_, vfs_);
      CheckJournal(*store);
      CheckVectors(*store);
      CheckBackups(*store, moment().backups);
      Rerun(*store);
      store.reset();
      const std::string integrity = IntegrityOf(state_ + "/journal.db");
      if (integrity != "ok") problems_.push_back("integrity: " + integrity);
    } catch (const std::runtime_error& error) {
      problems_.push_back(error.what());
    }
    return problems_;
  }

 private:
  const Moment& moment() const { return recording_.moments()[moment_]; }

  /// Each call is one transaction: the journal is as some call left it, the last that had returned
  /// or the one that was under way.
  void CheckJournal(JournalStore& store) {
    const std::string now = Describe(store);
    const auto& moments = recording_.moments();
    const bool is_next = moment_ + 1 < moments.size() && now == moments[moment_ + 1].journal;
    if (now == moment().journal || is_next) return;
    if (!recording_.IsPruning(cut_)) problems_.push_back("the journal is as no call left it");
    const RunSpec spec = ScriptedRun("m2", 30);
    const auto view = Take(store.View(spec.target, spec.recipe));
    for (const auto& [id, state] : moment().outcomes) {
      const std::vector<std::string_view> ids = {id};
      const auto row = Take(view->Rows(ids)).at(0);
      if (!row || row->state != state) problems_.push_back("outcome of " + id);
    }
  }

  /// Every vector that was kept is there, and every one that is there is whole.
  void CheckVectors(JournalStore& store) {
    for (const std::string model : {"m1", "m2"}) {
      RunSpec probe = ScriptedRun(model, 20);
      probe.target.collection = "probe " + model;
      const auto journal = Take(store.OpenRun(probe));
      Texts texts = {"edited"};
      for (const auto& [id, text] : NewWorld().texts) texts.insert(text);
      std::vector<SeenDocument> seen;
      for (const std::string& text : texts) seen.push_back({text, HashText(text)});
      Texts found;
      const Admitted admitted = Take(journal->Admit(seen));
      for (const ReadyDocument& ready : admitted.ready) {
        found.insert(ready.id);
        if (HashVector(*ready.vector) != HashVector(ScriptedVector(model, ready.id)))
          problems_.push_back("damaged vector of " + ready.id);
      }
      const auto& kept = moment().paid;
      if (kept.contains(model) && !(recording_.IsPruning(cut_) && model == "m1")) {
        for (const std::string& text : kept.at(model)) {
          if (!found.contains(text)) problems_.push_back("lost vector of " + text);
        }
      }
      found_[model] = std::move(found);
    }
  }

  void CheckBackups(JournalStore& store, const Texts& ids) {
    if (recording_.HasPruned(cut_)) return;
    const Target target = ScriptedRun("m1", 1).target;
    std::vector<std::int64_t> numbers;
    for (const RunRecord& run : Take(store.Runs())) {
      if (run.target == target) numbers.push_back(run.number);
    }
    for (const std::string& id : ids) {
      const std::vector<std::string_view> one = {id};
      const auto backup = Take(store.FirstBackups(target, numbers, one)).at(0);
      if (backup != FirstField(id)) problems_.push_back("backup of " + id);
    }
  }

  /// Begun again it ends as it would have, without paying for what is there, and the way back to
  /// the first vectors stays open.
  void Rerun(JournalStore& store) {
    World world = recording_.WorldAt(cut_);
    const Texts paid = Migrate(
        store, world, ScriptedRun("m2", 30), 31, WorkOrder::kEmbedFirst, [](const CallReturned&) {},
        [] {});
    for (const std::string& text : paid) {
      if (found_["m2"].contains(text)) problems_.push_back("paid twice: " + text);
    }
    Texts ids;
    for (const auto& [id, text] : world.texts) {
      ids.insert(id);
      if (IsRefused(id) || IsSkipped(id)) continue;
      if (world.vectors[id] != ScriptedVector("m2", text)) problems_.push_back("vector of " + id);
    }
    const auto cutovers = Take(store.Cutovers());
    if (cutovers.empty() || cutovers.back().IsOpen()) problems_.push_back("an open cutover");
    CheckBackups(store, ids);
  }

  const Recording& recording_;
  const std::size_t cut_, moment_;
  TempFolder dir_;
  RecordingVfs vfs_{LostSyncs::kNone, false};
  const std::string state_ = dir_ / "state";
  std::map<std::string, Texts> found_;
  std::vector<std::string> problems_;
};

constexpr Unsynced kModes[] = {Unsynced::kLost, Unsynced::kKept, Unsynced::kSome, Unsynced::kTorn};

/// How many of `cuts` seeded power losses leave something to complain about.
std::size_t Losses(LostSyncs lost, int cuts) {
  const Recording recording(lost);
  std::mt19937_64 random(20'261'121);
  std::size_t losses = 0;
  for (int i = 0; i < cuts; ++i) {
    const std::size_t cut = random() % (recording.operations().size() + 1);
    Aftermath aftermath(recording, cut, kModes[i % 4], random);
    if (!aftermath.Problems().empty()) ++losses;
  }
  return losses;
}

}  // namespace

TEST_CASE("power loss: what a call had returned is there, and a rerun goes on") {
  const Recording recording(LostSyncs::kNone);
  std::mt19937_64 random(1);
  const auto check = [&](std::size_t cut, Unsynced unsynced) {
    CAPTURE(cut, static_cast<int>(unsynced), recording.MomentAt(cut));
    CHECK(Aftermath(recording, cut, unsynced, random).Problems() == std::vector<std::string>{});
  };
  // The sharpest: right after a call has returned, nothing that was not synced is left.
  for (const Moment& moment : recording.moments()) check(moment.position, Unsynced::kLost);
  for (int i = 0; i < 240; ++i) {
    check(random() % (recording.operations().size() + 1), kModes[i % 4]);
  }
}

TEST_CASE("power loss: disks that do not sync are found out") {
  // Of a quarter of the cuts nothing is lost, whatever the disk does.
  CHECK(Losses(LostSyncs::kAll, 40) > 10);
  CHECK(Losses(LostSyncs::kOfTheLog, 40) > 10);
  CHECK(Losses(LostSyncs::kOfTheDatabase, 40) > 3);
}

}  // namespace reembed::testing
