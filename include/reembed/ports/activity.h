#pragma once

#include <string>
#include <utility>

namespace reembed {

/// Where a part of the program says what it waits for, so that the progress display can show it.
/// Thread-safe; several waits may overlap, the display shows the latest.
class Activity {
 public:
  virtual ~Activity() = default;
  virtual int BeginWait(std::string what) = 0;  ///< returns a ticket for EndWait
  virtual void EndWait(int ticket) = 0;
};

/// A wait for the length of a scope: it is shown until the scope ends, however it ends.
class WaitNotice {
 public:
  WaitNotice(Activity& activity, std::string what)
      : activity_(activity), ticket_(activity.BeginWait(std::move(what))) {}
  ~WaitNotice() { activity_.EndWait(ticket_); }
  WaitNotice(const WaitNotice&) = delete;
  WaitNotice& operator=(const WaitNotice&) = delete;

 private:
  Activity& activity_;
  int ticket_;
};

}  // namespace reembed
