#include "src/io/typesense/line_import.h"

#include <fmt/core.h>

#include <numeric>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr int kMaxResends = 5;
constexpr std::size_t kMaxBytes = std::size_t{8} << 20;

bool IsServerTrouble(const LineResult& line) {
  return !line.success && line.code >= 500;
}

LineOutcome TooBig(const Error& error, std::size_t bytes) {
  return {.state = LineState::kRejected,
          .message = fmt::format("{}. Its update takes {} bytes: raise the largest request body of "
                                 "the proxy in front of Typesense.",
                                 error.message, WithThousands(bytes)),
          .code = 413};
}

}  // namespace

std::vector<UpdateOutcome> UpdateOutcomes(std::vector<LineOutcome> lines) {
  std::vector<UpdateOutcome> outcomes;
  outcomes.reserve(lines.size());
  for (LineOutcome& line : lines) {
    if (line.state == LineState::kWritten) {
      outcomes.push_back({.state = UpdateState::kWritten, .message = {}});
    } else if (line.state == LineState::kMissing) {
      outcomes.push_back({.state = UpdateState::kDeleted, .message = {}});
    } else {
      outcomes.push_back({.state = UpdateState::kRejected, .message = std::move(line.message)});
    }
  }
  return outcomes;
}

Error CollectionGone(const std::string& collection, const Error& error) {
  return {.kind = ErrorKind::kRefused,
          .message = fmt::format("the collection '{}' was deleted or renamed during the run ({})",
                                 collection, error.message)};
}

LineImport::LineImport(TypesenseClient& client, std::string_view collection,
                       std::string_view action)
    : client_(client),
      collection_(collection),
      target_("/collections/" + PercentEncode(collection) +
              "/documents/import?action=" + std::string(action) + "&dirty_values=reject"),
      max_bytes_(kMaxBytes) {}

Result<std::vector<LineOutcome>> LineImport::Apply(std::size_t lines, const AppendLine& append,
                                                   const StopTokens& stop) {
  Outcomes outcomes(lines);
  Indexes open(lines);
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (int sent = 1; !open.empty(); ++sent) {
    Result<Indexes> again = SendAll(open, append, outcomes, stop);
    if (!again.ok()) return again.error();
    open = std::move(*again);
    if (open.empty() || sent > kMaxResends) break;
    const Status paused = client_.Pause(sent, outcomes[open.front()].message, stop);
    if (!paused.ok()) return paused.error();
  }
  return outcomes;
}

// Sends each line once. Returns those that met trouble of the server's own.
Result<LineImport::Indexes> LineImport::SendAll(const Indexes& open, const AppendLine& append,
                                                Outcomes& outcomes, const StopTokens& stop) {
  Indexes again;
  for (std::size_t begin = 0; begin < open.size();) {
    const std::size_t lines = Fill(open, begin, append);
    const Result<std::vector<LineResult>> results = Send(lines, stop);
    if (!results.ok() && results.error().kind != ErrorKind::kTooBig) return results.error();
    if (!results.ok() && lines > 1) {
      max_bytes_ = body_.size() / 2;
      continue;
    }
    if (!results.ok()) {
      outcomes[open[begin]] = TooBig(results.error(), body_.size());
      ++begin;
      continue;
    }
    for (std::size_t i = 0; i < lines; ++i) {
      outcomes[open[begin + i]] = OutcomeOf((*results)[i]);
      if (IsServerTrouble((*results)[i])) again.push_back(open[begin + i]);
    }
    begin += lines;
  }
  return again;
}

// Puts as many lines into the body as fit, at least one. Returns how many.
std::size_t LineImport::Fill(const Indexes& open, std::size_t begin, const AppendLine& append) {
  body_.clear();
  for (std::size_t i = begin; i < open.size(); ++i) {
    const std::size_t size = body_.size();
    append(body_, open[i]);
    if (size == 0 || body_.size() <= max_bytes_) continue;
    body_.resize(size);
    return i - begin;
  }
  return open.size() - begin;
}

Result<std::vector<LineResult>> LineImport::Send(std::size_t lines, const StopTokens& stop) {
  std::vector<LineResult> results;
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    Result<std::vector<LineResult>> parsed = ParseImportAnswer(response.body, lines);
    if (!parsed.ok()) {
      return Error{.kind = parsed.error().kind,
                   .message = "Typesense at " + origin.host + ": " + parsed.error().message};
    }
    results = std::move(*parsed);
    return {};
  };
  const Result<HttpResponse> answer = client_.Send({.method = "POST",
                                                    .target = target_,
                                                    .body = body_,
                                                    .content_type = "text/plain",
                                                    .write = true,
                                                    .action = "documents:import",
                                                    .check = check},
                                                   stop);
  if (answer.ok()) return results;
  if (answer.error().kind != ErrorKind::kNotFound) return answer.error();
  return CollectionGone(collection_, answer.error());
}

LineOutcome LineImport::OutcomeOf(const LineResult& line) const {
  if (line.success) return {};
  LineState state = LineState::kRejected;
  if (line.code == 404 && SaysDocumentMissing(line.error)) state = LineState::kMissing;
  if (line.code == 409) state = LineState::kExists;
  return {
      .state = state,
      .message = fmt::format("{} (code {})", ServerText(line.error, client_.redact()), line.code),
      .code = line.code};
}

}  // namespace reembed
