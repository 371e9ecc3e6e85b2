#include "src/io/typesense/line_splitter.h"

#include <fmt/core.h>

#include <algorithm>

namespace reembed {

Status LineSplitter::Add(std::string_view piece, const LineTaker& take) {
  for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    const std::string_view line = piece.substr(0, end);
    piece.remove_prefix(end + 1);
    if (begun_.empty()) {
      Status taken = take(line);
      if (!taken.ok()) return taken;
      continue;
    }
    Status kept = Keep(line);
    if (!kept.ok()) return kept;
    Status taken = take(begun_);
    if (!taken.ok()) return taken;
    begun_.clear();
  }
  return piece.empty() ? Status{} : Keep(piece);
}

Status LineSplitter::End(const LineTaker& take) {
  if (begun_.empty()) return {};
  Status taken = take(begun_);
  begun_.clear();
  return taken;
}

Status LineSplitter::Keep(std::string_view part) {
  // Written as a difference, for a sum could wrap around.
  if (part.size() > max_line_bytes_ - begun_.size()) {
    return Error{.kind = ErrorKind::kTransient,
                 .message = fmt::format("a line is longer than {} bytes", max_line_bytes_)};
  }
  begun_ += part;
  most_held_ = std::max(most_held_, begun_.size());
  return {};
}

}  // namespace reembed
