#include "tests/sandbox/fault_wire.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace reembed::sandbox {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

struct Line {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;  // behind its line break
  std::string_view value;
};

// The header's line in a head that ends with an empty line; begin is npos without it.
Line FindHeader(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (SameName(line.substr(0, colon), name)) {
      const std::size_t value = std::min(line.find_first_not_of(": ", colon), line.size());
      return {.begin = at, .end = end + 2, .value = line.substr(value)};
    }
    at = end + 2;
  }
  return {};
}

std::size_t ToNumber(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

WireFilter::Step WireFilter::Feed(std::string_view bytes) {
  Step step;
  while (step.end == WireEnd::kKeep) {
    if (body_left_ == 0 && then_) {
      step.end = *then_;
      break;
    }
    if (bytes.empty()) break;
    if (body_left_ > 0) {
      const std::size_t part = std::min(body_left_, bytes.size());
      step.forward.append(bytes.substr(0, part));
      bytes.remove_prefix(part);
      body_left_ -= part;
      continue;
    }
    // The end of the head may straddle two feeds.
    const std::size_t before = head_.size();
    head_.append(bytes);
    const std::size_t end = head_.find(kEndOfHead, before < 3 ? 0 : before - 3);
    if (end == std::string::npos) break;
    bytes.remove_prefix(end + kEndOfHead.size() - before);
    head_.resize(end + kEndOfHead.size());
    Step started = StartAnswer();
    step.forward += started.forward;
    step.end = started.end;
  }
  return step;
}

WireFilter::Step WireFilter::StartAnswer() {
  std::string head = std::move(head_);
  head_.clear();
  body_left_ = ToNumber(FindHeader(head, "content-length").value);
  const Line order = FindHeader(head, kWireHeader);
  if (order.begin == std::string_view::npos) return {.forward = std::move(head)};
  if (order.value == kWireReset) return {.forward = "", .end = WireEnd::kReset};
  if (order.value == kWireStall) return {.forward = "", .end = WireEnd::kStall};
  then_ = WireEnd::kClose;
  body_left_ /= 2;
  head.erase(order.begin, order.end - order.begin);
  return {.forward = std::move(head)};
}

}  // namespace reembed::sandbox
