#include "src/io/typesense/copier.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "reembed/base/text.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/schema_json.h"
#include "src/io/typesense/search_query.h"
#include "src/io/typesense/seen_filter.h"

namespace reembed {
namespace {

constexpr std::uint64_t kMostAtOnce = 5'000;  // ids; two lines each

constexpr std::size_t kDeepest = 1'000;

// Of a document that is never made.
std::string UnusedId(std::size_t number) {
  return fmt::format("reembed-unused-{}", number);
}

// Under dirty_values=reject a text in it is refused, also where it is optional.
bool TakesNoText(const FieldSchema& field) {
  constexpr std::string_view kTypes[] = {"float[]", "int32[]", "int64[]", "bool[]",
                                         "float",   "int32",   "int64",   "bool"};
  const bool regular = field.name.find('*') == std::string::npos;
  return field.index && !field.embed && regular &&
         std::find(std::begin(kTypes), std::end(kTypes), field.type) != std::end(kTypes);
}

CopyOutcome CopyOutcomeOf(LineOutcome line) {
  switch (line.state) {
    case LineState::kWritten:
      return {.state = CopyState::kWritten, .message = {}};
    case LineState::kExists:
      return {.state = CopyState::kExists, .message = {}};
    case LineState::kMissing:
    case LineState::kRejected:
      break;
  }
  return {.state = CopyState::kRejected, .message = std::move(line.message)};
}

}  // namespace

ImportCopier::ImportCopier(TypesenseClient& client, std::string collection)
    : client_(client),
      collection_(std::move(collection)),
      upserts_(client, collection_, "upsert"),
      creates_(client, collection_, "create"),
      updates_(client, collection_, "update") {}

Result<std::vector<CopyOutcome>> ImportCopier::Apply(std::span<const DocumentCopy> documents,
                                                     CopyAction action, const StopTokens& stop) {
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    body.append(documents[i].json).append(1, '\n');
  };
  LineImport& import = action == CopyAction::kUpsert ? upserts_ : creates_;
  Result<std::vector<LineOutcome>> lines = import.Apply(documents.size(), append, stop);
  if (!lines.ok()) return lines.error();
  std::vector<CopyOutcome> outcomes;
  outcomes.reserve(lines->size());
  for (LineOutcome& line : *lines) outcomes.push_back(CopyOutcomeOf(std::move(line)));
  return outcomes;
}

Result<std::vector<UpdateOutcome>> ImportCopier::Delete(std::span<const std::string> ids,
                                                        const StopTokens& stop) {
  std::vector<UpdateOutcome> outcomes;
  outcomes.reserve(ids.size());
  for (const std::string& id : ids) {
    Result<UpdateOutcome> outcome = DeleteOne(id, stop);
    if (!outcome.ok()) return outcome.error();
    outcomes.push_back(std::move(*outcome));
  }
  return outcomes;
}

// None: there was no such document.
Result<std::optional<HttpResponse>> ImportCopier::SendDelete(const std::string& id,
                                                             const StopTokens& stop) {
  using Answer = std::optional<HttpResponse>;
  // No document has an empty id, and that path would be all documents'.
  if (id.empty()) return Answer();
  auto answer = client_.Send({.method = "DELETE",
                              .target = DocumentTarget(collection_, id),
                              .write = true,
                              .what = "the deletion of a document",
                              .action = "documents:delete"},
                             stop);
  if (answer.ok()) return Answer(*std::move(answer));
  const Error& error = answer.error();
  if (error.kind != ErrorKind::kNotFound) return error;
  if (!SaysDocumentMissing(error.message)) return CollectionGone(collection_, error);
  return Answer();
}

Result<UpdateOutcome> ImportCopier::DeleteOne(const std::string& id, const StopTokens& stop) {
  const auto answer = SendDelete(id, stop);
  if (!answer.ok()) return answer.error();
  const UpdateState state = *answer ? UpdateState::kWritten : UpdateState::kDeleted;
  return UpdateOutcome{.state = state, .message = {}};
}

Result<std::string> ImportCopier::Take(const std::string& id, const StopTokens& stop) {
  const auto schema = Schema(stop);
  if (!schema.ok()) return schema.error();
  auto answer = SendDelete(id, stop);
  if (!answer.ok()) return answer.error();
  if (!*answer) return std::string();
  return WithoutServersKeys(std::move((*answer)->body), **schema);
}

Result<ChangeOutcome> ImportCopier::Change(const DocumentChange& change, const StopTokens& stop) {
  const auto changed = ChangeSeen(change, stop);
  if (!changed.ok()) return changed.error();
  return *changed ? **changed : ChangeAny(change, stop);
}

// None: no filter can tell, or this request is not taken (the key may not do that).
Result<std::optional<ChangeOutcome>> ImportCopier::ChangeSeen(const DocumentChange& change,
                                                              const StopTokens& stop) {
  using Outcome = std::optional<ChangeOutcome>;
  if (change.seen.empty()) return Outcome();
  const auto schema = Schema(stop);
  if (!schema.ok()) return schema.error();
  const std::string filter = SeenFilter(change, **schema);
  if (filter.empty()) return Outcome();
  std::uint64_t updated = 0;
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin&) -> Status {
    const auto count = ParseUpdatedCount(response.body);
    if (!count.ok()) return count.error();
    updated = *count;
    return {};
  };
  const auto answer =
      client_.Send({.method = "PATCH",
                    .target = fmt::format("/collections/{}/documents?filter_by={}&"
                                          "dirty_values=reject",
                                          PercentEncode(collection_), PercentEncode(filter)),
                    .body = change.members,
                    .content_type = "application/json",
                    .write = true,
                    .what = "the change of a document",
                    .action = "documents:update",
                    .check = check},
                   stop);
  if (answer.ok()) {
    const ChangeState state = updated > 0 ? ChangeState::kWritten : ChangeState::kNotAsSeen;
    return Outcome({.state = state, .message = {}});
  }
  switch (answer.error().kind) {
    case ErrorKind::kRefused:
    case ErrorKind::kTooBig:
    case ErrorKind::kNotFound:  // by a server that does not know such requests
      return Outcome();
    default:
      return answer.error();
  }
}

Result<ChangeOutcome> ImportCopier::ChangeAny(const DocumentChange& change,
                                              const StopTokens& stop) {
  const LineImport::AppendLine append = [&](std::string& body, std::size_t) {
    const std::string bare = BareLine(change.id);
    body.append(bare, 0, bare.rfind('}')).append(1, ',').append(change.members, 1).append(1, '\n');
  };
  auto lines = updates_.Apply(1, append, stop);
  if (!lines.ok()) return lines.error();
  LineOutcome& line = lines->front();
  switch (line.state) {
    case LineState::kWritten:
      return ChangeOutcome{.state = ChangeState::kWritten, .message = {}};
    case LineState::kMissing:
      return ChangeOutcome{.state = ChangeState::kGone, .message = {}};
    case LineState::kExists:
    case LineState::kRejected:
      break;
  }
  return ChangeOutcome{.state = ChangeState::kRejected, .message = std::move(line.message)};
}

Result<const CollectionSchema*> ImportCopier::Schema(const StopTokens& stop) {
  if (schema_) return &*schema_;
  const AnswerCheck check = [&](HttpResponse& response, const AnswerOrigin&) -> Status {
    Result<CollectionSchema> parsed = ParseSchema(response.body);
    if (!parsed.ok()) return parsed.error();
    schema_ = std::move(*parsed);
    return {};
  };
  const auto answer = client_.Send({.target = "/collections/" + PercentEncode(collection_),
                                    .action = "collections:get",
                                    .check = check},
                                   stop);
  if (answer.ok()) return &*schema_;
  const Error& error = answer.error();
  return error.kind == ErrorKind::kNotFound ? CollectionGone(collection_, error) : error;
}

Status ImportCopier::UseUpIds(const std::string& id, std::uint64_t count, const StopTokens& stop) {
  if (count == 0) return {};
  const Result<ImportLines> unfit = UnfitLines(stop);
  if (!unfit.ok()) return unfit.error();
  // One alone: if the server takes it against all expectation, no more than that is made.
  for (std::uint64_t next = 1; count > 0; next = std::min(count, kMostAtOnce)) {
    if (stop.drain.stop_requested()) {
      return Error{.kind = ErrorKind::kInterrupted,
                   .message = "interrupted while the automatic ids were moved on"};
    }
    Status used = CreateInVain(*unfit, id, static_cast<std::size_t>(next), stop);
    if (!used.ok()) return used;
    count -= next;
  }
  return {};
}

// Lines that set a field which cannot hold a text; a vector if there is one.
Result<ImportLines> ImportCopier::UnfitLines(const StopTokens& stop) {
  const auto schema = Schema(stop);
  if (!schema.ok()) return schema.error();
  const FieldSchema* chosen = nullptr;
  for (const FieldSchema& field : (*schema)->fields) {
    if (!TakesNoText(field)) continue;
    if (chosen == nullptr || (field.num_dim && !chosen->num_dim)) chosen = &field;
  }
  if (chosen != nullptr) return ImportLines(chosen->name, (*schema)->IsNested(chosen->name));
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format("the automatic ids of '{}' cannot be moved on: its schema "
                                      "has no vector and no number",
                                      collection_)};
}

Status ImportCopier::CreateInVain(const ImportLines& unfit, const std::string& id,
                                  std::size_t times, const StopTokens& stop) {
  const FieldValue text{.json = "\"x\"", .levels = kDeepest};
  const std::string again = BareLine(id);
  // An id that is repeated within a request would draw two numbers.
  const LineImport::AppendLine append = [&](std::string& body, std::size_t i) {
    if (i % 2 == 1) {
      body += again;
    } else {
      unfit.Append(body, UnusedId(i / 2), text);
    }
  };
  const auto lines = creates_.Apply(2 * times, append, stop);
  if (!lines.ok()) return lines.error();
  std::string trouble;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const LineOutcome& line = (*lines)[i];
    const bool is_again = i % 2 == 1;
    if (line.state == LineState::kRejected && line.code == 400) continue;
    if (line.state == LineState::kExists && is_again) continue;
    trouble = line.message;
    if (line.state != LineState::kWritten) continue;
    trouble = "it took a document that does not fit its schema";
    if (is_again) continue;
    const Result<UpdateOutcome> deleted = DeleteOne(UnusedId(i / 2), stop);
    if (!deleted.ok()) return deleted.error();
    trouble += ", which was deleted again";
  }
  if (trouble.empty()) return {};
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format("the automatic ids of '{}' could not be moved on: {}",
                                      collection_, trouble)};
}

}  // namespace reembed
