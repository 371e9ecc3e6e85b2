#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reembed::sandbox {

// One request as the wire carried it. `target` is undecoded and keeps its query, because a decoded
// path would split an id holding `%2F`. Header names are lower case.
struct HttpRequest {
  std::string method;
  std::string target;
  std::string body;
  std::map<std::string, std::string> headers;

  // The value of a header given in lower case, or "" if it was not sent.
  std::string Header(const std::string& name) const;
};

// Fills `chunk` with the next part of a body and returns true, or returns false after the last one.
using ChunkSource = std::function<bool(std::string& chunk)>;

// What a handler answers. Exactly one of `body` and `next_chunk` is used; the latter streams the
// body with chunked transfer encoding.
struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  ChunkSource next_chunk;
  // Announce the whole body, send this many bytes of it (of the stream: after this many chunks),
  // and close the connection.
  std::optional<std::size_t> cut_after;
  // Of a stream: go silent after this many chunks, until the server stops.
  std::optional<std::size_t> stall_after;
  // Of a stream: close the connection when the client takes no bytes for so long, and say so.
  std::optional<std::chrono::milliseconds> reader_patience;
  std::function<void()> on_slow_reader;
  // Close the connection without a single byte of answer.
  bool drop = false;
};

// Called by up to `threads` threads at a time; must not throw.
using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

struct HttpServerOptions {
  int port = 0;  // 0 = any free port
  std::size_t threads = 64;
};

// A plain HTTP/1.1 server on the loopback address: keep-alive, TCP_NODELAY, gzip when asked. It
// serves from construction to destruction. All methods may be called from any thread.
class HttpServer {
 public:
  HttpServer(const HttpServerOptions& options, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port listened on; 0 if the port asked for could not be bound.
  int port() const;
  // "http://127.0.0.1:PORT", without a trailing slash.
  std::string url() const;

  // For handlers that answer late: waits, and returns true when the time is up, false at once when
  // the server is being stopped.
  bool WaitFor(std::chrono::microseconds duration);

  // Wakes all waiters, closes all connections and joins the threads; later calls do nothing.
  void Stop();

  // As a server process that ended: wakes all waiters, closes all connections, and new ones are
  // refused until Open(). The port stays ours meanwhile. Not to be called by handlers, nor by two
  // threads at once.
  void Close();
  void Open();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reembed::sandbox
