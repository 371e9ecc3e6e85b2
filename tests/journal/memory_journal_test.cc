#include "tests/support/memory_journal.h"

#include <memory>

#include "tests/support/catch2.h"
#include "tests/support/journal_suite.h"

namespace reembed::testing {
namespace {

class MemoryUnderTest final : public JournalUnderTest {
 public:
  JournalStore& store() override { return *store_; }
  void Restart() override { BeginSession(*store_); }

 private:
  const std::unique_ptr<JournalStore> store_ = MakeMemoryJournal();
};

}  // namespace

TEST_CASE("memory journal: keeps the rules of the port") {
  RunJournalSuite([] { return std::make_unique<MemoryUnderTest>(); });
}

}  // namespace reembed::testing
