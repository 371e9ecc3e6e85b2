#include "tests/sandbox/sink_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <thread>
#include <utility>

#include "tests/sandbox/sink_connection.h"

namespace reembed::sandbox {
namespace {

using Time = std::chrono::steady_clock::time_point;
constexpr int kMostEvents = 64;
constexpr int kBacklog = 128;

std::chrono::nanoseconds Milliseconds(double time) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(time * 1e6));
}

// A listening socket of 127.0.0.1, any free port; -1 when there is none.
int Listen(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (fd >= 0 && bind(fd, generic, size) == 0 && listen(fd, kBacklog) == 0 &&
      getsockname(fd, generic, &size) == 0) {
    port = ntohs(address.sin_port);
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

class EpollSink final : public SinkServer {
 public:
  explicit EpollSink(const SinkOptions& options)
      : SinkServer(options),
        answers_(options),
        listener_(Listen(port_)),
        stop_(eventfd(0, EFD_CLOEXEC)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

  ~EpollSink() override {
    const std::uint64_t one = 1;
    const bool told = write(stop_, &one, sizeof(one)) == sizeof(one);
    if (told && thread_.joinable()) thread_.join();
    for (const int fd : {listener_, stop_, epoll_}) {
      if (fd >= 0) close(fd);
    }
  }

  bool Begin() {
    if (listener_ < 0 || stop_ < 0 || epoll_ < 0) return false;
    Watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    Watch(EPOLL_CTL_ADD, stop_, EPOLLIN);
    thread_ = std::thread([this] { Run(); });
    return true;
  }

  int port() const override { return port_; }

 private:
  void Watch(int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void Run() {
    std::array<epoll_event, kMostEvents> events{};
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), kMostEvents, MillisecondsToDue());
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == stop_) return;
        if (event.data.fd == listener_) {
          Accept();
        } else {
          Serve(event.data.fd, event.events);
        }
      }
      SendDue();
    }
  }

  // Rounded up, or the loop would spin for the rest of a millisecond.
  int MillisecondsToDue() const {
    if (due_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        due_.begin()->first - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
  }

  void Accept() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      connections_.emplace(fd, std::make_unique<SinkConnection>(fd));
      Watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void Serve(int fd, std::uint32_t events) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    SinkConnection& client = *found->second;
    if ((events & EPOLLOUT) != 0) return Send(client);
    const auto state = client.Read();
    if (state == SinkConnection::Reading::kClosed) return Drop(fd);
    if (state == SinkConnection::Reading::kRequest) Answer(client);
  }

  void Answer(SinkConnection& client) {
    SinkAnswer answer = client.HoldsKey(options_.key)
                            ? answers_.Answer(client.request())
                            : SinkAnswer{.status = 401, .body = R"({"message": "Forbidden"})"};
    const Time now = std::chrono::steady_clock::now();
    const Time when = WhenDone(answer, now);
    client.Reply(std::move(answer));
    if (when <= now) return Send(client);
    Watch(EPOLL_CTL_MOD, client.fd(), 0);
    due_.emplace(when, client.fd());
  }

  // Requests to the provider wait side by side, those to the store behind each other.
  Time WhenDone(const SinkAnswer& answer, Time now) {
    if (answer.work == SinkWork::kEmbedding) return now + Milliseconds(options_.latency_ms);
    if (answer.work != SinkWork::kWrites) return now;
    const double work = options_.write_ms * static_cast<double>(answer.writes);
    store_free_ = std::max(store_free_, now) + Milliseconds(work);
    return store_free_;
  }

  void SendDue() {
    while (!due_.empty() && due_.begin()->first <= std::chrono::steady_clock::now()) {
      const int fd = due_.begin()->second;
      due_.erase(due_.begin());
      const auto found = connections_.find(fd);
      if (found != connections_.end()) Send(*found->second);
    }
  }

  void Send(SinkConnection& client) {
    bool closed = false;
    const bool all = client.Write(answers_, closed);
    if (closed) return Drop(client.fd());
    Watch(EPOLL_CTL_MOD, client.fd(), all ? EPOLLIN : EPOLLOUT);
  }

  void Drop(int fd) {
    std::erase_if(due_, [fd](const auto& entry) { return entry.second == fd; });
    connections_.erase(fd);
  }

  int port_ = 0;
  SinkAnswers answers_;
  const int listener_, stop_, epoll_;
  std::map<int, std::unique_ptr<SinkConnection>> connections_;
  std::multimap<Time, int> due_;  // answers that wait, by when they are sent
  Time store_free_;
  std::thread thread_;
};

}  // namespace

std::string SinkServer::EnvLines() const {
  const std::string url = "http://127.0.0.1:" + std::to_string(port());
  return "TYPESENSE_HOST=127.0.0.1\nTYPESENSE_PORT=" + std::to_string(port()) +
         "\nTYPESENSE_PROTOCOL=http\nTYPESENSE_API_KEY=" + options_.key +
         "\nEMBEDDING_FAMILY=openai\nEMBEDDING_MODEL=text-embedding-3-small" +
         "\nEMBEDDING_DIMENSIONS=" + std::to_string(options_.dimensions) +
         "\nOPENAI_API_KEY=" + options_.key + "\nOPENAI_BASE_URL=" + url +
         "/v1\nGOOGLE_API_KEY=" + options_.key + "\nGOOGLE_GEMINI_BASE_URL=" + url + "\n";
}

Result<std::unique_ptr<SinkServer>> SinkServer::Start(const SinkOptions& options) {
  auto sink = std::make_unique<EpollSink>(options);
  if (sink->Begin()) return std::unique_ptr<SinkServer>(std::move(sink));
  return Error{.kind = ErrorKind::kLocal, .message = "cannot listen on 127.0.0.1"};
}

}  // namespace reembed::sandbox
