#include "tests/sandbox/typesense_pace.h"

#include <algorithm>

#include "tests/sandbox/typesense_collection.h"

namespace reembed::sandbox {
namespace {

// Enough for searches to see a half-built index, few enough that waiting costs nothing itself.
constexpr std::size_t kParts = 40;

}  // namespace

void WritePace::For(std::chrono::microseconds time) const {
  if (time.count() > 0 && wait_) wait_(time);
}

void WritePace::AfterWrite(const WriteResult& result) const {
  if (!result.vector_written) return;
  For(result.created ? times_.insert.value_or(times_.vector) : times_.vector);
}

void WritePace::Spend(double share, std::size_t documents) const {
  const auto time = times_.alter * (share * static_cast<double>(documents));
  For(std::chrono::duration_cast<std::chrono::microseconds>(time));
}

void WritePace::InParts(double share, std::size_t documents,
                        const std::function<bool(std::size_t, std::size_t)>& step) const {
  const std::size_t parts = times_.alter.count() > 0 ? std::min(kParts, documents) : 1;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t first = documents * part / parts;
    const std::size_t last = documents * (part + 1) / parts;
    Spend(share, last - first);
    if (!step(first, last)) return;
  }
}

}  // namespace reembed::sandbox
