#include "tests/sandbox/http_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace reembed::sandbox {
namespace {

using AddressCall = int (*)(int, sockaddr*, socklen_t*);

// The port of one end of a connection, or -1 if `descriptor` is not an IPv4 socket with that end.
int PortOf(AddressCall call, int descriptor) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  void* const raw = &storage;
  if (call(descriptor, static_cast<sockaddr*>(raw), &length) != 0) return -1;
  if (storage.ss_family != AF_INET) return -1;
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof(address));
  return ntohs(address.sin_port);
}

// Whether the descriptor is an accepted connection; a listening socket has no peer.
bool IsConnection(int descriptor, int local_port, int remote_port) {
  if (PortOf(getsockname, descriptor) != local_port) return false;
  const int peer = PortOf(getpeername, descriptor);
  return peer >= 0 && (remote_port == 0 || peer == remote_port);
}

}  // namespace

void CloseConnections(int local_port, int remote_port) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (IsConnection(descriptor, local_port, remote_port)) shutdown(descriptor, SHUT_RDWR);
  }
}

}  // namespace reembed::sandbox
