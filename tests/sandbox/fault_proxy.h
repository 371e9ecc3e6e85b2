// Does to connections what an HTTP server cannot: resets them, cuts answers, leaves callers
// waiting.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace reembed::sandbox {

/// Requests pass unchanged; answers pass through a WireFilter (fault_wire.h), whose orders are
/// carried out on the caller's connection. When one side ends, so does the other.
///
/// A TCP proxy on 127.0.0.1 before a server on the same address; one thread per connection, adds
/// some 0.1 ms to a request. Serves from construction to destruction.
class FaultProxy {
 public:
  /// `server_port` is connected to once per caller; a caller is reset when that fails. `port` 0:
  /// any free one.
  FaultProxy(int server_port, int port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  /// The port to connect to; 0 when `port` could not be bound.
  int port() const { return port_; }

  /// Ends all connections and joins the threads; later calls do nothing.
  void Stop();

 private:
  class Connection;

  void Listen();
  void DropFinished();

  const int server_port_;
  int port_ = 0;
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::list<std::unique_ptr<Connection>> connections_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace reembed::sandbox
