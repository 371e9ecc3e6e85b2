#pragma once

#include <memory>
#include <string>

#include "cutover_tools.h"
#include "reembed/ports/store.h"

namespace reembed {

/// The time between the drop of the embedding field and its return, in which vector search is
/// away: what a rebuild and the way back from one have in common. Every step is journaled before it
/// is done, and the calls that bring the field back are in the recovery file and in the log before
/// the field goes. The first signal is not heeded while the window is open, the second is.
/// One thread.
class FieldWindow {
 public:
  /// `cutover`: kept up to date; it and the tools outlive the window. `nested`: a dotted field is a
  /// path of objects.
  FieldWindow(const CutoverTools& tools, Cutover& cutover, bool nested, const StopTokens& stop);

  /// What the work in the window stops on.
  const StopTokens& stop() const { return stop_; }

  /// Opens it and says for how long, reckoned from the time that the drop took. Does nothing when
  /// it is open already (the cutover is past kDropping).
  Status Open();
  /// Adds the field as the cutover's new definition says. kUnfit: documents are in the way, and the
  /// window stays open.
  Result<AlterResult> Close();
  /// The cutover is over; the recovery file goes.
  Status End(CutoverStep step);

  /// The error with what it means here: search is away, and how it comes back.
  Error Explain(Error error) const;

 private:
  Status KeepRecovery();
  void Announce(double drop_seconds) const;

  const CutoverTools& tools_;
  Cutover& cutover_;
  const bool nested_;
  const StopTokens stop_;
  const std::unique_ptr<SchemaEditor> editor_;
  std::string recovery_file_;
  bool dropping_ = false;
};

}  // namespace reembed
