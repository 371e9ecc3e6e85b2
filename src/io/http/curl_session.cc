#include "src/io/http/curl_session.h"

#include <fmt/format.h>

#include <chrono>
#include <new>
#include <utility>

#include "src/io/http/curl_errors.h"
#include "src/io/http/curl_setup.h"
#include "src/io/http/transfer_watch.h"

namespace reembed {
namespace {

// The kernel's and libcurl's timers run in real time, so the watch beside them does as well.
SteadyTime Now() {
  return std::chrono::steady_clock::now();
}

template <typename T>
T Info(CURL* easy, CURLINFO info) {
  T value{};
  static_cast<void>(curl_easy_getinfo(easy, info, &value));
  return value;
}

// No exception may cross libcurl's frames; out of memory ends the process here.
std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* reader) noexcept {
  const std::size_t bytes = size * count;
  return static_cast<ResponseReader*>(reader)->AddHeaderLine({data, bytes}) ? bytes : 0;
}

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* reader) noexcept {
  const std::size_t bytes = size * count;
  // Zero is the right answer to an empty piece and a failure for every other.
  return static_cast<ResponseReader*>(reader)->AddBody({data, bytes}) ? bytes : 0;
}

// The size counters are libcurl's: compressed bytes, and those of an upload as they leave.
TransferProgress ProgressOf(CURL* easy) {
  return {.connected = Info<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0,
          .sent = Info<curl_off_t>(easy, CURLINFO_SIZE_UPLOAD_T),
          .received = Info<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T) +
                      Info<long>(easy, CURLINFO_HEADER_SIZE)};
}

Error Interrupted(const HttpTarget& target) {
  return {.kind = ErrorKind::kInterrupted,
          .message = fmt::format("{}: the request was interrupted", target.peer)};
}

Error TooLarge(std::size_t limit, const HttpTarget& target) {
  return {.kind = ErrorKind::kTransient,
          .message = fmt::format("{}: the answer is larger than the limit of {} bytes", target.peer,
                                 limit)};
}

// Nothing when the transfer may go on.
std::optional<Error> ErrorFor(WatchVerdict verdict, const HttpRequest& request,
                              const HttpTarget& target, Millis since_sent) {
  switch (verdict) {
    case WatchVerdict::kGoOn:
      break;
    case WatchVerdict::kTooLong:
      return Error{.kind = ErrorKind::kTransient,
                   .message = fmt::format("{}: timed out after {}", target.peer,
                                          InWords(request.timeouts.total))};
    case WatchVerdict::kIdle:
      return Error{.kind = ErrorKind::kTransient,
                   .message = fmt::format("{}: timed out, no byte for {}", target.peer,
                                          InWords(request.timeouts.idle))};
    case WatchVerdict::kSilent:
      if (request.on_silence(since_sent)) break;
      return Error{.kind = ErrorKind::kOutage,
                   .message = fmt::format("{}: gave up after {} without an answer", target.peer,
                                          InWords(since_sent))};
  }
  return std::nullopt;
}

// Keeps the easy handle in the multi handle for a scope; leaving it cancels what is in flight.
class Attached {
 public:
  Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    static_cast<void>(curl_multi_add_handle(multi_, easy_));
  }
  ~Attached() { static_cast<void>(curl_multi_remove_handle(multi_, easy_)); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

}  // namespace

CurlSession::CurlSession(CurlOptions options, BodyPool& pool)
    : options_(std::move(options)),
      pool_(pool),
      multi_(curl_multi_init()),
      easy_(curl_easy_init()) {
  if (!multi_ || !easy_) throw std::bad_alloc();
}

Result<HttpResponse> CurlSession::Run(const HttpRequest& request, const HttpTarget& target,
                                      std::stop_token abort) {
  Attempt attempt = Try(request, target, abort, false);
  if (attempt.stale) attempt = Try(request, target, abort, true);
  if (attempt.error) return *std::move(attempt.error);
  return std::move(attempt.response);
}

CurlSession::Attempt CurlSession::Try(const HttpRequest& request, const HttpTarget& target,
                                      const std::stop_token& abort, bool fresh) {
  ResponseReader reader(request.max_response_bytes, request.on_body, pool_);
  const HeaderList headers = MakeHeaderList(request);
  Prepare(reader, fresh);
  ApplyRequest(easy_.get(), request, headers);
  const Attached attached(multi_.get(), easy_.get());
  // Declared last, so that no wake-up comes once the handle is detached.
  const std::stop_callback wake(abort,
                                [this] { static_cast<void>(curl_multi_wakeup(multi_.get())); });
  Ending ending = Drive(request, target, abort);
  if (Error* error = std::get_if<Error>(&ending)) return {.error = std::move(*error)};
  return Finish(*std::get_if<CURLcode>(&ending), reader, request, target);
}

CurlSession::Attempt CurlSession::Finish(CURLcode code, ResponseReader& reader,
                                         const HttpRequest& request, const HttpTarget& target) {
  if (reader.refusal()) return {.error = reader.refusal()};
  if (reader.exceeded()) return {.error = TooLarge(*reader.exceeded(), target)};
  const auto status = static_cast<int>(Info<long>(easy_.get(), CURLINFO_RESPONSE_CODE));
  // libcurl takes a connection that ends within the headers for the end of an empty body.
  const bool cut = !reader.has_all_headers() || status < 200;
  if (code == CURLE_OK && cut) code = CURLE_PARTIAL_FILE;
  if (code != CURLE_OK) return {.error = FailureOf(code, request, target), .stale = IsStale(code)};
  reader.response().status = status;
  return {.error = std::nullopt, .response = std::move(reader.response())};
}

void CurlSession::Prepare(ResponseReader& reader, bool fresh) {
  CURL* easy = easy_.get();
  // Keeps connections, names and TLS sessions; forgets the last request with its pointers.
  curl_easy_reset(easy);
  ApplyOptions(easy, options_);
  detail_[0] = '\0';
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail_.data()));
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &OnHeader));
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_HEADERDATA, &reader));
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &OnBody));
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reader));
  static_cast<void>(curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L));
}

CurlSession::Ending CurlSession::Drive(const HttpRequest& request, const HttpTarget& target,
                                       const std::stop_token& abort) {
  TransferWatch watch(request.timeouts,
                      request.on_silence ? request.silence_every : Millis::zero());
  while (!abort.stop_requested()) {
    int running = 0;
    const CURLMcode code = curl_multi_perform(multi_.get(), &running);
    if (code != CURLM_OK) return CURLE_FAILED_INIT;
    if (running == 0) return TakeResult();
    const WatchVerdict verdict = watch.Observe(ProgressOf(easy_.get()), Now());
    if (auto error = ErrorFor(verdict, request, target, watch.SinceSent(Now()))) {
      return *std::move(error);
    }
    // A wake-up that came before this call ends it at once; none is lost.
    const auto wait = static_cast<int>(watch.NextCheck(Now()).count());
    static_cast<void>(curl_multi_poll(multi_.get(), nullptr, 0, wait, nullptr));
  }
  return Interrupted(target);
}

CURLcode CurlSession::TakeResult() {
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
  return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
}

// libcurl does the same by itself, except when the connection breaks in the middle of a body.
bool CurlSession::IsStale(CURLcode code) const {
  const bool lost =
      code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
  // No new connection was made, and not a byte of an answer was seen.
  return lost && Info<long>(easy_.get(), CURLINFO_NUM_CONNECTS) == 0 &&
         Info<long>(easy_.get(), CURLINFO_HEADER_SIZE) == 0;
}

Error CurlSession::FailureOf(CURLcode code, const HttpRequest& request,
                             const HttpTarget& target) const {
  return ErrorFrom({.code = code,
                    .peer = target.peer,
                    .connect_timeout = request.timeouts.connect,
                    .os_error = static_cast<int>(Info<long>(easy_.get(), CURLINFO_OS_ERRNO)),
                    .proxy_status = Info<long>(easy_.get(), CURLINFO_HTTP_CONNECTCODE),
                    .proxy_variable = ProxyVariableFor(target.origin),
                    .tls_detail = detail_.data()});
}

}  // namespace reembed
