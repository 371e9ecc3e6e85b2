#include "src/io/http/curl_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "reembed/base/text.h"

namespace reembed {
namespace {

struct Meaning {
  CURLcode code;
  ErrorKind kind;
  const char* reason;
  const char* advice;
};

constexpr const char* kCheckProxy = "check http_proxy, HTTPS_PROXY, ALL_PROXY and NO_PROXY";

// Before anything is sent: kUnreachable, so that a client with several nodes asks the next one.
// After that: kTransient, because the server may have done what it was asked.
constexpr Meaning kMeanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ErrorKind::kUnreachable, "the host name cannot be resolved",
     "check its spelling and the network"},
    {CURLE_COULDNT_RESOLVE_PROXY, ErrorKind::kUnreachable, "the proxy's name cannot be resolved",
     kCheckProxy},
    {CURLE_PROXY, ErrorKind::kUnreachable, "the proxy did not connect", kCheckProxy},
    {CURLE_COULDNT_CONNECT, ErrorKind::kUnreachable, "no connection",
     "check that the server is running there"},
    {CURLE_OPERATION_TIMEDOUT, ErrorKind::kUnreachable, "timed out while connecting", ""},
    {CURLE_SSL_CONNECT_ERROR, ErrorKind::kUnreachable, "the TLS handshake failed",
     "check that the server speaks https there"},
    // Asking again does not make a certificate trusted.
    {CURLE_PEER_FAILED_VERIFICATION, ErrorKind::kRefused, "the TLS certificate is not trusted",
     "check the host name, or name the CA to trust in SSL_CERT_FILE"},
    {CURLE_SSL_INVALIDCERTSTATUS, ErrorKind::kRefused, "the TLS certificate is not trusted", ""},
    {CURLE_SSL_CACERT_BADFILE, ErrorKind::kUsage, "the CA certificates cannot be read",
     "check SSL_CERT_FILE, SSL_CERT_DIR and CURL_CA_BUNDLE"},
    {CURLE_URL_MALFORMAT, ErrorKind::kUsage, "the URL is not valid", ""},
    {CURLE_SEND_ERROR, ErrorKind::kTransient, "the connection was lost", ""},
    {CURLE_RECV_ERROR, ErrorKind::kTransient, "the connection was lost", ""},
    {CURLE_GOT_NOTHING, ErrorKind::kTransient, "the connection was closed without an answer", ""},
    {CURLE_PARTIAL_FILE, ErrorKind::kTransient, "the answer was cut short", ""},
    {CURLE_WRITE_ERROR, ErrorKind::kTransient, "the answer could not be taken in", ""},
    {CURLE_BAD_CONTENT_ENCODING, ErrorKind::kTransient, "the answer cannot be decompressed", ""},
    {CURLE_WEIRD_SERVER_REPLY, ErrorKind::kTransient, "the answer is not HTTP", ""},
    // The scheme was checked before: what remains is an answer that libcurl takes for HTTP/0.9.
    {CURLE_UNSUPPORTED_PROTOCOL, ErrorKind::kTransient, "the answer is not HTTP", ""},
    {CURLE_OUT_OF_MEMORY, ErrorKind::kLocal, "out of memory", ""},
    {CURLE_FAILED_INIT, ErrorKind::kLocal, "libcurl cannot be started", ""},
};

Meaning MeaningOf(CURLcode code) {
  const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [code](const Meaning& row) { return row.code == code; });
  if (found != std::end(kMeanings)) return *found;
  return {code, ErrorKind::kTransient, curl_easy_strerror(code), ""};
}

bool IsTls(CURLcode code) {
  return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_INVALIDCERTSTATUS;
}

// "connection refused": the system's words begin with a capital.
std::string SystemReason(int os_error) {
  // Which of the two it is depends on who noticed first.
  if (os_error == EPIPE || os_error == ECONNRESET) return "connection reset";
  std::string text = std::generic_category().message(os_error);
  const bool capital = !text.empty() && text[0] >= 'A' && text[0] <= 'Z';
  if (capital) text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

// Some of libcurl's texts end in a blank.
std::string_view WithoutEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::string ReasonFor(const FailedTransfer& failed, const Meaning& meaning) {
  if (failed.code == CURLE_OPERATION_TIMEDOUT) {
    return fmt::format("timed out after {} while connecting", InWords(failed.connect_timeout));
  }
  if (IsTls(failed.code) && !failed.tls_detail.empty()) {
    return fmt::format("{}: {}", meaning.reason, EscapeControl(WithoutEnd(failed.tls_detail)));
  }
  // Elsewhere errno is left over from something that did not matter.
  const bool system_call = failed.code == CURLE_COULDNT_CONNECT ||
                           failed.code == CURLE_SEND_ERROR || failed.code == CURLE_RECV_ERROR;
  if (system_call && failed.os_error != 0) return SystemReason(failed.os_error);
  return meaning.reason;
}

// libcurl reports a refused CONNECT as a lost connection.
Error ProxyError(const FailedTransfer& failed) {
  const bool login = failed.proxy_status == 407;
  return {.kind = login ? ErrorKind::kRefused : ErrorKind::kUnreachable,
          .message = fmt::format("{}: the proxy answered {}; {}", failed.peer, failed.proxy_status,
                                 login ? "it wants a user and a password" : kCheckProxy)};
}

}  // namespace

ErrorKind KindOf(CURLcode code) {
  return MeaningOf(code).kind;
}

Error ErrorFrom(const FailedTransfer& failed) {
  if (failed.proxy_status >= 300) return ProxyError(failed);
  const Meaning meaning = MeaningOf(failed.code);
  const bool unreachable = meaning.kind == ErrorKind::kUnreachable;
  std::string message = fmt::format("{}{}: {}", unreachable ? "cannot reach " : "", failed.peer,
                                    ReasonFor(failed, meaning));
  if (*meaning.advice != '\0') message += fmt::format("; {}", meaning.advice);
  // Whoever did not answer may have been the proxy: libcurl gives both the same code.
  const bool maybe_proxy = unreachable && meaning.advice != kCheckProxy;
  if (maybe_proxy && !failed.proxy_variable.empty()) {
    message += fmt::format("; {} is set: check that proxy, or add the host to NO_PROXY",
                           failed.proxy_variable);
  }
  return {.kind = meaning.kind, .message = std::move(message)};
}

std::string InWords(Millis duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{} s", count / 1000) : fmt::format("{} ms", count);
}

}  // namespace reembed
