// The order a server gives the fault proxy, and how the proxy finds it among the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reembed::sandbox {

/// A server behind the proxy orders a fault with this header on its answer.
constexpr std::string_view kWireHeader = "x-sandbox-wire";
constexpr std::string_view kWireReset = "reset";  ///< RST instead of the answer
constexpr std::string_view kWireCut = "cut";      ///< half of the body, then the end
constexpr std::string_view kWireStall = "stall";  ///< nothing, until the caller hangs up

/// What becomes of the connection after some bytes of an answer.
enum class WireEnd : std::uint8_t { kKeep, kReset, kClose, kStall };

/// Follows the bytes of one server's answers on one connection. Pure; answers are separated by
/// their Content-Length, so a server must send one with every answer it orders a fault for.
class WireFilter {
 public:
  struct Step {
    std::string forward;  ///< to hand on first
    WireEnd end = WireEnd::kKeep;
  };

  /// Takes the next bytes from the server. After any end but kKeep, the filter is spent.
  Step Feed(std::string_view bytes);

 private:
  Step StartAnswer();

  std::string head_;             // an answer's head as far as it has come
  std::size_t body_left_ = 0;    // bytes of the body to hand on
  std::optional<WireEnd> then_;  // what follows them, if not the next answer
};

}  // namespace reembed::sandbox
