#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// Takes one line, without its line feed. It is only lent. An error ends the work.
using LineTaker = std::function<Status(std::string_view)>;

/// Cuts a text that comes in pieces into its lines. Holds nothing but the beginning of a line that
/// no piece has ended yet: lines within one piece are lent from there. No I/O.
class LineSplitter {
 public:
  /// A line may have `max_line_bytes`.
  explicit LineSplitter(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  /// Gives every line that ends within `piece` to `take`, in order.
  /// Errors: those of `take`, and kTransient for a line that is too long; call Clear then.
  Status Add(std::string_view piece, const LineTaker& take);

  /// The text is over: gives the last line to `take`, unless it is empty, as after a line feed.
  Status End(const LineTaker& take);

  /// Forgets the line that has begun.
  void Clear() { begun_.clear(); }

  /// Bytes held now, and the most that were ever held.
  std::size_t held() const { return begun_.size(); }
  std::size_t most_held() const { return most_held_; }

 private:
  Status Keep(std::string_view part);

  std::size_t max_line_bytes_;
  std::string begun_;
  std::size_t most_held_ = 0;
};

}  // namespace reembed
