#pragma once

#include <cstddef>
#include <optional>

#include "run_fixture.h"

namespace reembed::testing {

/// Answers with vectors of `length`, or with `error`; counts.
class CountingProvider final : public Provider {
 public:
  explicit CountingProvider(const ProviderProperties& properties) : properties_(properties) {}
  std::size_t length = 2;
  std::optional<Error> error;
  int lacks = 0;  ///< options that the server turns out not to know, one after the other
  std::size_t texts = 0;

  const ProviderProperties& properties() const override { return properties_; }
  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens&) override {
    texts += request.texts.size();
    if (error) return *error;
    if (lacks > 0) {
      --lacks;
      return Error{.kind = ErrorKind::kAdapted, .message = "without that option, then"};
    }
    return EmbedReply{{Embedding(length, 0.5F)}, 1};
  }

 private:
  const ProviderProperties& properties_;
};

}  // namespace reembed::testing
