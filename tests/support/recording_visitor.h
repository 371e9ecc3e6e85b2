#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reembed/ports/store.h"

namespace reembed::testing {

/// Keeps what a scan shows since its last restart.
class RecordingVisitor final : public ScanVisitor {
 public:
  Status Restart() override {
    ++restarts;
    ids.clear();
    json.clear();
    return restart_error ? Status(*restart_error) : Status{};
  }

  Result<Next> Visit(const Document& document) override {
    ids.push_back(document.id);
    json.push_back(document.json);
    ++visits;
    return on_visit ? on_visit(document) : Result<Next>(Next::kGoOn);
  }

  std::vector<std::string> ids;
  std::vector<std::string> json;
  int restarts = 0;
  int visits = 0;  ///< restarts change nothing here
  std::optional<Error> restart_error;
  std::function<Result<Next>(const Document&)> on_visit;
};

}  // namespace reembed::testing
