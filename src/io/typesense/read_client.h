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

  /// A GET whose body goes to `sink` as it arrives. The check is not asked.
  Result<HttpResponse> Stream(std::string target, BodySink& sink, const Rules& rules,
                              const StopTokens& stop) const {
    return client_->Send(
        {.target = std::move(target), .regime = rules.regime, .pin = rules.pin, .sink = &sink},
        stop);
  }

  /// See TypesenseClient::AskNode.
  Result<HttpResponse> AskNode(std::size_t node, const std::string& target,
                               std::stop_token abort) const {
    return client_->AskNode(node, target, std::move(abort));
  }

  std::string AllHosts() const { return client_->AllHosts(); }
  const std::vector<std::string>& hosts() const { return client_->hosts(); }
  const Redactor& redact() const { return client_->redact(); }
  Log& log() const { return client_->log(); }

 private:
  TypesenseClient* client_;
};

}  // namespace reembed
