#include "src/resilience/split_job.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "reembed/base/text.h"
#include "src/resilience/long_text.h"

namespace reembed {
namespace {

// So many texts refused one by one before a single answer: the fault lies in the request.
constexpr int kRefusedAloneToStop = 8;

/// Which text of a request of `size` an answer speaks of, if that is clear.
std::optional<std::size_t> Culprit(const Error& error, std::size_t size) {
  if (size == 1) return 0;
  if (error.item && *error.item < size) return error.item;
  return std::nullopt;
}

}  // namespace

SplitJob::SplitJob(SplitContext& context, const Batch& batch, const EmbedRules& rules,
                   const VectorSink& sink, const StopTokens& stop)
    : context_(context),
      batch_(batch),
      rules_(rules),
      sink_(sink),
      stop_(stop),
      work_(context.options.batch, context.options.single) {
  std::vector<std::size_t> all;
  for (const PendingText& pending : batch.texts) {
    Text& text = texts_.emplace_back(Text{.text = pending.text});
    Prepare(text);
    if (!text.failure) all.push_back(texts_.size() - 1);
  }
  work_.PushNext(std::move(all));
}

Result<std::vector<TextFailure>> SplitJob::Run() {
  while (!work_.empty()) {
    Piece piece = work_.Pop();
    if (SplitToLimits(piece)) continue;
    Result<EmbedReply> reply = Send(piece);
    const Status status = reply.ok() ? Accept(piece, std::move(reply->vectors))
                                     : AfterFailure(std::move(piece), reply.error());
    if (!status.ok()) return status.error();
  }
  std::vector<TextFailure> failures;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].failure) failures.push_back({i, *std::move(texts_[i].failure)});
  }
  return failures;
}

void SplitJob::Prepare(Text& text) {
  const std::uint64_t limit = context_.properties.max_text_tokens;
  const TokenEstimate estimate = context_.estimator.Snapshot();
  if (rules_.on_long_text != LongTextRule::kFail) {
    const std::string_view cut = CutToEstimate(text.text, limit, estimate);
    if (cut.size() == text.text.size() || IsBlank(cut)) return;
    text.text = cut;
    text.truncated = true;
  } else if (SurelyTooLong(text.text, limit, estimate)) {
    text.failure = Error{.kind = ErrorKind::kTooLong,
                         .message = fmt::format("about {} tokens, and the model takes {}",
                                                estimate.TokensIn(text.text), limit)};
  }
}

bool SplitJob::SplitToLimits(const Piece& piece) {
  const BatchLimits limits = context_.limits.Snapshot();
  const TokenEstimate estimate = context_.estimator.Snapshot();
  RequestSize size;
  std::size_t taken = 0;
  for (; taken < piece.texts.size(); ++taken) {
    AddTo(size, piece.texts[taken], estimate);
    if (!Fits(limits, size)) break;
  }
  if (taken == piece.texts.size()) return false;
  work_.SplitAt(piece, taken);
  return true;
}

Result<EmbedReply> SplitJob::Send(Piece& piece) {
  std::vector<std::string> texts;
  for (const std::size_t index : piece.texts) texts.emplace_back(texts_[index].text);
  return context_.sender.Embed({.texts = texts, .task_type = rules_.task_type}, piece.tries, stop_);
}

Status SplitJob::Accept(const Piece& piece, std::vector<Embedding> vectors) {
  std::vector<EmbeddedText> embedded;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::size_t index = piece.texts[i];
    embedded.push_back({batch_.texts[index].hash,
                        std::make_shared<const Embedding>(std::move(vectors[i])),
                        texts_[index].truncated});
  }
  context_.meter.CountAnswered(vectors.size());
  context_.dealt_with_any = true;
  return sink_(embedded);
}

Status SplitJob::AfterFailure(Piece piece, const Error& error) {
  if (piece.tries.postponed) {
    work_.Postpone(std::move(piece));
    return {};
  }
  switch (error.kind) {
    case ErrorKind::kBadText:
      return BadText(piece, error);
    case ErrorKind::kTooLong:
      TooLong(piece, error);
      return {};
    case ErrorKind::kTooBig:
      TooBig(piece, error);
      return {};
    case ErrorKind::kTransient:
    case ErrorKind::kUnreachable:
    case ErrorKind::kWrongLength:
      GaveUp(piece, error);
      return {};
    default:
      return error;
  }
}

Status SplitJob::BadText(const Piece& piece, const Error& error) {
  const std::optional<std::size_t> culprit = Culprit(error, piece.texts.size());
  if (!culprit) {
    work_.Bisect(piece);
    return {};
  }
  context_.dealt_with_any = true;
  Fail(piece.texts[*culprit], error);
  work_.PushRest(piece, *culprit);
  return piece.texts.size() == 1 ? RefuseWhenAllAreRefused(error) : Status{};
}

Status SplitJob::RefuseWhenAllAreRefused(const Error& error) {
  if (context_.meter.AnsweredAny()) return {};
  if (++context_.refused_alone < kRefusedAloneToStop) return {};
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format(
                   "{} refuses every text, so the cause is not in the texts; check model and "
                   "options. Its answer: {}",
                   context_.surroundings.label, error.message)};
}

void SplitJob::TooLong(const Piece& piece, const Error& error) {
  const std::optional<std::size_t> culprit = Culprit(error, piece.texts.size());
  if (!culprit) {
    work_.Bisect(piece);
    return;
  }
  Shorten(piece.texts[*culprit], error);
  work_.PushRest(piece, *culprit);
}

void SplitJob::Shorten(std::size_t index, const Error& error) {
  Text& text = texts_[index];
  const std::string_view cut = CutAfterRefusal(text.text, error);
  const bool may_cut = rules_.on_long_text != LongTextRule::kFail && !IsBlank(cut);
  if (!may_cut || ++text.refused_as_too_long >= kRequestsForLongText) {
    Fail(index, error);
    return;
  }
  text.text = cut;
  text.truncated = true;
  work_.PushNext({index});
}

void SplitJob::TooBig(const Piece& piece, const Error& error) {
  if (piece.texts.size() == 1) {
    TooLong(piece, error);
    return;
  }
  context_.limits.Learn(error, SizeOf(piece));
  context_.surroundings.log.Info(
      fmt::format("{} texts are too many for one request, smaller ones "
                  "from now on: {}",
                  piece.texts.size(), error.message));
  // A limit in tokens may fit the estimate although the server refused: then halves are progress.
  if (!SplitToLimits(piece)) work_.Bisect(piece);
}

void SplitJob::GaveUp(const Piece& piece, const Error& error) {
  const bool single = piece.texts.size() == 1;
  // A server that can be reached and has dealt with others is not to blame; else the text gets the
  // attempts of its own, so that an outage shows as one.
  const bool server_works = context_.dealt_with_any && error.kind != ErrorKind::kUnreachable;
  if (single && (piece.alone_at_last || server_works)) {
    Fail(piece.texts.front(), error);
    return;
  }
  work_.PushSingles(piece);
}

void SplitJob::AddTo(RequestSize& size, std::size_t index, const TokenEstimate& estimate) const {
  const std::string_view text = texts_[index].text;
  ++size.texts;
  size.tokens += estimate.TokensIn(text);
  size.bytes += text.size();
}

RequestSize SplitJob::SizeOf(const Piece& piece) const {
  const TokenEstimate estimate = context_.estimator.Snapshot();
  RequestSize size;
  for (const std::size_t index : piece.texts) AddTo(size, index, estimate);
  return size;
}

void SplitJob::Fail(std::size_t index, Error error) {
  error.item.reset();
  if (error.kind == ErrorKind::kTooBig) error.kind = ErrorKind::kTooLong;
  if (error.kind != ErrorKind::kBadText && error.kind != ErrorKind::kTooLong) {
    error.kind = ErrorKind::kTransient;
  }
  texts_[index].failure = std::move(error);
}

}  // namespace reembed
