// What a provider double was asked.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/provider_dialect.h"

namespace reembed::sandbox {

/// One embedding request as a dialect read it; whatever could not be read stays empty.
struct ProviderRequest {
  std::string path;
  std::vector<std::string> texts;  ///< empty when texts are not recorded
  std::size_t text_count = 0;
  std::size_t tokens = 0;  ///< by SandboxTokens()
  std::string model;
  int dimensions = 0;  ///< 0: not given
  std::string task_type;
  int status = 0;       ///< 0: the connection was reset or stalled
  bool key_ok = false;  ///< the key was the right one
};

/// Sums of a history.
struct ProviderCounts {
  std::size_t requests = 0;
  std::size_t limited = 0;  ///< answered with 429
  std::size_t texts = 0;    ///< of requests answered with 200
  std::size_t tokens = 0;   ///< the same
};

/// The requests of one server, in the order of their answers. Thread-safe; copies are handed out,
/// so ask once and look at the result.
class ProviderHistory {
 public:
  explicit ProviderHistory(bool record_texts) : record_texts_(record_texts) {}

  void Add(ProviderRequest request);

  std::vector<ProviderRequest> requests() const;
  std::size_t request_count() const;
  ProviderCounts counts() const;
  /// How many texts were answered with 200, whatever became of the answer on its way.
  std::size_t texts_answered() const;
  /// The same per text: 1 for each means that nothing was paid for twice. Empty when texts are not
  /// recorded.
  std::unordered_map<std::string, std::size_t> texts_billed() const;
  /// Forgets everything.
  void Clear();

 private:
  const bool record_texts_;
  mutable std::mutex mutex_;
  std::vector<ProviderRequest> requests_;
  ProviderCounts counts_;
};

}  // namespace reembed::sandbox
