#include "src/io/http/response_reader.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
// A server may announce any length; more than this is believed only as it arrives.
constexpr std::size_t kMaxReserve = std::size_t{16} << 20;
// simdjson reads so far behind the end of a document.
constexpr std::size_t kSpare = 64;

bool IsContentLength(std::string_view name) {
  constexpr std::string_view kName = "content-length";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
  });
}

}  // namespace

bool ResponseReader::AddHeaderLine(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    exceeded_ = kMaxHeaderBytes;
    return false;
  }
  // The header's name cannot be this: it would have a slash.
  if (line.substr(0, 5) == "HTTP/") {
    Restart(line);
    return true;
  }
  if (line == "\r\n" || line == "\n") has_all_headers_ = true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (IsContentLength(name)) ReserveFor(value);
  response_.headers.push_back({.name = std::string(name), .value = std::string(value)});
  return true;
}

void ResponseReader::Restart(std::string_view status_line) {
  response_.headers.clear();
  has_all_headers_ = false;
  // `HTTP/1.1 200 OK`: the first digit tells a 2xx from an error, whose body is to be read.
  const std::size_t blank = status_line.find(' ');
  const bool success = blank != std::string_view::npos && status_line.substr(blank + 1, 1) == "2";
  streams_ = on_body_ && success;
}

bool ResponseReader::AddBody(std::string_view piece) noexcept {
  if (streams_) return Hand(piece);
  // Written as a difference, for a sum could wrap around.
  if (piece.size() > max_body_bytes_ - response_.body.size()) {
    exceeded_ = max_body_bytes_;
    return false;
  }
  const std::size_t needed = response_.body.size() + piece.size();
  if (needed > response_.body.capacity()) MakeRoom(std::max(needed, 2 * response_.body.capacity()));
  response_.body += piece;
  return true;
}

bool ResponseReader::Hand(std::string_view piece) noexcept {
  try {
    const Status taken = on_body_(piece);
    if (taken.ok()) return true;
    refusal_ = taken.error();
  } catch (...) {
    thrown_ = std::current_exception();
  }
  return false;
}

const std::optional<Error>& ResponseReader::refusal() const {
  if (thrown_) std::rethrow_exception(thrown_);
  return refusal_;
}

void ResponseReader::ReserveFor(std::string_view content_length) {
  if (streams_) return;
  std::size_t bytes = 0;
  const char* end = content_length.data() + content_length.size();
  if (std::from_chars(content_length.data(), end, bytes).ec != std::errc{}) return;
  MakeRoom(std::min({bytes, max_body_bytes_, kMaxReserve}));
}

void ResponseReader::MakeRoom(std::size_t bytes) {
  std::string roomy = pool_.Take(bytes + kSpare);
  roomy += response_.body;
  pool_.Give(std::exchange(response_.body, std::move(roomy)));
}

}  // namespace reembed
