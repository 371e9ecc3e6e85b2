#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "src/io/typesense/client.h"

namespace reembed {

/// The part of a client that cannot change anything on the server: GET, and POST /multi_search.
/// A dry run holds nothing but this. A handle: copies share the client, which outlives them.
class ReadClient {
 public:
  explicit ReadClient(TypesenseClient& client) : client_(&client) {}

  /// How a read is repeated and judged.
  struct Rules {
    Regime regime = Regime::kRunning;
    NodePin* pin = nullptr;
    AnswerCheck check = {};
  };

  Result<HttpResponse> Get(std::string target, const Rules& rules, const StopTokens& stop) const {
    return client_->Send({.target = std::move(target),
                          .regime = rules.regime,
                          .pin = rules.pin,
                          .check = rules.check},
                         stop);
  }

  Result<HttpResponse> MultiSearch(std::string_view body, const Rules& rules,
                                   const StopTokens& stop) const {
    return client_->Send({.method = "POST",
                          .target = "/multi_search",
                          .body = body,
                          .content_type = "application/json",
                          .regime = rules.regime,
                          .pin = rules.pin,
                          .check = rules.check},
                         stop);
  }

  std::string AllHosts() const { return client_->AllHosts(); }
  Log& log() const { return client_->log(); }

 private:
  TypesenseClient* client_;
};

}  // namespace reembed
