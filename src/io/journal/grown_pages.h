#pragma once

#include <sys/types.h>

#include <string>

namespace reembed {

/// Gives the system's memory for what a file has grown by back to it. Vectors and backups are
/// written once and hardly read again; left in the page cache they would push out what others on
/// the machine read, the store for one, and each new page of it costs more than one that was just
/// used. Older parts of the file stay as they are: rows are looked up there. One thread at a time.
class GrownPages {
 public:
  /// Nothing is given back where the file cannot be opened. SQLite's locks on a file end when any
  /// descriptor of it is closed: this object outlives the connection.
  explicit GrownPages(const std::string& path);
  GrownPages(const GrownPages&) = delete;
  GrownPages& operator=(const GrownPages&) = delete;
  ~GrownPages();

  /// To be called after what may have been a checkpoint: what is not on the disk yet stays.
  void Release();

 private:
  const int descriptor_;
  off_t released_ = 0;  // up to there nothing is given back any more
};

}  // namespace reembed
