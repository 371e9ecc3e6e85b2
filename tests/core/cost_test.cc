#include "reembed/core/cost.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

EmbeddingConfig Asking(const std::string& url, bool vendor) {
  EmbeddingConfig config;
  config.provider.base_url = url;
  config.vendor_server = vendor;
  return config;
}

ModelFacts Priced() {
  ModelFacts facts;
  facts.price = Price{0.13, "2026-09-24"};
  return facts;
}

}  // namespace

TEST_CASE("cost: the vendor's price, with its day") {
  const ModelFacts facts = Priced();
  const Pricing pricing = PricingOf(Asking("https://vendor.test/v1", true), &facts);
  CHECK(CostText(pricing, 3'230'769) ==
        "about $0.42 (0.13 USD per million tokens, price of 2026-09-24)");
  CHECK(*CostOf(pricing, 2'000'000) == 0.26);
  CHECK_FALSE(pricing.assumed);
}

TEST_CASE("cost: another server may charge something else, and that is said") {
  const ModelFacts facts = Priced();
  const Pricing pricing = PricingOf(Asking("http://gateway.test/v1", false), &facts);
  CHECK(pricing.assumed);
  CHECK(CostText(pricing, 1'000'000) ==
        "about $0.13 (0.13 USD per million tokens, the vendor's price of 2026-09-24, if "
        "http://gateway.test/v1 charges the same)");
}

TEST_CASE("cost: what the configuration states wins, also nothing") {
  const ModelFacts facts = Priced();
  EmbeddingConfig config = Asking("http://localhost:11434/v1", false);
  config.usd_per_million_tokens = 0;
  const Pricing pricing = PricingOf(config, &facts);
  CHECK_FALSE(pricing.assumed);
  CHECK(CostText(pricing, 5'000'000) == "$0 (0 USD per million tokens, as the configuration says)");
}

TEST_CASE("cost: no price is no guess, and says where to add it") {
  const Pricing pricing = PricingOf(Asking("https://vendor.test/v1", true), nullptr);
  CHECK_FALSE(CostOf(pricing, 1).has_value());
  CHECK_THAT(CostText(pricing, 1), ContainsSubstring("not known: "));
  CHECK_THAT(CostText(pricing, 1), ContainsSubstring("`usd_per_million_tokens`"));
}

TEST_CASE("cost: amounts have digits that mean something") {
  CHECK(UsdText(1234.5) == "$1234.50");
  CHECK(UsdText(0.42) == "$0.42");
  CHECK(UsdText(0.0254) == "$0.025");
  CHECK(UsdText(0.000251) == "$0.00025");
  CHECK(UsdText(0.00001) == "under $0.0001");
  CHECK(UsdText(0) == "$0");
}

TEST_CASE("cost: large numbers are grouped") {
  CHECK(GroupedText(0) == "0");
  CHECK(GroupedText(999) == "999");
  CHECK(GroupedText(1'000) == "1,000");
  CHECK(GroupedText(1'234'567) == "1,234,567");
}
