#include "tests/sandbox/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <thread>

#include <httplib.h>

#include "tests/sandbox/http_reply.h"
#include "tests/sandbox/http_sockets.h"
#include "tests/sandbox/write_deadline.h"

namespace reembed::sandbox {
namespace {

constexpr int kBacklog = 512;
constexpr time_t kIdleSeconds = 60;
// Unlike ".*" this also matches a path that decodes to something with a line feed.
constexpr const char* kAnyPath = R"([\s\S]*)";

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

HttpRequest ToRequest(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method;
  request.target = from.target;
  for (const auto& [name, value] : from.headers) request.headers[LowerCase(name)] = value;
  return request;
}

// A request with neither header has no body; asking httplib for one would wait for the
// connection's end.
bool HasBody(const httplib::Request& request) {
  return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
}

// Nothing if the connection ended half-way.
std::optional<std::string> ReadBody(const httplib::Request& request,
                                    const httplib::ContentReader& reader) {
  std::string body;
  if (!HasBody(request)) return body;
  body.reserve(request.get_header_value<std::uint64_t>("Content-Length"));
  const bool whole = reader([&body](const char* data, std::size_t length) {
    body.append(data, length);
    return true;
  });
  return whole ? std::make_optional(std::move(body)) : std::nullopt;
}

// httplib makes statics of its own when it sends, reads and answers its first request. That happens
// here, before there are other threads: the library is not built with the thread sanitizer, which
// therefore misses that it guards them.
void MakeHttplibStatics() {
  [[maybe_unused]] static const bool made = [] {
    httplib::Server server;
    const int port = server.bind_to_any_port("127.0.0.1");
    if (port < 0) return false;
    std::thread thread([&server] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
    httplib::Client("127.0.0.1", port).Get("/");
    server.stop();
    thread.join();
    return true;
  }();
}

}  // namespace

std::string HttpRequest::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, HttpHandler handler)
      : threads_(options.threads), handler_(std::move(handler)) {
    Listen(options.port);
  }

  ~Impl() {
    if (port_holder_ >= 0) close(port_holder_);
  }

  int port() const { return port_; }

  bool WaitFor(std::chrono::microseconds duration) {
    std::unique_lock<std::mutex> lock(mutex_);
    return !stopped_.wait_for(lock, duration, [this] { return stopping_; });
  }

  void Stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    stopped_.notify_all();
    if (!thread_.joinable()) return;
    server_->stop();
    // httplib would wait out the idle time of every kept connection.
    CloseConnections(port_, 0);
    thread_.join();
  }

  void Close() {
    if (port_holder_ >= 0) return;
    Stop();
    port_holder_ = HoldPort(port_);
  }

  void Open() {
    if (thread_.joinable()) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = false;
    }
    Listen(port_);
    close(std::exchange(port_holder_, -1));
  }

 private:
  // httplib's server cannot begin a second time, so each time has its own.
  void Listen(int port) {
    MakeHttplibStatics();
    server_ = std::make_unique<httplib::Server>();
    Configure();
    AddRoutes();
    if (!Bind(port)) return;
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }

  void Configure() {
    server_->new_task_queue = [this] { return new httplib::ThreadPool(threads_); };
    server_->set_tcp_nodelay(true);
    server_->set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
    server_->set_keep_alive_timeout(kIdleSeconds);
    server_->set_read_timeout(kIdleSeconds);
    server_->set_write_timeout(kIdleSeconds);
    server_->set_socket_options([this](socket_t socket) {
      listening_socket_ = socket;
      // httplib's default, SO_REUSEPORT, would let two servers share one port.
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
  }

  // Bodies are read by hand, because httplib refuses form-encoded ones over 8 KiB.
  void AddRoutes() {
    const auto plain = [this](const httplib::Request& request, httplib::Response& response) {
      Serve(request, "", response);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) {
      auto body = ReadBody(request, reader);
      if (body) Serve(request, std::move(*body), response);
    };
    server_->Get(kAnyPath, plain);
    server_->Options(kAnyPath, plain);
    server_->Post(kAnyPath, with_body);
    server_->Put(kAnyPath, with_body);
    server_->Patch(kAnyPath, with_body);
    server_->Delete(kAnyPath, with_body);
  }

  bool Bind(int port) {
    const char* host = "127.0.0.1";
    const int bound = port == 0 ? server_->bind_to_any_port(host)
                                : (server_->bind_to_port(host, port) ? port : 0);
    if (bound <= 0) return false;
    port_ = bound;
    // httplib's own backlog of 5 makes a burst of clients wait for a second.
    return listen(listening_socket_, kBacklog) == 0;
  }

  void Serve(const httplib::Request& from, std::string body, httplib::Response& response) {
    HttpRequest request = ToRequest(from);
    request.body = std::move(body);
    HttpAnswer answer = handler_(request);
    if (answer.drop) return CloseConnections(port_, from.remote_port);
    SetHead(answer, response);
    if (!answer.next_chunk) return SetBody(std::move(answer), response);
    SetStream(answer.content_type, MakeStream(answer, from.remote_port), response);
  }

  Stream MakeStream(HttpAnswer& answer, int remote_port) {
    constexpr auto kNever = std::numeric_limits<std::size_t>::max();
    Stream stream{.next = std::move(answer.next_chunk),
                  .cut_after = answer.cut_after.value_or(kNever),
                  .stall_after = answer.stall_after.value_or(kNever),
                  .stall = [this] { WaitFor(std::chrono::hours(1)); },
                  .deadline = nullptr};
    if (!answer.reader_patience) return stream;
    ShrinkSendBuffer(port_, remote_port);
    const auto cut = [this, remote_port, told = std::move(answer.on_slow_reader)] {
      CloseConnections(port_, remote_port);
      told();
    };
    stream.deadline = std::make_unique<WriteDeadline>(*answer.reader_patience, cut);
    return stream;
  }

  const std::size_t threads_;
  HttpHandler handler_;
  std::unique_ptr<httplib::Server> server_;
  int port_holder_ = -1;  // while closed
  socket_t listening_socket_ = INVALID_SOCKET;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
};

HttpServer::HttpServer(const HttpServerOptions& options, HttpHandler handler)
    : impl_(std::make_unique<Impl>(options, std::move(handler))) {}

HttpServer::~HttpServer() {
  Stop();
}

int HttpServer::port() const {
  return impl_->port();
}

std::string HttpServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port());
}

bool HttpServer::WaitFor(std::chrono::microseconds duration) {
  return impl_->WaitFor(duration);
}

void HttpServer::Stop() {
  impl_->Stop();
}

void HttpServer::Close() {
  impl_->Close();
}

void HttpServer::Open() {
  impl_->Open();
}

}  // namespace reembed::sandbox
