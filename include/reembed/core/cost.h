#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reembed/core/config.h"
#include "reembed/core/models.h"

namespace reembed {

/// What tokens cost in this run, as far as that is known, and what may be spent on them.
struct Pricing {
  std::optional<Price> price;  ///< absent: not known; `as_of` is empty when the user stated it
  /// The price is the vendor's, and another server is asked (a gateway, for example): it holds only
  /// if that one charges the same.
  bool assumed = false;
  std::string server;                  ///< base URL, for messages
  std::optional<double> max_usd = {};  ///< what the run may spend (`--max-cost`); absent: no limit
};

/// The price that the configuration states (`embedding.usd_per_million_tokens`) wins over that of
/// the catalogue. `model`: null when it is not in the catalogue. Pure.
Pricing PricingOf(const EmbeddingConfig& config, const ModelFacts* model);

/// In USD; absent where no price is known.
std::optional<double> CostOf(const Pricing& pricing, std::uint64_t tokens);

/// `$12.50`, `$0.42`, `$0.0025`, `under $0.0001`, `$0`.
std::string UsdText(double usd);

/// `about $0.42 (0.13 USD per million tokens, price of 2026-09-24)`; where no price is known, that
/// and where to add it.
std::string CostText(const Pricing& pricing, std::uint64_t tokens);

/// What is said where a price is needed: that there is none, and where to add it.
std::string NoPriceText();

/// `1,234,567`.
std::string GroupedText(std::uint64_t number);

}  // namespace reembed
