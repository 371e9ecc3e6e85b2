#include "src/io/http/date_watch.h"

#include <utility>

namespace reembed {

Result<HttpResponse> DateWatch::Send(const HttpRequest& request, std::stop_token abort) {
  auto answer = next_.Send(request, std::move(abort));
  if (!answer.ok()) return answer;
  const auto header = FindHeader(*answer, "date");
  const auto date = header ? ParseHttpDate(*header) : std::nullopt;
  if (date) {
    MutexLock lock(mutex_);
    latest_ = date;
  }
  return answer;
}

std::optional<WallTime> DateWatch::latest() const {
  MutexLock lock(mutex_);
  return latest_;
}

}  // namespace reembed
