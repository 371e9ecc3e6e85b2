#include "src/io/typesense/updater.h"

#include <fmt/core.h>

#include <numeric>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr int kMaxResends = 5;

bool IsServerTrouble(const LineResult& line) {
  return !line.success && line.code >= 500;
}

bool IsGone(const LineResult& line) {
  return line.code == 404 && line.error.find("Could not find a document") != std::string::npos;
}

}  // namespace

ImportUpdater::ImportUpdater(TypesenseClient& client, const UpdateSpec& spec)
    : client_(client),
      collection_(spec.collection),
      target_("/collections/" + PercentEncode(spec.collection) +
              "/documents/import?action=update&dirty_values=reject"),
      lines_(spec.field, spec.nested) {}

Result<std::vector<UpdateOutcome>> ImportUpdater::Apply(std::span<const ReadyDocument> documents,
                                                        const StopTokens& stop) {
  std::vector<UpdateOutcome> outcomes(documents.size());
  Indexes open(documents.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  for (int sent = 1; !open.empty(); ++sent) {
    const Result<std::vector<LineResult>> lines = Import(documents, open, stop);
    if (!lines.ok()) return lines.error();
    Indexes again;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const LineResult& line = (*lines)[i];
      outcomes[open[i]] = OutcomeOf(line);
      if (IsServerTrouble(line)) again.push_back(open[i]);
    }
    open = std::move(again);
    if (open.empty() || sent > kMaxResends) break;
    const Status paused = client_.Pause(sent, outcomes[open.front()].message, stop);
    if (!paused.ok()) return paused.error();
  }
  return outcomes;
}

Result<std::vector<LineResult>> ImportUpdater::Import(std::span<const ReadyDocument> documents,
                                                      const Indexes& which,
                                                      const StopTokens& stop) {
  body_.clear();
  for (const std::size_t i : which) lines_.Append(body_, documents[i].id, *documents[i].vector);
  std::vector<LineResult> results;
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin& origin) -> Status {
    Result<std::vector<LineResult>> parsed = ParseImportAnswer(response.body, which.size());
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
                                                    .check = check},
                                                   stop);
  if (answer.ok()) return results;
  if (answer.error().kind != ErrorKind::kNotFound) return answer.error();
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format("the collection '{}' was deleted or renamed during the run "
                                      "({})",
                                      collection_, answer.error().message)};
}

UpdateOutcome ImportUpdater::OutcomeOf(const LineResult& line) const {
  if (line.success) return {.state = UpdateState::kWritten, .message = {}};
  if (IsGone(line)) return {.state = UpdateState::kDeleted, .message = {}};
  return {
      .state = UpdateState::kRejected,
      .message = fmt::format("{} (code {})", ServerText(line.error, client_.redact()), line.code)};
}

}  // namespace reembed
