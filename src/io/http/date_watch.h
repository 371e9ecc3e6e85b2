#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reembed/base/clock.h"
#include "reembed/base/mutex.h"
#include "reembed/ports/http.h"

namespace reembed {

/// Hands requests on and remembers the `Date` of the latest answer that had one, so that the
/// machine's clock can be held against a server's. Thread-safe.
class DateWatch final : public HttpTransport {
 public:
  explicit DateWatch(HttpTransport& next) : next_(next) {}

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token abort) override;
  void Recycle(std::string body) override { next_.Recycle(std::move(body)); }
  std::optional<WallTime> latest() const;

 private:
  HttpTransport& next_;
  mutable Mutex mutex_;
  std::optional<WallTime> latest_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
