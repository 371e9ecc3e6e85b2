#include "tests/sandbox/provider_encoding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static_assert(std::endian::native == std::endian::little, "the vectors are copied as they lie");

// Writes the four digits of up to three bytes; what the missing bytes leave over is padding.
void Encode(const unsigned char* in, std::size_t bytes, char* out) {
  const std::uint32_t second = bytes > 1 ? in[1] : 0U;
  const std::uint32_t third = bytes > 2 ? in[2] : 0U;
  const std::uint32_t bits = (std::uint32_t{in[0]} << 16) | (second << 8) | third;
  out[0] = kAlphabet[bits >> 18];
  out[1] = kAlphabet[(bits >> 12) & 63U];
  out[2] = bytes > 1 ? kAlphabet[(bits >> 6) & 63U] : '=';
  out[3] = bytes > 2 ? kAlphabet[bits & 63U] : '=';
}

}  // namespace

void AppendBase64(std::span<const float> vector, std::string& out) {
  std::vector<unsigned char> bytes(vector.size_bytes());
  if (!vector.empty()) std::memcpy(bytes.data(), vector.data(), bytes.size());
  std::size_t at = out.size();
  out.resize(at + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3, at += 4) {
    Encode(&bytes[i], std::min<std::size_t>(3, bytes.size() - i), &out[at]);
  }
}

void AppendJsonArray(std::span<const float> vector, std::string& out) {
  std::array<char, 32> digits{};
  out.push_back('[');
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) out.push_back(',');
    if (!std::isfinite(vector[i])) {
      out += "null";
      continue;
    }
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), vector[i]).ptr;
    out.append(digits.data(), end);
  }
  out.push_back(']');
}

std::string JsonString(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string GoDuration(std::chrono::nanoseconds duration) {
  const auto total = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  if (total == 0) return "0s";
  if (total < 1000) return std::to_string(total) + "ms";
  const auto minutes = total / 60000;
  std::string rest = std::to_string(total % 60000 + 100000000);  // the lead keeps the zeros
  std::string seconds = std::to_string(total % 60000 / 1000) + "." + rest.substr(rest.size() - 3);
  while (seconds.back() == '0') seconds.pop_back();
  if (seconds.back() == '.') seconds.pop_back();
  const std::string hours = minutes >= 60 ? std::to_string(minutes / 60) + "h" : "";
  return hours + (minutes > 0 ? std::to_string(minutes % 60) + "m" : "") + seconds + "s";
}

}  // namespace reembed::sandbox
