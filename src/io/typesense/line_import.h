#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/import_lines.h"

namespace reembed {

/// What became of one import line.
enum class LineState : std::uint8_t {
  kWritten,
  kMissing,   ///< no document of that id: a line of an update
  kExists,    ///< a document of that id: a line of a create
  kRejected,  ///< refused otherwise
};
struct LineOutcome {
  LineState state = LineState::kWritten;
  std::string message;  ///< the server's, unless written
  int code = 0;         ///< the line's status, unless written
};

/// The same for lines that update: kMissing is kDeleted.
std::vector<UpdateOutcome> UpdateOutcomes(std::vector<LineOutcome> lines);

/// A collection that answers 404 in the middle of a run: kRefused.
Error CollectionGone(const std::string& collection, const Error& error);

/// Sends import lines by `import?action=…&dirty_values=reject`, which refuses anything but numbers
/// in a vector. `update` merges what a line holds into a document that exists and creates nothing,
/// `upsert` replaces or creates a document, `create` leaves those that exist.
/// Results: by line. A line with a code of 500 or more is sent again up to 5 times, with waits from
///          1 s doubling, then kRejected.
/// Retries: the whole request after a lost connection, 5xx or an answer that does not fit the
///          lines; updates and upserts are idempotent, a create finds what it has made: kExists.
///          After 6 unfitting answers kOutage.
/// Size:    one request for all lines of a call, up to 8 MiB. When something in front of the
///          server says 413, half of that from then on, down to one line; a line that is refused
///          alone is kRejected.
/// Errors:  as DocumentUpdater. One thread.
class LineImport {
 public:
  /// Appends the n-th line of a call, with its line feed, to the body.
  using AppendLine = std::function<void(std::string& body, std::size_t index)>;

  LineImport(TypesenseClient& client, std::string_view collection, std::string_view action);

  Result<std::vector<LineOutcome>> Apply(std::size_t lines, const AppendLine& append,
                                         const StopTokens& stop);

 private:
  using Indexes = std::vector<std::size_t>;
  using Outcomes = std::vector<LineOutcome>;

  Result<Indexes> SendAll(const Indexes& open, const AppendLine& append, Outcomes& outcomes,
                          const StopTokens& stop);
  std::size_t Fill(const Indexes& open, std::size_t begin, const AppendLine& append);
  Result<std::vector<LineResult>> Send(std::size_t lines, const StopTokens& stop);
  LineOutcome OutcomeOf(const LineResult& line) const;

  TypesenseClient& client_;
  const std::string collection_;
  const std::string target_;
  std::size_t max_bytes_;
  std::string body_;  // kept for its capacity
};

}  // namespace reembed
