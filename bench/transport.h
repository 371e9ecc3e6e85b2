#pragma once

#include <cstddef>
#include <string>

#include "measure.h"
#include "tests/sandbox/sink_data.h"

namespace reembed::bench {

/// How a run's bytes are moved.
struct TransportSpec {
  std::size_t documents = 10'000;
  std::size_t per_page = 250;
  std::size_t per_embed = 100;
  std::size_t per_import = 100;
  std::size_t slots = 1;  ///< connections side by side; one is cheapest
  std::size_t scans = 0;  ///< exports of text and vectors, before the rest and after it
};

/// The transport floor: the requests of a run and their answers, with bodies that were prepared
/// before the clock starts, over kept libcurl connections, and no work on any byte. One body of
/// each kind is sent again and again: bytes are what counts.
class Transport {
 public:
  Transport(const TransportSpec& spec, const sandbox::SinkData& data, const Variables& variables);
  /// Throws std::runtime_error when an answer is not 200.
  Cost Run() const;

 private:
  struct Call {
    std::string url;
    std::string body;  // empty: GET
  };

  class Slot;
  void Work(std::size_t slot) const;

  const TransportSpec spec_;
  std::string key_;
  Call page_, embed_, import_, scan_;
};

}  // namespace reembed::bench
