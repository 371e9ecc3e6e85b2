#include "src/io/http/curl_setup.h"

#include <strings.h>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>

namespace reembed {
namespace {

constexpr long kReceiveBuffer = 64L << 10;
// 2 MB here doubles the CPU time of a large upload: it no longer fits the cache.
constexpr long kUploadBuffer = 256L << 10;
// libcurl reads zero as its default of five minutes.
constexpr Millis kNoLimit = std::chrono::hours(24);

// Options fail only where a libcurl was built without the feature; none of these is needed then.
template <typename T>
void Set(CURL* easy, CURLoption option, T value) {
  static_cast<void>(curl_easy_setopt(easy, option, value));
}

void Append(HeaderList& list, const std::string& line) {
  curl_slist* head = curl_slist_append(list.get(), line.c_str());
  if (head == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(head);
}

bool HasHeader(const HttpRequest& request, const char* name) {
  return std::any_of(
      request.headers.begin(), request.headers.end(),
      [name](const HttpHeader& header) { return strcasecmp(header.name.c_str(), name) == 0; });
}

void ApplyProtocol(CURL* easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  Set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  Set(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  // Otherwise an interrupted request waits for the name look-up to finish.
  Set(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  // HTTP/2 costs more CPU time and gains nothing at a few dozen requests in flight.
  Set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // A redirect would carry the key to a host that the user has not named.
  Set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  // `%2E%2E` can be a document's id; newer versions of libcurl would resolve it as `..`.
  Set(easy, CURLOPT_PATH_AS_IS, 1L);
  Set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void ApplySocket(CURL* easy) {
  // Signals would interrupt the other threads' name look-ups.
  Set(easy, CURLOPT_NOSIGNAL, 1L);
  Set(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  Set(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
  Set(easy, CURLOPT_TCP_NODELAY, 1L);
  // An import may be silent for minutes; this tells a busy server from one that is gone.
  Set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy, CURLOPT_TCP_KEEPIDLE, 30L);
  Set(easy, CURLOPT_TCP_KEEPINTVL, 15L);
}

void ApplyCertificates(CURL* easy, const CurlOptions& options) {
  if (!options.ca_file.empty()) {
    Set(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    Set(easy, CURLOPT_PROXY_CAINFO, options.ca_file.c_str());
  }
  if (!options.ca_dir.empty()) {
    Set(easy, CURLOPT_CAPATH, options.ca_dir.c_str());
    Set(easy, CURLOPT_PROXY_CAPATH, options.ca_dir.c_str());
  }
}

bool SendsBody(const HttpRequest& request) {
  const std::string& method = request.method;
  return !request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
}

void ApplyBody(CURL* easy, std::string_view body) {
  Set(easy, CURLOPT_POST, 1L);
  Set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  // A null pointer would make libcurl read the body from standard input.
  Set(easy, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
}

}  // namespace

HeaderList MakeHeaderList(const HttpRequest& request) {
  HeaderList list;
  Append(list, "Expect:");
  if (!HasHeader(request, "Content-Type")) Append(list, "Content-Type:");
  for (const HttpHeader& header : request.headers) {
    // `Name:` without a value tells libcurl to leave the header out; `Name;` sends it empty.
    const bool blank = header.value.find_first_not_of(" \t") == std::string::npos;
    Append(list, blank ? header.name + ";" : header.name + ": " + header.value);
  }
  return list;
}

void ApplyOptions(CURL* easy, const CurlOptions& options) {
  ApplyProtocol(easy);
  ApplySocket(easy);
  ApplyCertificates(easy, options);
  if (!options.user_agent.empty()) Set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
}

void ApplyRequest(CURL* easy, const HttpRequest& request, const HeaderList& headers) {
  Set(easy, CURLOPT_URL, request.url.c_str());
  Set(easy, CURLOPT_HTTPHEADER, headers.get());
  // Either way libcurl unpacks what comes compressed; without the option it would not.
  Set(easy, CURLOPT_ACCEPT_ENCODING, request.accept_compression ? "gzip, deflate" : "identity");
  const Millis connect = request.timeouts.connect;
  Set(easy, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>((connect == Millis::zero() ? kNoLimit : connect).count()));
  if (SendsBody(request)) ApplyBody(easy, request.body);
  // CUSTOMREQUEST alone would leave libcurl waiting for the body of a HEAD.
  if (request.method == "HEAD") {
    Set(easy, CURLOPT_NOBODY, 1L);
  } else {
    Set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

}  // namespace reembed
