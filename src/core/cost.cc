#include "reembed/core/cost.h"

#include <fmt/format.h>

#include <cstddef>

namespace reembed {
namespace {

// Less is not worth digits.
constexpr double kLeastShown = 0.0001;

// `price of 2026-09-24`, or whose word it is.
std::string OriginText(const Pricing& pricing) {
  const std::string& as_of = pricing.price->as_of;
  if (as_of.empty()) return "as the configuration says";
  return pricing.assumed ? fmt::format("the vendor's price of {}, if {} charges the same", as_of,
                                       pricing.server)
                         : "price of " + as_of;
}

}  // namespace

Pricing PricingOf(const EmbeddingConfig& config, const ModelFacts* model) {
  Pricing pricing{.price = {}, .assumed = false, .server = config.provider.base_url, .max_usd = {}};
  if (config.usd_per_million_tokens) {
    pricing.price = Price{*config.usd_per_million_tokens, ""};
  } else if (model != nullptr && model->price) {
    pricing.price = model->price;
    pricing.assumed = !config.vendor_server;
  }
  return pricing;
}

std::optional<double> CostOf(const Pricing& pricing, std::uint64_t tokens) {
  if (!pricing.price) return std::nullopt;
  return static_cast<double>(tokens) * pricing.price->usd_per_million_tokens / 1e6;
}

std::string UsdText(double usd) {
  if (usd <= 0) return "$0";
  if (usd < kLeastShown) return fmt::format("under ${}", kLeastShown);
  // Two digits that count; from ten cents on, cents.
  return usd < 0.1 ? fmt::format("${:.2g}", usd) : fmt::format("${:.2f}", usd);
}

std::string CostText(const Pricing& pricing, std::uint64_t tokens) {
  const auto usd = CostOf(pricing, tokens);
  if (!usd) return "not known: " + NoPriceText();
  const std::string amount = UsdText(*usd);
  const bool exact = *usd < kLeastShown;
  return fmt::format("{}{} ({} USD per million tokens, {})", exact ? "" : "about ", amount,
                     pricing.price->usd_per_million_tokens, OriginText(pricing));
}

std::string NoPriceText() {
  return "there is no price for this model; state it as `usd_per_million_tokens` in `embedding` of "
         "the config file (0 for a server of your own)";
}

std::string GroupedText(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace reembed
