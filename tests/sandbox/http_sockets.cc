#include "tests/sandbox/http_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
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

template <typename Action>
void ForEachConnection(int local_port, int remote_port, Action action) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (IsConnection(descriptor, local_port, remote_port)) action(descriptor);
  }
}

}  // namespace

void CloseConnections(int local_port, int remote_port) {
  ForEachConnection(local_port, remote_port,
                    [](int descriptor) { shutdown(descriptor, SHUT_RDWR); });
}

void ShrinkSendBuffer(int local_port, int remote_port) {
  ForEachConnection(local_port, remote_port, [](int descriptor) {
    const int bytes = 4096;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
  });
}

int HoldPort(int port) {
  const int holder = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* const raw = &address;
  if (bind(holder, static_cast<const sockaddr*>(raw), sizeof(address)) == 0) return holder;
  close(holder);
  return -1;
}

}  // namespace reembed::sandbox
