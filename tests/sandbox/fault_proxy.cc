#include "tests/sandbox/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/sandbox/fault_wire.h"

namespace reembed::sandbox {
namespace {

constexpr int kBacklog = 512;
constexpr std::size_t kChunk = 64 * 1024;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void SetFlag(int socket, int level, int option) {
  const int yes = 1;
  setsockopt(socket, level, option, &yes, sizeof(yes));
}

// The sockets API wants the general type for every family.
sockaddr* General(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

// Delayed small packets would cost each request some 40 ms.
int ConnectTo(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(port);
  if (connect(socket, General(address), sizeof(address)) != 0) {
    close(socket);
    return -1;
  }
  SetFlag(socket, IPPROTO_TCP, TCP_NODELAY);
  return socket;
}

int ListenOn(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SetFlag(socket, SOL_SOCKET, SO_REUSEADDR);
  sockaddr_in address = Loopback(port);
  if (bind(socket, General(address), sizeof(address)) == 0 && listen(socket, kBacklog) == 0) {
    return socket;
  }
  close(socket);
  return -1;
}

int PortOf(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  if (socket < 0 || getsockname(socket, General(address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// With a linger time of zero, closing discards what was not sent and answers with RST.
void CloseWithReset(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(socket);
}

}  // namespace

/// Both ways between one caller and the server, in one thread.
class FaultProxy::Connection {
 public:
  Connection(int caller, int server)
      : caller_(caller), server_(server), thread_([this] { Run(); }) {}
  ~Connection() {
    Stop();
    thread_.join();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool finished() const { return finished_; }

  /// Wakes the thread, whatever it waits for; it closes the sockets itself.
  void Stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    shutdown(caller_, SHUT_RDWR);
    shutdown(server_, SHUT_RDWR);
  }

 private:
  void Run() {
    while (Relay()) {
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    finished_ = true;
    close(server_);
    reset_ ? CloseWithReset(caller_) : static_cast<void>(close(caller_));
  }

  // False at the end of the connection.
  bool Relay() {
    // A stalled answer leaves only the caller to be watched.
    std::array<pollfd, 2> ready = {pollfd{caller_, POLLIN, 0},
                                   pollfd{stalled_ ? -1 : server_, POLLIN, 0}};
    // No timeout: Stop() shuts both sockets down, which ends every wait.
    if (poll(ready.data(), ready.size(), -1) < 0) return false;
    if (ready[1].revents != 0 && !FromServer()) return false;
    return ready[0].revents == 0 || FromCaller();
  }

  bool FromCaller() {
    const ssize_t size = recv(caller_, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) return false;
    return SendAll(server_, {buffer_.data(), static_cast<std::size_t>(size)});
  }

  bool FromServer() {
    const ssize_t size = recv(server_, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) return false;
    const auto step = filter_.Feed({buffer_.data(), static_cast<std::size_t>(size)});
    reset_ = step.end == WireEnd::kReset;
    stalled_ = step.end == WireEnd::kStall;
    return SendAll(caller_, step.forward) && (step.end == WireEnd::kKeep || stalled_);
  }

  const int caller_;
  const int server_;
  WireFilter filter_;
  std::vector<char> buffer_ = std::vector<char>(kChunk);
  bool reset_ = false;
  bool stalled_ = false;
  std::mutex mutex_;  // holds off Stop() while the sockets are being closed
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

FaultProxy::FaultProxy(int server_port, int port)
    : server_port_(server_port), listener_(ListenOn(port)) {
  port_ = PortOf(listener_);
  if (port_ != 0) thread_ = std::thread([this] { Listen(); });
}

FaultProxy::~FaultProxy() {
  Stop();
}

void FaultProxy::Listen() {
  while (!stopping_) {
    const int caller = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (caller < 0) continue;
    SetFlag(caller, IPPROTO_TCP, TCP_NODELAY);
    const int server = ConnectTo(server_port_);
    if (server < 0) {
      CloseWithReset(caller);
      continue;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    DropFinished();
    connections_.push_back(std::make_unique<Connection>(caller, server));
  }
}

void FaultProxy::DropFinished() {
  connections_.remove_if([](const auto& connection) { return connection->finished(); });
}

void FaultProxy::Stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  const std::lock_guard<std::mutex> lock(mutex_);
  connections_.clear();
}

}  // namespace reembed::sandbox
