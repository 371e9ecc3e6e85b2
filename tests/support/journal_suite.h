#pragma once

#include <functional>
#include <memory>

#include "reembed/ports/journal.h"

namespace reembed::testing {

/// A journal to be tested, empty at first.
class JournalUnderTest {
 public:
  virtual ~JournalUnderTest() = default;
  virtual JournalStore& store() = 0;
  /// What a later start of the program does. Journals and views of the store are gone before.
  virtual void Restart() = 0;
};
using MakeJournal = std::function<std::unique_ptr<JournalUnderTest>()>;

/// What every journal must do, as sections of the calling test case: RunJournalSuite is all of
/// them. Times and messages are not part of it.
void RunJournalSuite(const MakeJournal& make);
void RunJournalScanSuite(const MakeJournal& make);
void RunJournalVectorSuite(const MakeJournal& make);
void RunJournalRerunSuite(const MakeJournal& make);
void RunJournalRunSuite(const MakeJournal& make);
void RunJournalEmbedFirstSuite(const MakeJournal& make);
void RunJournalCutoverSuite(const MakeJournal& make);
void RunJournalRollbackSuite(const MakeJournal& make);

}  // namespace reembed::testing
