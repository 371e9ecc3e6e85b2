#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reembed::testing {

/// A request as it came over the wire.
struct RawRequest {
  std::string head;  ///< request line and headers, without the blank line
  std::string body;
};

/// What the server does with one request. After `bytes`:
enum class Then {
  kKeep,   ///< keeps the connection
  kClose,  ///< closes it
  kReset,  ///< resets it (RST)
  kStall,  ///< goes silent until the client leaves
  kDrip,   ///< sends one `.` every few milliseconds until the client leaves
};
struct Act {
  std::string bytes = {};
  Then then = Then::kKeep;
  bool skip_body = false;  ///< acts as soon as the headers are there
};

/// `HTTP/1.1 200 OK` with a length and `body`.
std::string Ok(const std::string& body);

/// A loopback server that says exactly what it is told to, byte by byte. Port chosen by the
/// kernel; one thread per connection. Never answers `Expect`.
class RawServer {
 public:
  using Handler = std::function<Act(const std::string& head)>;

  explicit RawServer(Handler handler);
  /// One act per request, in order of arrival over all connections; then kStall.
  explicit RawServer(std::vector<Act> script);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string Peer() const;                        ///< 127.0.0.1:port
  std::string Url(const std::string& path) const;  ///< http://127.0.0.1:port/path
  std::vector<RawRequest> requests() const;        ///< so far
  std::size_t connections() const;                 ///< accepted so far
  void WaitForRequests(std::size_t count) const;   ///< blocks until that many have come

 private:
  void AcceptLoop();
  void Serve(int socket);
  bool ServeOne(int socket, std::string& buffer);
  bool Perform(const Act& act, int socket) const;
  void Record(RawRequest request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  int stop_pipe_[2] = {-1, -1};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<RawRequest> requests_;
  std::vector<std::thread> threads_;
  std::size_t connections_ = 0;
  std::thread acceptor_;
};

/// A port of 127.0.0.1 at which nobody listens.
int UnusedPort();

}  // namespace reembed::testing
