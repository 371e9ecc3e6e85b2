#include "tests/sandbox/sink_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "tests/sandbox/sink_text.h"

namespace reembed::sandbox {
namespace {

constexpr std::size_t kReadAtOnce = 256 << 10;
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The value of a header whose name is given in small letters; empty when there is none.
std::string_view Header(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const bool same = line.size() > name.size() && line[name.size()] == ':' &&
                      std::equal(name.begin(), name.end(), line.begin(),
                                 [](char a, char b) { return a == Lower(b); });
    if (!same) continue;
    const std::string_view value = line.substr(name.size() + 1);
    return value.substr(std::min(value.size(), value.find_first_not_of(' ')));
  }
  return {};
}

std::string Hex(std::size_t number) {
  std::array<char, 20> digits{};
  return {digits.data(),
          std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr};
}

}  // namespace

SinkConnection::~SinkConnection() {
  close(fd_);
}

SinkConnection::Reading SinkConnection::Read() {
  for (;;) {
    if (in_.size() - received_ < kReadAtOnce) in_.resize(2 * in_.size() + kReadAtOnce);
    const ssize_t got = recv(fd_, in_.data() + received_, in_.size() - received_, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return Reading::kClosed;
    if (got < 0) return Reading::kMore;
    received_ += static_cast<std::size_t>(got);
    if (const Reading state = Parse(); state != Reading::kMore) return state;
  }
}

SinkConnection::Reading SinkConnection::Parse() {
  const std::string_view all(in_.data(), received_);
  if (head_bytes_ == 0) {
    const auto end = all.find(kEndOfHead);
    if (end == std::string_view::npos) return Reading::kMore;
    head_bytes_ = end + kEndOfHead.size();
    const std::string_view head = all.substr(0, end + 2);
    // A body without its length in the head is not for a server that is to be quick.
    if (!Header(head, "transfer-encoding").empty()) return Reading::kClosed;
    body_bytes_ = NumberOr(Header(head, "content-length"), 0);
    if (!Header(head, "expect").empty() && received_ == head_bytes_) {
      if (send(fd_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) < 0) return Reading::kClosed;
    }
  }
  if (received_ < head_bytes_ + body_bytes_) {
    // All of the body at once: the views of the request must not move.
    in_.resize(std::max(in_.size(), head_bytes_ + body_bytes_ + kReadAtOnce));
    return Reading::kMore;
  }
  const std::string_view line = all.substr(0, all.find("\r\n"));
  const auto space = line.find(' ');
  const auto second = line.find(' ', space + 1);
  if (space == std::string_view::npos || second == std::string_view::npos) return Reading::kClosed;
  request_ = {.method = line.substr(0, space),
              .target = line.substr(space + 1, second - space - 1),
              .body = all.substr(head_bytes_, body_bytes_)};
  return Reading::kRequest;
}

bool SinkConnection::HoldsKey(std::string_view key) const {
  return std::string_view(in_.data(), head_bytes_).find(key) != std::string_view::npos;
}

// As Typesense answers: in chunks, without a length.
void SinkConnection::Reply(SinkAnswer answer) {
  received_ = head_bytes_ = body_bytes_ = 0;
  rest_ = std::move(answer.rest);
  out_ = "HTTP/1.1 " + std::to_string(answer.status) +
         " \r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
  sent_ = 0;
  if (!answer.body.empty()) AppendChunk(answer.body);
  if (!rest_) out_ += "0\r\n\r\n";
}

void SinkConnection::AppendChunk(std::string_view piece) {
  out_.append(Hex(piece.size())).append("\r\n").append(piece).append("\r\n");
}

// True when there is something to send again.
bool SinkConnection::Refill(const SinkAnswers& answers) {
  if (!rest_) return false;
  out_.clear();
  sent_ = 0;
  piece_.clear();
  const bool more = answers.ContinueExport(*rest_, piece_);
  if (!piece_.empty()) AppendChunk(piece_);
  if (!more) {
    out_ += "0\r\n\r\n";
    rest_.reset();
  }
  return true;
}

bool SinkConnection::Write(const SinkAnswers& answers, bool& closed) {
  closed = false;
  do {
    while (sent_ < out_.size()) {
      const ssize_t got = send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        closed = errno != EAGAIN;
        return false;
      }
      sent_ += static_cast<std::size_t>(got);
    }
  } while (Refill(answers));
  return true;
}

}  // namespace reembed::sandbox
