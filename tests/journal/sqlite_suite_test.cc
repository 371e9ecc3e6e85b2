#include <memory>
#include <string>

#include "src/io/journal/open_journal.h"
#include "tests/support/catch2.h"
#include "tests/support/journal_suite.h"
#include "tests/support/recording_vfs.h"
#include "tests/support/temp_folder.h"

namespace reembed::testing {
namespace {

class SqliteUnderTest final : public JournalUnderTest {
 public:
  SqliteUnderTest() { Open(); }
  JournalStore& store() override { return *store_; }
  void Restart() override {
    store_.reset();
    Open();
  }

 private:
  void Open() {
    auto opened = OpenJournal({.dir = dir_ / "state", .vfs = vfs_.name()}, "the suite");
    if (!opened.ok()) FAIL(opened.error().message);
    store_ = std::move(*opened);
  }

  TempFolder dir_;
  RecordingVfs vfs_{LostSyncs::kNone, false};
  std::unique_ptr<JournalStore> store_;
};

}  // namespace

TEST_CASE("journal file: keeps the rules of the port") {
  RunJournalSuite([] { return std::make_unique<SqliteUnderTest>(); });
}

}  // namespace reembed::testing
