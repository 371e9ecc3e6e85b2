#include "tests/sandbox/provider_options.h"

#include <array>
#include <charconv>

namespace reembed::sandbox {
namespace {

struct Switch {
  std::string_view name;
  bool ProviderModes::*member;
};

struct TextMode {
  std::string_view name;
  std::string ProviderModes::*member;
};

constexpr std::array kSwitches = {
    Switch{"bad-key", &ProviderModes::bad_key},
    Switch{"no-credit", &ProviderModes::no_credit},
    Switch{"no-model", &ProviderModes::no_model},
    Switch{"daily-quota", &ProviderModes::daily_quota},
    Switch{"limit-0", &ProviderModes::limit_zero},
    Switch{"no-dimensions", &ProviderModes::no_dimensions},
    Switch{"no-base64", &ProviderModes::no_base64},
    Switch{"flat-errors", &ProviderModes::flat_errors},
};

constexpr std::array kTextModes = {
    TextMode{"refuse-text", &ProviderModes::refuse_text},
    TextMode{"refuse-anon", &ProviderModes::refuse_anon},
    TextMode{"poison", &ProviderModes::poison},
};

constexpr std::string_view kKnown =
    "bad-key, no-credit, no-model, daily-quota, limit-0, no-dimensions, no-base64, flat-errors, "
    "max-inputs=N, dead-after=N, refuse-text=SUBSTRING, refuse-anon=SUBSTRING, poison=SUBSTRING";

Error Unknown(std::string_view text) {
  return {.kind = ErrorKind::kUsage,
          .message = "mode \"" + std::string(text) + "\" is not one of " + std::string(kKnown)};
}

// 0 inputs would refuse everything, which is a typing error; dead after 0 requests is a wish.
bool AddNumber(std::string_view name, std::string_view value, ProviderModes& modes) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  if (name == "max-inputs" && number > 0) {
    modes.max_inputs = number;
    return true;
  }
  if (name != "dead-after") return false;
  modes.dead_after = number;
  return true;
}

}  // namespace

Status AddMode(std::string_view text, ProviderModes& modes) {
  for (const Switch& known : kSwitches) {
    if (known.name != text) continue;
    modes.*known.member = true;
    return {};
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals + 1 == text.size()) return Unknown(text);
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  for (const TextMode& known : kTextModes) {
    if (known.name != name) continue;
    modes.*known.member = std::string(value);
    return {};
  }
  return AddNumber(name, value, modes) ? Status{} : Status{Unknown(text)};
}

}  // namespace reembed::sandbox
