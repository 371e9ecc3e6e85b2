#include "stage.h"

namespace reembed {

void StageStop::Fail(const Error& error, bool ends_run) {
  const bool echo = error.kind == ErrorKind::kInterrupted && drain_.stop_requested();
  {
    MutexLock lock(mutex_);
    if (!echo && !first_) {
      first_ = error;
      ends_run_ = ends_run;
    }
  }
  drain_.request_stop();
}

void StageStop::Throw(std::exception_ptr thrown) {
  {
    MutexLock lock(mutex_);
    if (!thrown_) thrown_ = std::move(thrown);
  }
  drain_.request_stop();
}

void StageStop::Rethrow() const {
  std::exception_ptr thrown;
  {
    MutexLock lock(mutex_);
    thrown = thrown_;
  }
  if (thrown) std::rethrow_exception(thrown);
}

std::optional<Error> StageStop::first_error() const {
  MutexLock lock(mutex_);
  return first_;
}

bool StageStop::ends_run() const {
  MutexLock lock(mutex_);
  return ends_run_;
}

}  // namespace reembed
