#include "src/app/batch_limits.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

ProviderProperties Provider() {
  ProviderProperties properties;
  properties.preferred_texts = 128;
  properties.max_request_tokens = 250'000;
  properties.max_request_bytes = 4'000'000;
  return properties;
}

GrantedPace Tokens(double per_minute) {
  GrantedPace pace;
  pace.tokens_per_minute = per_minute;
  return pace;
}

GrantedPace Requests(double per_minute) {
  GrantedPace pace;
  pace.requests_per_minute = per_minute;
  return pace;
}

TEST_CASE("batch limits: what the provider prefers, and cheap to repeat") {
  const BatchLimits limits = BatchLimitsFor(Provider(), {});
  CHECK(limits.max_texts == 128);
  CHECK(limits.max_tokens == 60'000);
  CHECK(limits.max_bytes == 4'000'000);
}

TEST_CASE("batch limits: estimated tokens keep a margin to a small limit of the server") {
  ProviderProperties properties = Provider();
  properties.max_request_tokens = 16'500;
  CHECK(BatchLimitsFor(properties, {}).max_tokens == 15'000);
  properties.max_request_tokens = 0;
  properties.preferred_texts = 0;
  CHECK(BatchLimitsFor(properties, {}).max_tokens == 60'000);
  CHECK(BatchLimitsFor(properties, {}).max_texts == 1);
}

TEST_CASE("batch limits: a fiftieth of a minute's tokens") {
  EmbeddingConfig config;
  config.tokens_per_minute = 1'000'000;
  CHECK(BatchLimitsFor(Provider(), config).max_tokens == 20'000);
  config.tokens_per_minute = 10;
  CHECK(BatchLimitsFor(Provider(), config).max_tokens == 1);
  config.tokens_per_minute = 100'000'000;
  CHECK(BatchLimitsFor(Provider(), config).max_tokens == 60'000);
}

TEST_CASE("batch limits: a fiftieth of a minute's texts, where the quota counts those") {
  ProviderProperties properties = Provider();
  EmbeddingConfig config;
  config.requests_per_minute = 1000;
  CHECK(BatchLimitsFor(properties, config).max_texts == 128);
  properties.counts_texts = true;
  CHECK(BatchLimitsFor(properties, config).max_texts == 20);
  config.requests_per_minute = 5;
  CHECK(BatchLimitsFor(properties, config).max_texts == 1);
}

TEST_CASE("batch limits: learned quotas make requests smaller, never bigger") {
  const BatchLimits limits{.max_texts = 100, .max_tokens = 5000};
  CHECK(SmoothUnder(limits, Tokens(40'000), false).max_tokens == 800);
  CHECK(SmoothUnder(limits, Tokens(4'000'000), false).max_tokens == 5000);
  CHECK(SmoothUnder(limits, Requests(100), true).max_texts == 2);
  CHECK(SmoothUnder(limits, {}, true).max_texts == 100);
}

}  // namespace
}  // namespace reembed
