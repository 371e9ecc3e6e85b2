#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/import_lines.h"

namespace reembed {

/// Sends import lines by `import?action=update&dirty_values=reject`, which merges what a line holds
/// into a document that exists, refuses anything but numbers in a vector, and creates nothing.
/// Results: by line. A 404 line is kDeleted; a line with a code of 500 or more is sent again up to
///          5 times, with waits from 1 s doubling, then kRejected; any other failure is kRejected.
/// Retries: the whole request after a lost connection, 5xx or an answer that does not fit the
///          lines; the write is idempotent. After 6 unfitting answers kOutage.
/// Size:    one request for all lines of a call, up to 32 MiB. When something in front of the
/// server
///          says 413, half of that from then on, down to one line; a line that is refused alone is
///          kRejected.
/// Errors:  as DocumentUpdater. One thread.
class LineImport {
 public:
  /// Appends the n-th line of a call, with its line feed, to the body.
  using AppendLine = std::function<void(std::string& body, std::size_t index)>;

  LineImport(TypesenseClient& client, std::string_view collection);

  Result<std::vector<UpdateOutcome>> Apply(std::size_t lines, const AppendLine& append,
                                           const StopTokens& stop);

 private:
  using Indexes = std::vector<std::size_t>;
  using Outcomes = std::vector<UpdateOutcome>;

  Result<Indexes> SendAll(const Indexes& open, const AppendLine& append, Outcomes& outcomes,
                          const StopTokens& stop);
  std::size_t Fill(const Indexes& open, std::size_t begin, const AppendLine& append);
  Result<std::vector<LineResult>> Send(std::size_t lines, const StopTokens& stop);
  UpdateOutcome OutcomeOf(const LineResult& line) const;

  TypesenseClient& client_;
  const std::string collection_;
  const std::string target_;
  std::size_t max_bytes_;
  std::string body_;  // kept for its capacity
};

}  // namespace reembed
