#include "tests/io/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

namespace reembed::testing {
namespace {

struct Bound {
  int socket;
  int port;
};

Bound BindLoopback() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, raw, size) != 0 || ::getsockname(socket, raw, &size) != 0) {
    throw std::runtime_error("cannot bind to loopback");
  }
  return {socket, ntohs(address.sin_port)};
}

// False once the client has gone or the server stops.
bool ReadMore(int socket, int stop, std::string& buffer) {
  std::array<pollfd, 2> fds{{{socket, POLLIN, 0}, {stop, POLLIN, 0}}};
  ::poll(fds.data(), fds.size(), -1);
  if (fds[1].revents != 0) return false;
  std::array<char, 65536> piece;
  const ssize_t got = ::recv(socket, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  buffer.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::size_t BodyLength(const std::string& head) {
  constexpr const char* kName = "\r\nContent-Length:";
  const std::size_t length = std::char_traits<char>::length(kName);
  for (std::size_t at = 0; at + length <= head.size(); ++at) {
    if (strncasecmp(head.data() + at, kName, length) != 0) continue;
    return std::strtoull(head.data() + at + length, nullptr, 10);
  }
  return 0;
}

bool SendAll(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

// Waits up to `millis` (-1: for ever) for the client to leave or the server to stop.
bool Gone(int socket, int stop, int millis) {
  std::array<pollfd, 2> fds{{{socket, POLLIN | POLLRDHUP, 0}, {stop, POLLIN, 0}}};
  if (::poll(fds.data(), fds.size(), millis) == 0) return false;
  if (fds[1].revents != 0) return true;
  char byte = 0;
  return ::recv(socket, &byte, 1, 0) <= 0;
}

void Drip(int socket, int stop) {
  while (!Gone(socket, stop, 5) && SendAll(socket, ".")) {
  }
}

void Stall(int socket, int stop) {
  while (!Gone(socket, stop, -1)) {
  }
}

void Reset(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

RawServer::Handler Scripted(std::vector<Act> script) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return [script = std::move(script), next](const std::string&) {
    const std::size_t at = (*next)++;
    return at < script.size() ? script[at] : Act{.bytes = "", .then = Then::kStall};
  };
}

}  // namespace

std::string Ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

RawServer::RawServer(std::vector<Act> script) : RawServer(Scripted(std::move(script))) {}

RawServer::RawServer(Handler handler) : handler_(std::move(handler)) {
  const Bound bound = BindLoopback();
  listener_ = bound.socket;
  port_ = bound.port;
  if (::listen(listener_, 64) != 0 || ::pipe(stop_pipe_) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

RawServer::~RawServer() {
  ::close(stop_pipe_[1]);  // readable for every poll, for good
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  ::close(stop_pipe_[0]);
}

void RawServer::AcceptLoop() {
  for (;;) {
    std::array<pollfd, 2> fds{{{listener_, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) return;
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    const std::lock_guard lock(mutex_);
    ++connections_;
    threads_.emplace_back([this, socket] {
      Serve(socket);
      ::close(socket);
    });
  }
}

void RawServer::Serve(int socket) {
  std::string buffer;
  while (ServeOne(socket, buffer)) {
  }
}

bool RawServer::ServeOne(int socket, std::string& buffer) {
  while (buffer.find("\r\n\r\n") == std::string::npos) {
    if (!ReadMore(socket, stop_pipe_[0], buffer)) return false;
  }
  const std::size_t end = buffer.find("\r\n\r\n");
  RawRequest request{buffer.substr(0, end), ""};
  buffer.erase(0, end + 4);
  const Act act = handler_(request.head);
  const std::size_t length = act.skip_body ? 0 : BodyLength(request.head);
  while (buffer.size() < length) {
    if (!ReadMore(socket, stop_pipe_[0], buffer)) return false;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  Record(std::move(request));
  return Perform(act, socket);
}

bool RawServer::Perform(const Act& act, int socket) const {
  if (!SendAll(socket, act.bytes)) return false;
  if (act.then == Then::kReset) Reset(socket);
  if (act.then == Then::kStall) Stall(socket, stop_pipe_[0]);
  if (act.then == Then::kDrip) Drip(socket, stop_pipe_[0]);
  return act.then == Then::kKeep;
}

void RawServer::Record(RawRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  changed_.notify_all();
}

std::string RawServer::Peer() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::string RawServer::Url(const std::string& path) const {
  return "http://" + Peer() + path;
}

std::vector<RawRequest> RawServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t RawServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void RawServer::WaitForRequests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return requests_.size() >= count; });
}

int UnusedPort() {
  const Bound bound = BindLoopback();
  ::close(bound.socket);
  return bound.port;
}

}  // namespace reembed::testing
