#include "tests/support/fake_http.h"

#include <stdexcept>
#include <utility>

namespace reembed::testing {

std::string SentRequest::Header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

void FakeHttp::Reply(int status, std::string body, std::vector<HttpHeader> headers) {
  HttpResponse response{.status = status, .headers = std::move(headers), .body = std::move(body)};
  Handle([response](const HttpRequest&) { return Result<HttpResponse>(response); });
}

void FakeHttp::Fail(ErrorKind kind, std::string message) {
  Error error{.kind = kind, .message = std::move(message)};
  Handle([error](const HttpRequest&) { return Result<HttpResponse>(error); });
}

void FakeHttp::Handle(Handler handler) {
  MutexLock lock(mutex_);
  script_.push_back(std::move(handler));
}

void FakeHttp::Otherwise(Handler handler) {
  MutexLock lock(mutex_);
  otherwise_ = std::move(handler);
}

Result<HttpResponse> FakeHttp::Send(const HttpRequest& request, std::stop_token abort) {
  if (abort.stop_requested()) {
    return Error{.kind = ErrorKind::kInterrupted, .message = "interrupted"};
  }
  // The handler runs unlocked: it may send a request itself, as a silence callback does.
  return Next(request)(request);
}

FakeHttp::Handler FakeHttp::Next(const HttpRequest& request) {
  MutexLock lock(mutex_);
  sent_.push_back(
      {request.method, request.url, request.headers, std::string(request.body), request.timeouts});
  if (script_.empty()) {
    if (otherwise_) return otherwise_;
    throw std::logic_error("no answer scripted for " + request.method + " " + request.url);
  }
  Handler handler = std::move(script_.front());
  script_.pop_front();
  return handler;
}

std::vector<SentRequest> FakeHttp::sent() const {
  MutexLock lock(mutex_);
  return sent_;
}

std::vector<std::string> FakeHttp::lines() const {
  MutexLock lock(mutex_);
  std::vector<std::string> lines;
  for (const SentRequest& request : sent_) lines.push_back(request.method + " " + request.url);
  return lines;
}

}  // namespace reembed::testing
