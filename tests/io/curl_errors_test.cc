#include "src/io/http/curl_errors.h"

#include <cerrno>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::string MessageOf(FailedTransfer failed) {
  failed.peer = "db.test:443";
  return ErrorFrom(failed).message;
}

}  // namespace

TEST_CASE("curl errors: each code has one kind") {
  CHECK(KindOf(CURLE_COULDNT_RESOLVE_HOST) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_COULDNT_RESOLVE_PROXY) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_PROXY) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_COULDNT_CONNECT) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_OPERATION_TIMEDOUT) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_SSL_CONNECT_ERROR) == ErrorKind::kUnreachable);
  CHECK(KindOf(CURLE_PEER_FAILED_VERIFICATION) == ErrorKind::kRefused);
  CHECK(KindOf(CURLE_SSL_INVALIDCERTSTATUS) == ErrorKind::kRefused);
  CHECK(KindOf(CURLE_SSL_CACERT_BADFILE) == ErrorKind::kUsage);
  CHECK(KindOf(CURLE_URL_MALFORMAT) == ErrorKind::kUsage);
  CHECK(KindOf(CURLE_SEND_ERROR) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_RECV_ERROR) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_GOT_NOTHING) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_PARTIAL_FILE) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_WRITE_ERROR) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_BAD_CONTENT_ENCODING) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_WEIRD_SERVER_REPLY) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_UNSUPPORTED_PROTOCOL) == ErrorKind::kTransient);
  CHECK(KindOf(CURLE_OUT_OF_MEMORY) == ErrorKind::kLocal);
  CHECK(KindOf(CURLE_FAILED_INIT) == ErrorKind::kLocal);
}

TEST_CASE("curl errors: a code nobody thought of may be tried again") {
  CHECK(KindOf(CURLE_HTTP2) == ErrorKind::kTransient);
  CHECK_THAT(MessageOf({.code = CURLE_HTTP2}), ContainsSubstring("db.test:443: "));
}

TEST_CASE("curl errors: the system's reason is told for calls that failed") {
  CHECK(MessageOf({.code = CURLE_COULDNT_CONNECT, .os_error = ECONNREFUSED}) ==
        "cannot reach db.test:443: connection refused; check that the server is running there");
  CHECK(MessageOf({.code = CURLE_COULDNT_CONNECT}) ==
        "cannot reach db.test:443: no connection; check that the server is running there");
  CHECK(MessageOf({.code = CURLE_RECV_ERROR, .os_error = ECONNRESET}) ==
        "db.test:443: connection reset");
  CHECK(MessageOf({.code = CURLE_SEND_ERROR, .os_error = EPIPE}) ==
        "db.test:443: connection reset");
  CHECK(MessageOf({.code = CURLE_RECV_ERROR}) == "db.test:443: the connection was lost");
}

TEST_CASE("curl errors: a timeout says how long") {
  CHECK(MessageOf({.code = CURLE_OPERATION_TIMEDOUT, .connect_timeout = Millis{10'000}}) ==
        "cannot reach db.test:443: timed out after 10 s while connecting");
}

TEST_CASE("curl errors: TLS trouble is told in libcurl's words, made harmless") {
  CHECK(MessageOf({.code = CURLE_PEER_FAILED_VERIFICATION,
                   .tls_detail = "SSL certificate problem: self-signed\x1b[31m"}) ==
        "db.test:443: the TLS certificate is not trusted: SSL certificate problem: "
        "self-signed\\x1b[31m; check the host name, or name the CA to trust in SSL_CERT_FILE");
  CHECK_THAT(MessageOf({.code = CURLE_SSL_CONNECT_ERROR, .tls_detail = "wrong version number "}),
             ContainsSubstring("the TLS handshake failed: wrong version number; "));
}

TEST_CASE("curl errors: libcurl's words are shown for TLS only, a proxy's may hold its password") {
  CHECK(MessageOf({.code = CURLE_COULDNT_RESOLVE_PROXY,
                   .tls_detail = "Unsupported proxy syntax in 'http://me:p4ss@'"}) ==
        "cannot reach db.test:443: the proxy's name cannot be resolved; check http_proxy, "
        "HTTPS_PROXY, ALL_PROXY and NO_PROXY");
}

TEST_CASE("curl errors: a proxy that refuses is told from a lost connection") {
  const Error login = ErrorFrom({.code = CURLE_RECV_ERROR, .peer = "a:1", .proxy_status = 407});
  CHECK(login.kind == ErrorKind::kRefused);
  CHECK(login.message == "a:1: the proxy answered 407; it wants a user and a password");
  const Error down = ErrorFrom({.code = CURLE_RECV_ERROR, .peer = "a:1", .proxy_status = 503});
  CHECK(down.kind == ErrorKind::kUnreachable);
  const Error lost = ErrorFrom({.code = CURLE_RECV_ERROR, .peer = "a:1", .proxy_status = 200});
  CHECK(lost.kind == ErrorKind::kTransient);
}

TEST_CASE("curl errors: whoever did not answer may have been the proxy") {
  CHECK(MessageOf({.code = CURLE_COULDNT_CONNECT,
                   .os_error = ECONNREFUSED,
                   .proxy_variable = "HTTPS_PROXY"}) ==
        "cannot reach db.test:443: connection refused; check that the server is running there; "
        "HTTPS_PROXY is set: check that proxy, or add the host to NO_PROXY");
  CHECK(MessageOf({.code = CURLE_RECV_ERROR, .proxy_variable = "http_proxy"}) ==
        "db.test:443: the connection was lost");
  CHECK(MessageOf({.code = CURLE_COULDNT_RESOLVE_PROXY, .proxy_variable = "http_proxy"}) ==
        "cannot reach db.test:443: the proxy's name cannot be resolved; check http_proxy, "
        "HTTPS_PROXY, ALL_PROXY and NO_PROXY");
}

TEST_CASE("curl errors: durations in words") {
  CHECK(InWords(Millis{120'000}) == "120 s");
  CHECK(InWords(Millis{50}) == "50 ms");
  CHECK(InWords(Millis{1'500}) == "1500 ms");
}
