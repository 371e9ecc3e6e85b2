#include "tests/sandbox/provider_faults.h"

#include <charconv>
#include <numeric>
#include <string>

namespace reembed::sandbox {
namespace {

constexpr std::array<std::string_view, kFaultCount> kFaultNames = {
    "429",      "429-bare",     "500", "502-html", "503",          "reset",     "cut",     "stall",
    "bad-json", "missing-item", "nan", "zero",     "wrong-length", "error-200", "echo-key"};
constexpr std::array<std::string_view, kQuirkCount> kQuirkNames = {"shuffle", "no-index",
                                                                   "no-usage", "floats-for-base64"};
constexpr std::uint64_t kFaultDraw = 0;  // the draw of quirk i has the stream i + 1

Error Usage(std::string message) {
  return {.kind = ErrorKind::kUsage, .message = message};
}

std::string AllNames() {
  std::string names;
  for (const auto name : kFaultNames) names.append(name).append(", ");
  for (const auto name : kQuirkNames) names.append(name).append(", ");
  names.resize(names.size() - 2);
  return names;
}

// The place in `faults` that the name means; null when there is none.
double* FindShare(std::string_view name, Faults& faults) {
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    if (kFaultNames[i] == name) return &faults.fault_percent[i];
  }
  for (std::size_t i = 0; i < kQuirkCount; ++i) {
    if (kQuirkNames[i] == name) return &faults.quirk_percent[i];
  }
  return nullptr;
}

Status ParseShare(std::string_view part, Faults& faults) {
  const std::size_t equals = part.find('=');
  double* share = FindShare(part.substr(0, equals), faults);
  if (share == nullptr) {
    return Usage("unknown fault \"" + std::string(part) + "\"; known: " + AllNames());
  }
  const std::string_view number = equals == std::string_view::npos ? "" : part.substr(equals + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *share);
  const bool whole = error == std::errc() && end == number.data() + number.size();
  if (whole && *share >= 0 && *share <= 100) return {};
  return Usage("fault \"" + std::string(part) + "\" needs =PERCENT from 0 to 100");
}

// Hashed rather than drawn from a generator, because requests arrive on many threads and each must
// find its own draw by its number. A number from 0 up to 100, not included.
double Draw(std::uint64_t seed, std::uint64_t number, std::uint64_t stream) {
  std::uint64_t x = seed * 0x9E3779B97F4A7C15ULL + number * 0xBF58476D1CE4E5B9ULL + stream;
  for (int i = 0; i < 3; ++i) {
    x = (x ^ (x >> 31)) * 0x94D049BB133111EBULL;
  }
  return static_cast<double>((x ^ (x >> 29)) >> 11) * 0x1p-53 * 100;
}

}  // namespace

Result<Faults> ParseFaults(std::string_view text) {
  Faults faults;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (const Status status = ParseShare(text.substr(0, comma), faults); !status.ok()) {
      return status.error();
    }
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  }
  const auto& shares = faults.fault_percent;
  if (std::accumulate(shares.begin(), shares.end(), 0.0) > 100) {
    return Usage("the shares of the faults add up to more than 100 %");
  }
  return faults;
}

FaultPick PickFaults(const Faults& faults, std::uint64_t number) {
  FaultPick pick;
  double rest = Draw(faults.seed, number, kFaultDraw);
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    if (rest < faults.fault_percent[i]) {
      pick.fault = static_cast<Fault>(i);
      break;
    }
    rest -= faults.fault_percent[i];
  }
  for (std::size_t i = 0; i < kQuirkCount; ++i) {
    pick.quirks[i] = Draw(faults.seed, number, i + 1) < faults.quirk_percent[i];
  }
  return pick;
}

bool NeedsWire(const Faults& faults) {
  Faults copy = faults;
  return copy[Fault::kReset] > 0 || copy[Fault::kCut] > 0 || copy[Fault::kStall] > 0;
}

}  // namespace reembed::sandbox
